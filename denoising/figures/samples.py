"""The signals that the networks learn from, from clean to noisy."""

from matplotlib.ticker import MaxNLocator

from denoising.figures.columns import sampled
from denoising.figures.drawing import Drawing
from denoising.figures.grid import alphas, representative
from denoising.figures.style import CLEAN, REFERENCE, drop_idle_ticks, look, mark_missing, new_figure
from denoising.figures.wording import levels, omission
from denoising.study.results import Study

MOST_NOISY_ROWS = 5
N_COLUMNS = 3


@look()
def draw(study: Study) -> Drawing:
    """A row a noise level, the clean signal first; a column a signal."""
    noisy_alphas = [alpha for alpha in alphas(study) if alpha > 0]
    shown = representative(noisy_alphas, MOST_NOISY_ROWS)
    samples = study.samples
    ids = list(dict.fromkeys(int(name) for name in samples["signal_id"]))[:N_COLUMNS]
    n_rows, n_columns = 1 + len(shown), max(len(ids), 1)
    figure = new_figure(0.85 * n_rows + 0.45)
    panels = figure.subplots(n_rows, n_columns, sharex=True, sharey=True, squeeze=False)
    for row, alpha in enumerate([0.0, *shown]):
        panels[row, 0].set_ylabel(f"alpha {alpha:g}" if row else "clean\n(alpha 0)")
        for column, axes in enumerate(panels[row]):
            at_level = samples[samples["alpha"] == alpha] if row else samples
            chosen = at_level[at_level["signal_id"] == ids[column]] if ids else at_level
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
    for column, axes in enumerate(panels[0]):
        axes.set_title(f"signal {ids[column]}" if ids else "")
    for axes in panels[-1]:
        axes.set_xlabel("x")
    panels[0, 0].yaxis.set_major_locator(MaxNLocator(3, integer=True))
    panels[0, 0].margins(x=0)
    drop_idle_ticks(panels.flat)
    omitted = omission(shown, noisy_alphas, "noise level")
    figure.get_layout_engine().set(hspace=0.04, h_pad=0.03)  # type: ignore[union-attr, call-arg]
    return Drawing(
        figure=figure,
        title="Signals from clean to noisy",
        caption=(
            f"{len(ids)} training signals of the “{study.settings['signals']}” family. The first row is "
            "clean; each further row is the same signals as (1 − alpha) × clean + alpha × white noise (grey)"
            f", with the clean signal dashed.{omitted}"
        ),
        alt=f"{len(ids)} sums of two sinusoids, clean and at {levels(shown)}: the noise grows down the rows.",
        data=sampled(
            study, (({"alpha": row["alpha"]}, row) for _, row in samples.sort_values("alpha").iterrows())
        ),
    )
