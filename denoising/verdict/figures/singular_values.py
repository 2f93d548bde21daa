"""How strongly a denoiser passes each direction: the singular values of its slopes."""

from collections.abc import Mapping

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import MultipleLocator

from denoising.figures.drawing import Drawing
from denoising.figures.style import (
    BAYES,
    WIDTHS,
    LineStyle,
    grid_of_panels,
    label_outer,
    legend_above,
    look,
    mark_missing,
)
from denoising.figures.wording import count, extent, listing
from denoising.verdict.cells import SYNTHETIC
from denoising.verdict.conduct import BEST, LEARNERS, POSTERIOR, REPAIRED_DEEP, Place, at, places
from denoising.verdict.evidence import Evidence
from denoising.verdict.figures.filters import STYLES as OF_FILTERS
from denoising.verdict.learned import MOST_SEEDS, N_TANGENTS, N_VALUES

STYLES: Mapping[str, LineStyle] = {
    **OF_FILTERS,
    REPAIRED_DEEP: LineStyle("#6a1b9a", "", (0, (6, 1.5, 1.2, 1.5))),
    POSTERIOR: LineStyle(BAYES, "", "-"),
}


@look()
def draw(evidence: Evidence) -> Drawing:
    """A panel a noise level and family of signals: singular values in their order, a line a denoiser."""
    table = evidence.singular_values
    figure, narrow = (paint(evidence, width) for width in WIDTHS)
    n_signals = evidence.tangents["signal_id"].nunique()
    return Drawing(
        figure=figure,
        narrow=narrow,
        title=title(evidence),
        caption=(
            "The singular values of the slopes of the denoised signal by the noisy one, which is divided by "
            "1 − alpha, the largest first: the gains of the directions that a denoiser passes at a signal. "
            "A gain of 1 passes a change as it is, 0 removes it. Means over "
            f"{count(n_signals, 'test signal')} and at most {MOST_SEEDS} seeds; band: the range of the "
            f"{BEST}’s seeds. The signals have {N_TANGENTS} unknowns, and with little noise the posterior "
            "mean passes as many directions. The best linear filter passes the same ones at every signal. "
            f"Where the {BEST} is {REPAIRED_DEEP}, its line hides that one."
        ),
        alt=f"Singular values in falling order for {listing(LEARNERS)}. {title(evidence)}.",
        data=table,
    )


def paint(evidence: Evidence, width: float) -> Figure:
    """All panels, on one scale."""
    alphas = sorted(evidence.design.alphas)
    figure, panels = grid_of_panels(width, len(SYNTHETIC), len(alphas), 1.9, 0.7, sharex=True, sharey=True)
    for row, signals in zip(panels, SYNTHETIC, strict=True):
        for axes, alpha in zip(row, alphas, strict=True):
            axes.set_title(f"{signals} signals, alpha {alpha:g}", fontweight="bold")
            draw_panel(axes, evidence, (signals, alpha))
    if any(axes.lines for axes in panels.flat):
        panels[0, 0].set(xlim=(0.5, N_VALUES + 0.5), ylim=(0, None))
        panels[0, 0].xaxis.set_major_locator(MultipleLocator(4))
    label_outer(panels.ravel(), len(alphas), panels.size, "singular value", "gain")
    legend_above(figure, {name: Line2D([], [], **STYLES[name].line()) for name in LEARNERS}, most_columns=3)
    return figure


def draw_panel(axes: Axes, evidence: Evidence, place: Place) -> None:
    """The singular values of all denoisers."""
    if at(evidence.singular_values, place).empty:
        mark_missing(axes, "nothing measured")
        return
    for denoiser in reversed(LEARNERS):
        values = at(evidence.singular_values, place, denoiser).groupby("order")["value"]
        mean, style = values.mean(), STYLES[denoiser]
        axes.plot(mean.index, mean, **style.line(), linewidth=1.3, gid=denoiser)
        if denoiser == BEST:
            axes.fill_between(
                mean.index,
                values.min(),
                values.max(),
                color=style.color,
                alpha=0.25,
                linewidth=0,
                gid="range",
            )


def title(evidence: Evidence) -> str:
    """How strongly the best networks pass what lies beyond the two directions of a signal."""
    next_gains = {name: beyond(evidence, name) for name in (BEST, POSTERIOR)}
    if not all(next_gains.values()):
        return "How strongly the networks pass each direction"
    told = {name: extent(f"{found[0]:.2f}", f"{found[-1]:.2f}") for name, found in next_gains.items()}
    return (
        f"Beyond the two directions in which a signal moves, the best networks pass a third at a gain of "
        f"{told[BEST]}, {POSTERIOR} at {told[POSTERIOR]}"
    )


def beyond(evidence: Evidence, denoiser: str) -> list[float]:
    """The gains of the next direction after the tangents at all places, means over seeds, lowest first."""
    every = [at(evidence.singular_values, place, denoiser) for place in places(evidence)]
    gains = [rows[rows["order"] == N_TANGENTS + 1]["value"] for rows in every]
    return sorted(float(values.mean()) for values in gains if len(values))
