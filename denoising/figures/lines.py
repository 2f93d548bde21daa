"""Lines over the noise level."""

import pandas as pd
from matplotlib.axes import Axes

from denoising.figures.grid import by_alpha, drawable
from denoising.figures.panels import Series

MOST_TICKS = 6


def draw_over_alpha(axes: Axes, series: Series, column: str, *, positive: bool) -> None:
    """A column of the results over alpha, and its range over the seeds where there are several."""
    statistics = ("median", "lowest", "highest", "count")
    lines: list[pd.Series] = [by_alpha(series.study, column, name)[series.depth] for name in statistics]
    middle, low, high = [drawable(line) for line in lines[:3]] if positive else lines[:3]
    axes.plot(middle.index, middle, **series.style.line(), gid=series.name)
    if lines[3].max() > 1:
        axes.fill_between(
            middle.index, low, high, color=series.style.color, alpha=0.18, linewidth=0, gid="band"
        )


def set_alpha_ticks(axes: Axes, every: list[float]) -> None:
    """Ticks at the noise levels themselves where they are few, and room around a lone one."""
    if len(every) <= MOST_TICKS:
        axes.set_xticks(every, [f"{alpha:g}" for alpha in every])
    if len(every) == 1:
        axes.set_xlim(every[0] - 0.1, every[0] + 0.1)
