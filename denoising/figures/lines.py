"""Lines over the noise level."""

import pandas as pd
from matplotlib.axes import Axes

from denoising.figures.grid import by_alpha, drawable
from denoising.figures.style import LineStyle
from denoising.study.results import Study

MOST_TICKS = 6


def draw_depths(
    axes: Axes, study: Study, column: str, styles: dict[int, LineStyle], *, positive: bool
) -> None:
    """A line a depth over alpha, and the range over the seeds where there are several."""
    median, lowest, highest, count = (
        by_alpha(study, column, statistic) for statistic in ("median", "lowest", "highest", "count")
    )
    for depth, style in styles.items():
        lines: list[pd.Series] = [frame[depth] for frame in (median, lowest, highest)]
        middle, low, high = [drawable(line) for line in lines] if positive else lines
        axes.plot(median.index, middle, **style.line(), gid=f"depth {depth}")
        if count[depth].max() > 1:
            axes.fill_between(median.index, low, high, color=style.color, alpha=0.18, linewidth=0, gid="band")


def set_alpha_ticks(axes: Axes, every: list[float]) -> None:
    """Ticks at the noise levels themselves where they are few, and room around a lone one."""
    if len(every) <= MOST_TICKS:
        axes.set_xticks(every, [f"{alpha:g}" for alpha in every])
    if len(every) == 1:
        axes.set_xlim(every[0] - 0.1, every[0] + 0.1)
