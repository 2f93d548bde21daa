"""Lines over the noise level, and the names of lines at their ends."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from scipy.optimize import isotonic_regression

from denoising.figures.grid import by_alpha, drawable
from denoising.figures.panels import Series
from denoising.figures.style import SMALL

AROUND = 0.1  # in alpha: what a figure shows to both sides of a lone noise level
MOST_TICKS = 6
LINE_HEIGHT = 1.3 * SMALL / 72  # inches
BESIDE = 0.03  # of a panel's width, between it and the names


@dataclass(frozen=True)
class End:
    """The right end of a line, where its name is to stand."""

    name: str
    x: float
    y: float
    color: str


def end_of(name: str, values: pd.Series, color: str) -> list[End]:
    """The end of a line that is drawn over the index of its values, in a list; without values, none."""
    known = values.dropna()
    return [End(name, float(known.index[-1]), float(known.iloc[-1]), color)] if len(known) else []


def label_ends(axes: Axes, ends: Sequence[End], height: float) -> None:
    """Write the names of lines to the right of a panel, moved apart, each with a thread to its line's end.

    To be called when the panel has its lines and scales; later limits would leave the names where they are.

    Args:
        axes: the panel.
        ends: of its lines.
        height: of the panel, about, in inches.
    """
    ordered = sorted(ends, key=lambda end: end.y)
    if not ordered:
        return
    axes.autoscale_view()
    to_panel = axes.transScale + axes.transLimits
    wanted = np.array([to_panel.transform((end.x, end.y))[1] for end in ordered])
    spread = np.arange(len(ordered)) * LINE_HEIGHT / height
    places = isotonic_regression(wanted - spread).x + spread
    thread: dict[str, Any] = {"arrowstyle": "-", "linewidth": 0.7, "shrinkA": 0, "shrinkB": 2}
    for end, place in zip(ordered, places, strict=True):
        axes.annotate(
            end.name, (end.x, end.y), (1 + BESIDE, place), "data", "axes fraction", va="center",
            fontsize=SMALL, annotation_clip=False,
            arrowprops={**thread, "color": end.color, "relpos": (0, 0.5)},
        )  # fmt: skip


def draw_over_alpha(axes: Axes, series: Series, column: str) -> list[End]:
    """Draw a column of the results over alpha, and its range over the seeds where there are several.

    What is not above 0, which has no place on a logarithmic axis, is left out. Returns the line's end.
    """
    statistics = ("median", "lowest", "highest", "count")
    lines: list[pd.Series] = [by_alpha(series.study, column, name)[series.depth] for name in statistics]
    middle, low, high = [drawable(line) for line in lines[:3]]
    axes.plot(middle.index, middle, **series.style.line(), gid=series.name)
    if lines[3].max() > 1:
        axes.fill_between(
            middle.index, low, high, color=series.style.color, alpha=0.18, linewidth=0, gid="band"
        )
    return end_of(series.name, middle, series.style.color)


def set_alpha_ticks(axes: Axes, every: list[float]) -> None:
    """Ticks at the noise levels themselves where they are few, and room around a lone one."""
    if len(every) <= MOST_TICKS:
        axes.set_xticks(every, [f"{alpha:g}" for alpha in every])
    if len(every) == 1:
        axes.set_xlim(every[0] - AROUND, every[0] + AROUND)
