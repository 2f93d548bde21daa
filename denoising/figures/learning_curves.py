"""How the losses fell, epoch by epoch."""

from math import ceil

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator

from denoising.figures.drawing import Drawing
from denoising.figures.grid import alphas, drawable, middle_alpha, noisy_mse, over_seeds, representative
from denoising.figures.panels import Series, entries_of, lines_in_words, panels_of, shown_in
from denoising.figures.style import (
    N_MARKERS,
    NOISY_LINE,
    REFERENCE,
    characters,
    columns_for,
    drop_idle_ticks,
    label_outer,
    legend_above,
    look,
    mark_missing,
    most_columns,
    new_figure,
    scale_log,
)
from denoising.figures.wording import (
    band_note,
    basis,
    failure_note,
    in_lines,
    learned_from,
    levels,
    objective_note,
    variants_note,
)
from denoising.study.results import Study

MOST_PANELS = 12
MOST_COLUMNS = 4


@look()
def draw(study: Study) -> Drawing:
    """A panel an alpha, a line a depth: train and validation MSE per epoch; of several variants for each."""
    every = alphas(study)
    panels = panels_of(study)
    most = max(MOST_PANELS // len(panels), 1)
    shown = representative(every, most) if most > 1 else [middle_alpha(study)]
    places = [(panel, alpha) for panel in panels for alpha in shown]
    n_columns = columns_for(len(places)) if 1 in (len(panels), len(shown)) else side_by_side(len(shown))
    n_rows = ceil(len(places) / n_columns)
    figure = new_figure((2.9 if n_rows == 1 else 2.0 * n_rows) + 0.55)
    grid = figure.subplots(n_rows, n_columns, sharex=True, sharey=True, squeeze=False).ravel()
    for axes, (panel, alpha) in zip(grid, places, strict=False):
        title = in_lines(panel.title, characters(n_columns))
        axes.set_title("\n".join(filter(None, [title, f"alpha {alpha:g}"])))
        history = at_alpha(panel.study.history, alpha)
        if history.empty:
            mark_missing(axes, "failed")
            continue
        for rank, series in enumerate(panel.series):
            draw_losses(axes, at_alpha(series.study.history, alpha), series, rank)
        noisy = noisy_mse(panel.study)[alpha]
        if noisy > 0:
            axes.axhline(noisy, **NOISY_LINE, gid="noisy")
    if any(axes.lines for axes in grid):
        scale_log(grid[0])
        grid[0].xaxis.set_major_locator(MaxNLocator(5, integer=True, steps=[1, 2, 5, 10], min_n_ticks=1))
        if study.history["epoch"].max() == 0:
            grid[0].set_xlim(-0.5, 0.5)
    drop_idle_ticks(grid)
    label_outer(grid, n_columns, len(places), "epoch", "MSE")
    entries = {**entries_of(panels), **kinds()}
    legend_above(figure, entries, most_columns(entries_of(panels)))
    omitted = "" if len(shown) == len(every) else f" Shown are {levels(shown)} of {len(every)} noise levels."
    return Drawing(
        figure=figure,
        title="Training",
        caption=(
            "Mean squared error after each epoch (counted from 0) on the validation signals (bold) and on "
            "the training signals (thin, lighter), on a logarithmic scale. The dotted line is the error of "
            "the noisy test signals themselves: above it, a network does harm."
            f"{objective_note(study)} "
            f"{learned_from(study)}; {basis(study)}."
            f"{band_note(study)}{omitted}{variants_note(study, shown_in(panels))}{failure_note(study)}"
        ),
        alt=f"Validation and training MSE over epochs for {lines_in_words(study, panels)}, "
        f"one panel for each of {levels(shown)}.",
        data=study.history[["alpha", "depth", "seed", "variant", "epoch", "train_mse", "validation_mse"]],
    )


def side_by_side(n_levels: int) -> int:
    """How many panels stand in a row where each variant has one for each of some noise levels."""
    return n_levels * max(MOST_COLUMNS // n_levels, 1)


def at_alpha(history: pd.DataFrame, alpha: float) -> pd.DataFrame:
    """The rows of a noise level."""
    return history[history["alpha"] == alpha]


def draw_losses(axes: Axes, at_level: pd.DataFrame, series: Series, rank: int) -> None:
    """The two losses at one noise level; over several seeds their median and range.

    Args:
        axes: where to draw.
        at_level: the histories of the variant's networks at that noise level.
        series: what to draw of them.
        rank: its place among the lines, by which its markers keep apart from theirs.
    """
    history, style = at_level[at_level["depth"] == series.depth], series.style
    if history.empty:
        return
    train = over_seeds(history, "train_mse", ["epoch"])
    validation = over_seeds(history, "validation_mse", ["epoch"])
    step = max(1, len(validation) // N_MARKERS)
    lines = {"color": style.color, "linestyle": style.linestyle}
    axes.plot(train.index, drawable(train["median"]), **lines, linewidth=0.8, alpha=0.5, gid="train")
    axes.plot(
        validation.index, drawable(validation["median"]), **lines, linewidth=1.4, marker=style.marker,
        markevery=(rank * step // 4 % step, step), gid="validation",
    )  # fmt: skip
    if validation["count"].max() > 1:
        axes.fill_between(
            validation.index, drawable(validation["lowest"]), drawable(validation["highest"]),
            color=style.color, alpha=0.15, linewidth=0, gid="band",
        )  # fmt: skip


def kinds() -> dict[str, Line2D]:
    """Legend entries of the two losses and of doing nothing."""
    return {
        "validation": Line2D([], [], color=REFERENCE, linewidth=1.4),
        "train": Line2D([], [], color=REFERENCE, linewidth=0.8, alpha=0.5),
        "noisy signal": Line2D([], [], **NOISY_LINE),
    }
