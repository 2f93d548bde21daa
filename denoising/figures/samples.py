"""A signal that the networks learn from, with more and more noise."""

from collections.abc import Sequence

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from denoising.figures.drawing import Drawing
from denoising.figures.grid import DATASET, alphas, by_settings, representative
from denoising.figures.recovered import sampled
from denoising.figures.style import (
    CLEAN,
    NOISY,
    WIDTHS,
    characters,
    label_outer,
    legend_above,
    look,
    mark_missing,
    panels_beside,
)
from denoising.figures.wording import family, in_lines, levels, listing, omission
from denoising.study.results import Study

N_LEVELS = {1: 3, 2: 2, 3: 2}  # at most, by the number of datasets
LOOK = tuple(name for name in DATASET if name not in ("n_signals", "n_test"))  # what tells signals apart
MOST_DATASETS = max(N_LEVELS)

Place = tuple[str, Study, float]  # a dataset with its name, and a noise level


@look()
def draw(study: Study) -> Drawing:
    """The first signal of each dataset, a panel a noise level."""
    datasets = by_settings(study, LOOK, study.variants)
    parts = {name: study.by_variant[of[0]] for name, of in list(datasets.items())[:MOST_DATASETS]}
    every = alphas(study)
    shown = representative(every, N_LEVELS[len(parts)])
    places = [(name, part, alpha) for name, part in parts.items() for alpha in shown]
    figure, narrow = (paint(places, len(shown), width) for width in WIDTHS)
    omitted = omission(shown, every, "noise level") + omission(list(parts), list(datasets), "dataset")
    return Drawing(
        figure=figure,
        narrow=narrow,
        title="The signals, and how strong their noise is",
        caption=(
            f"A training signal of the {family(study)}{each_of(list(parts))}: clean, and as the networks are "
            f"given it: (1 − alpha) × clean + alpha × white noise.{omitted}"
        ),
        alt=f"A sum of two sinusoids{each_of(list(parts))}, clean and at {levels(shown)}: the noise grows.",
        data=sampled(
            (({"dataset": name} if name else {}) | {"alpha": row["alpha"]}, part.x, row)
            for name, part in parts.items()
            for _, row in part.samples.sort_values("alpha").iterrows()
        ),
    )


def paint(places: Sequence[Place], n_levels: int, width: float) -> Figure:
    """A row a dataset, or in a narrow figure a row a panel."""
    figure, panels, n_columns = panels_beside(len(places), width, 1.5, 0.55, n_levels, sharex=False)
    for axes, (name, part, alpha) in zip(panels, places, strict=True):
        title = in_lines(name, characters(n_columns, width))
        axes.set_title("\n".join(filter(None, [title, f"alpha {alpha:g}"])))
        draw_panel(axes, part, alpha)
    label_outer(panels, n_columns, len(places), "x", "")
    same = {"noisy": NOISY, "clean": CLEAN}
    legend_above(figure, {name: Line2D([], [], color=color) for name, color in same.items()})
    return figure


def draw_panel(axes: Axes, study: Study, alpha: float) -> None:
    """The first signal of a dataset at a noise level."""
    at_level = study.samples[study.samples["alpha"] == alpha]
    if at_level.empty:
        mark_missing(axes, "not made")
        axes.set(xticks=[])
        return
    sample = at_level.sort_values("signal_id").iloc[0]
    axes.plot(study.x, sample["noisy"], color=NOISY, linewidth=0.9, gid="noisy")
    axes.plot(study.x, sample["clean"], color=CLEAN, linewidth=1.2, gid="clean")
    axes.margins(x=0)


def each_of(datasets: Sequence[str]) -> str:
    """The datasets shown, where there are several."""
    return f", for each of {listing(datasets)}" if len(datasets) > 1 else ""
