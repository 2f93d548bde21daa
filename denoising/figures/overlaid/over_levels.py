"""The test errors of several studies over the noise level."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from denoising.figures.depths import LIMITS, across
from denoising.figures.drawing import Drawing
from denoising.figures.floors import limits_over_alpha
from denoising.figures.grid import SOURCE, drawable, over_seeds, representative
from denoising.figures.lines import MOST_TICKS, End, end_of, label_ends, set_alpha_ticks
from denoising.figures.style import (
    NOISY_LINE,
    WIDTHS,
    Handle,
    characters,
    label_outer,
    legend_above,
    look,
    panels_beside,
    scale_log,
    styles_in_order,
)
from denoising.figures.wording import design_words, in_lines, omission
from denoising.study.differences import ComparedStudies, measured
from denoising.study.variants import natural_order

MOST = 12  # panels
HEIGHT = 2.2  # inches, of a panel
SHOWN = {**LIMITS, "noisy_mse": ("noisy signal", NOISY_LINE)}

Panels = Mapping[str, Callable[[Axes], list[End]]]  # what draws a panel and returns its ends, by its title


@look()
def draw(compared: ComparedStudies) -> Drawing:
    """Test MSE over the noise level: a panel a depth and variant, a line a study, the limits in each."""
    errors = errors_of(compared)
    designs: dict[Any, pd.DataFrame] = dict(tuple(errors.groupby(["variant", "depth"])))
    every = sorted(designs, key=lambda at: (-designs[at]["study"].nunique(), natural_order(at[0]), at[1]))
    panels = {design_words(*at): partial(draw_panel, compared, designs[at]) for at in every[:MOST]}
    styles, limited = styles_in_order(list(compared.letters)), has_limits(compared)
    entries: dict[str, Handle] = {
        f"{letter}: {study.name}": Line2D([], [], **styles[letter].line())
        for letter, study in compared.letters.items()
    }
    entries |= {name: Line2D([], [], **line) for name, line in SHOWN.values() if limited}
    figure, narrow = (paint(compared, panels, "test MSE", width, entries) for width in WIDTHS)
    if limited:
        limits = " No denoiser can beat the Bayes floor on average, nor a linear one the best linear filter."
    else:
        limits = "" if compared.is_recorded else " The studies’ signals differ, and so do their limits."
    return Drawing(
        figure=figure,
        narrow=narrow,
        title="The test errors side by side",
        caption=(
            "Mean squared error on the test signals, on a logarithmic scale: a panel a depth, a line a "
            "study. Lines are medians over the seeds, bands run from the lowest to the highest."
            f"{limits}{omission(list(panels), every, 'panel')}"
        ),
        alt=f"Test MSE over the noise level, a line for each of {compared.name}, in {len(panels)} panels.",
        data=errors.drop(columns="place").assign(
            study=[compared.letters[letter].name for letter in errors["study"]]
        ),
    )


def paint(
    compared: ComparedStudies, panels: Panels, ylabel: str, width: float, entries: Mapping[str, Handle]
) -> Figure:
    """All panels, on one scale, which is logarithmic for an MSE; a legend if it has entries."""
    figure, every, n_columns = panels_beside(len(panels), width, HEIGHT, 0.4)
    ends = {axes: draw_in(axes) for axes, draw_in in zip(every, panels.values(), strict=False)}
    set_alpha_ticks(every[0], representative(sorted({*compared.levels.values()}), MOST_TICKS))
    if ylabel.endswith("MSE"):
        scale_log(every[0])
    xlabel = "ratio of signal to noise (dB)" if compared.is_recorded else "noise level alpha"
    label_outer(every, n_columns, len(panels), xlabel, ylabel)
    for axes, title in zip(every, panels, strict=False):
        axes.set_title(in_lines(title, characters(n_columns, width)), fontweight="bold")
        label_ends(axes, ends[axes], 0.75 * HEIGHT)
    if entries:
        legend_above(figure, entries)
    return figure


def draw_panel(compared: ComparedStudies, errors: pd.DataFrame, axes: Axes) -> list[End]:
    """The lines of the studies with an error here, and their limits; returns the ends of whole lines."""
    ends = []
    for letter, style in styles_in_order(list(compared.letters)).items():
        own = errors[errors["study"] == letter].set_index("place").sort_index()
        axes.plot(own.index, own["median"], **style.line(), gid=letter)
        if own["count"].max() > 1:
            axes.fill_between(
                own.index, own["lowest"], own["highest"], color=style.color, alpha=0.18, linewidth=0
            )
        if own.index.max() == max(compared.levels.values()):  # a thread from further left looks like a line
            ends += end_of(letter, own["median"], style.color)
    if has_limits(compared):
        first = errors.iloc[0]
        limits = limits_over_alpha(compared.letters[first["study"]].only(first["variant"]))
        for column, (_, line) in SHOWN.items():
            axes.plot(*across(drawable(limits[column])), **line, gid=column, zorder=1.9)
    return ends


def errors_of(compared: ComparedStudies) -> pd.DataFrame:
    """Median, lowest and highest test MSE over the seeds of each study, variant, depth and noise level."""
    by = ["study", "variant", "depth", "level"]
    rows = over_seeds(measured(compared.results), "test_mse", by).reset_index()
    return rows.assign(place=rows["level"].map(dict(compared.levels)))


def has_limits(compared: ComparedStudies) -> bool:
    """Whether all studies have limits, and the same ones but for chance."""
    return not compared.is_recorded and compared.changed.keys().isdisjoint(SOURCE)
