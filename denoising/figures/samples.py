"""The signals that the networks learn from, from clean to noisy."""

from collections.abc import Sequence

import numpy as np
from matplotlib.ticker import MaxNLocator
from numpy.typing import NDArray

from denoising.figures.columns import sampled
from denoising.figures.drawing import Drawing
from denoising.figures.grid import DATASET, alphas, by_settings, representative
from denoising.figures.style import CLEAN, REFERENCE, drop_idle_ticks, look, mark_missing, new_figure
from denoising.figures.wording import family, levels, listing, omission
from denoising.study.results import Study

NOISY_ROWS = {1: 5, 2: 3, 3: 2}  # at most, by the number of datasets
LOOK = tuple(name for name in DATASET if name not in ("n_signals", "n_test"))  # what tells signals apart
MOST_DATASETS = max(NOISY_ROWS)
N_COLUMNS = 3


@look()
def draw(study: Study) -> Drawing:
    """A row a noise level, the clean signal first; a column a signal; one such block for each dataset."""
    datasets = by_settings(study, LOOK, study.variants)
    blocks = {name: study.by_variant[of[0]] for name, of in list(datasets.items())[:MOST_DATASETS]}
    noisy_alphas = [alpha for alpha in alphas(study) if alpha > 0]
    shown = representative(noisy_alphas, NOISY_ROWS[len(blocks)])
    ids = {name: ids_of(part) for name, part in blocks.items()}
    n_signals = max(map(len, ids.values()))
    n_rows, n_columns = 1 + len(shown), max(n_signals, 1)
    figure = new_figure(0.85 * n_rows * len(blocks) + 0.45)
    panels = figure.subplots(n_rows * len(blocks), n_columns, sharex=True, sharey=True, squeeze=False)
    for block, (name, part) in enumerate(blocks.items()):
        rows = panels[block * n_rows : (block + 1) * n_rows]
        draw_block(rows, part, shown, ids[name])
        if name:
            rows[0, 0].set_title(f"{name}\n{rows[0, 0].get_title(loc='left')}")
    for axes in panels[-1]:
        axes.set_xlabel("x")
    panels[0, 0].yaxis.set_major_locator(MaxNLocator(3, integer=True))
    panels[0, 0].margins(x=0)
    drop_idle_ticks(panels.flat)
    omitted = omission(shown, noisy_alphas, "noise level") + omission(list(blocks), list(datasets), "dataset")
    figure.get_layout_engine().set(hspace=0.04, h_pad=0.03)  # type: ignore[union-attr, call-arg]
    return Drawing(
        figure=figure,
        title="Signals from clean to noisy",
        caption=(
            f"{n_signals} training signals of the {family(study)}{each_of(list(blocks))}. The first row is "
            "clean; each further row is the same signals as (1 − alpha) × clean + alpha × white noise (grey)"
            f", with the clean signal dashed.{omitted}"
        ),
        alt=f"{n_signals} sums of two sinusoids{each_of(list(blocks))}, clean and at {levels(shown)}: the "
        "noise grows down the rows.",
        data=sampled(
            (({"dataset": name} if name else {}) | {"alpha": row["alpha"]}, part.x, row)
            for name, part in blocks.items()
            for _, row in part.samples.sort_values("alpha").iterrows()
        ),
    )


def draw_block(
    panels: NDArray[np.object_], study: Study, noise_levels: Sequence[float], ids: Sequence[int]
) -> None:
    """The signals of a dataset: clean in the first row, then at each noise level."""
    samples = study.samples
    for row, alpha in enumerate([0.0, *noise_levels]):
        panels[row, 0].set_ylabel(f"alpha {alpha:g}" if row else "clean\n(alpha 0)")
        for column, axes in enumerate(panels[row]):
            at_level = samples[samples["alpha"] == alpha] if row else samples
            chosen = at_level[at_level["signal_id"].isin(ids[column : column + 1])]
            if chosen.empty:
                mark_missing(axes, "not made")
                continue
            sample = chosen.iloc[0]
            if row:
                axes.plot(study.x, sample["noisy"], color=REFERENCE, linewidth=0.7, gid="noisy")
            axes.plot(
                study.x, sample["clean"], color=CLEAN, linewidth=0.9 if row else 1.4, gid="clean",
                linestyle=(0, (3, 1.5)) if row else "-",
            )  # fmt: skip
    for axes, name in zip(panels[0], ids, strict=False):
        axes.set_title(f"signal {name}")


def ids_of(study: Study) -> list[int]:
    """The signals of a dataset for which there is room."""
    return list(dict.fromkeys(int(name) for name in study.samples["signal_id"]))[:N_COLUMNS]


def each_of(datasets: Sequence[str]) -> str:
    """The datasets shown, where there are several."""
    return f", for each of {listing(datasets)}" if len(datasets) > 1 else ""
