"""How the losses fell, epoch by epoch."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator

from denoising.figures.drawing import Drawing
from denoising.figures.grid import alphas, drawable, middle_alpha, noisy_mse, over_seeds, representative
from denoising.figures.lines import End, end_of, label_ends
from denoising.figures.panels import (
    Panel,
    Series,
    are_short,
    entries_of,
    lines_in_words,
    panels_of,
    shown_in,
)
from denoising.figures.style import (
    NOISY_LINE,
    REFERENCE,
    WIDTHS,
    Handle,
    characters,
    label_outer,
    legend_above,
    look,
    mark_missing,
    panels_beside,
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

MOST_PANELS = 8
HEIGHT = 2.1  # inches, of a panel
BROAD: Any = {"linewidth": 3.4, "alpha": 0.35, "solid_capstyle": "butt"}  # the validation error
THIN: Any = {"linewidth": 1.0}  # the train error, on it

Place = tuple[Panel, float]  # a panel's lines, and a noise level


@look()
def draw(study: Study) -> Drawing:
    """A panel an alpha, a line a depth: train and validation MSE per epoch; of several variants for each."""
    every = alphas(study)
    panels = panels_of(study)
    most = max(MOST_PANELS // len(panels), 1)
    shown = representative(every, min(most, 4)) if most > 1 else [middle_alpha(study)]
    places = [(panel, alpha) for panel in panels for alpha in shown]
    figure, narrow = (paint(study, places, width) for width in WIDTHS)
    omitted = "" if len(shown) == len(every) else f" Shown are {levels(shown)} of {len(every)} noise levels."
    return Drawing(
        figure=figure,
        narrow=narrow,
        title="Training",
        caption=(
            "Mean squared error in each epoch (counted from 0): on the validation signals at its end (broad, "
            "pale), and on the training signals in the course of it (thin; in the last epoch at its end). "
            "Where the two part, the network fits its training signals too closely. The scale is "
            "logarithmic, and each panel has its own. The dotted line is the error of the noisy test signals "
            "themselves: above it, a network does harm."
            f"{objective_note(study)} "
            f"{learned_from(study)}; {basis(study)}."
            f"{band_note(study)}{omitted}{variants_note(study, shown_in(panels))}{failure_note(study)}"
        ),
        alt=f"Validation and training MSE over epochs for {lines_in_words(study, panels)}, "
        f"one panel for each of {levels(shown)}.",
        data=study.history[["alpha", "depth", "seed", "variant", "epoch", "train_mse", "validation_mse"]],
    )


def paint(study: Study, places: Sequence[Place], width: float) -> Figure:
    """All panels, each on a scale of its own."""
    height = HEIGHT if len(places) > 1 else 1.5 * HEIGHT
    figure, grid, n_columns = panels_beside(len(places), width, height, 0.4, sharey=False)
    label_outer(grid, n_columns, len(places), "epoch", "MSE")
    short = are_short([panel for panel, _ in places])
    for axes, (panel, alpha) in zip(grid, places, strict=False):
        title = in_lines(panel.title, characters(n_columns, width))
        axes.set_title("\n".join(filter(None, [title, f"alpha {alpha:g}"])))
        ends = draw_panel(axes, panel, alpha, named=short)
        if not axes.lines:
            mark_missing(axes, "failed")
            axes.set(yticks=[])
            continue
        scale_log(axes)
        axes.xaxis.set_major_locator(MaxNLocator(5, integer=True, steps=[1, 2, 5, 10], min_n_ticks=1))
        if study.history["epoch"].max() == 0:
            axes.set_xlim(-0.5, 0.5)
        label_ends(axes, ends, 0.75 * HEIGHT)
    legend_above(figure, {**({} if short else entries_of([panel for panel, _ in places])), **kinds()})
    return figure


def draw_panel(axes: Axes, panel: Panel, alpha: float, *, named: bool) -> list[End]:
    """The losses at a noise level, and the noisy signals' own error; its end, and those of named losses."""
    ends = []
    for series in panel.series:
        end = draw_losses(axes, series, alpha)
        ends += end if named else []
    noisy = noisy_mse(panel.study)[alpha]
    if not (axes.lines and noisy > 0):
        return ends
    axes.axhline(noisy, **NOISY_LINE, gid="noisy")
    return [*ends, End("noisy", axes.get_xlim()[1], noisy, REFERENCE)]


@lru_cache(maxsize=1)
def losses(study: Study) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The train and the validation loss of a variant over the seeds, indexed by alpha, depth and epoch."""
    train, validation = (
        over_seeds(study.history, column, ["alpha", "depth", "epoch"])
        for column in ("train_mse", "validation_mse")
    )
    return train, validation


def draw_losses(axes: Axes, series: Series, alpha: float) -> list[End]:
    """The two losses at one noise level, over several seeds their median and range; the line's end."""
    style, place = series.style, (alpha, series.depth)
    if place not in losses(series.study)[0].index:
        return []
    train, validation = (rows.loc[place, :] for rows in losses(series.study))
    middle = drawable(validation["median"])
    marker = style.marker if len(middle) == 1 else ""  # a line of one point is not to be seen
    axes.plot(middle.index, middle, color=style.color, marker=marker, **BROAD, gid="validation")
    axes.plot(
        train.index, drawable(train["median"]), color=style.color, linestyle=style.linestyle, **THIN,
        gid="train",
    )  # fmt: skip
    if validation["count"].max() > 1:
        axes.fill_between(
            validation.index, drawable(validation["lowest"]), drawable(validation["highest"]),
            color=style.color, alpha=0.15, linewidth=0, gid="band",
        )  # fmt: skip
    return end_of(series.name, middle, style.color)


def kinds() -> dict[str, Handle]:
    """Legend entries of the two losses."""
    return {
        "validation": Line2D([], [], color=REFERENCE, **BROAD),
        "train": Line2D([], [], color=REFERENCE, **THIN),
    }
