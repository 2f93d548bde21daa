"""Effects as points with their intervals, a row each: forest plots."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from textwrap import fill
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.ticker import NullLocator

from denoising.figures.style import MARKERS, NARROW, REFERENCE, SMALL, Handle, LineStyle, depth_styles
from denoising.figures.wording import levels
from denoising.verdict.contrasts import Estimate

ROW = 0.19  # inches
MOST_BEYOND = 1.0  # how far an interval may widen its panel, times the range of the means
LEAST_BEYOND = 1.0  # dB
SPAN = 0.38  # of a row, over which the points of several noise levels are spread
TICKS = (-30, -10, -3, -1, 0, 1, 3, 10, 30)  # dB, of a scale that is even near 0 and logarithmic far from it
LABEL = 54  # characters in a line of a label that stands above its row
ABOVE = 0.52  # rows between a row's middle and its label, where that stands above it


@dataclass(frozen=True)
class Point:
    """An effect in a row; `order` is its place among the row's noise levels."""

    order: int
    estimate: Estimate
    color: str


@dataclass(frozen=True)
class Row:
    """What is measured, its effect at each noise level, and what stands to the right of them."""

    label: str
    points: tuple[Point, ...]
    note: str = ""


def draw_forest(
    axes: Axes,
    rows: Sequence[Row],
    n_orders: int,
    references: Sequence[float] = (0,),
    of: Sequence[Estimate] | None = None,
    missing: str = "not measured",
) -> None:
    """Rows from the top, their points one below the other; intervals that leave the panel are cut off.

    Args:
        axes: the panel.
        rows: its rows.
        n_orders: how many noise levels there are.
        references: dB that are marked by a line.
        of: the effects that decide the panel's range; left out, those of the rows.
        missing: what stands in a row without an effect.
    """
    stacked = is_stacked(axes)
    for reference in references:
        dash = "-" if reference == 0 else (0, (4, 2))
        axes.axvline(reference, color=REFERENCE, linewidth=0.9, linestyle=dash, zorder=1)
    for place, row in enumerate(rows):
        for point in row.points:
            draw_point(axes, place + offset(point.order, n_orders), point)
        if row.note:
            axes.annotate(
                row.note, (1, place), (4, 0), axes.get_yaxis_transform(), "offset points", va="center",
                fontsize=SMALL, annotation_clip=False,
            )  # fmt: skip
        if all(point.estimate.db is None for point in row.points):
            axes.text(
                0.01, place, missing, transform=axes.get_yaxis_transform(), va="center",
                fontsize=SMALL, color=REFERENCE,
            )  # fmt: skip
    axes.set_yticks(range(len(rows)), ["" if stacked else row.label for row in rows], fontsize=SMALL)
    for place, row in enumerate(rows if stacked else ()):
        axes.annotate(
            fill(row.label, LABEL), (0, place - ABOVE), xycoords=axes.get_yaxis_transform(), va="center",
            fontsize=SMALL, annotation_clip=False,
            bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.5},
        )  # fmt: skip
    axes.set_ylim(len(rows) - 0.5, -ABOVE - 0.3 if stacked else -0.5)
    own = [point.estimate for row in rows for point in row.points]
    axes.set_xlim(*bounds(own if of is None else of, references))
    axes.tick_params(axis="y", length=0)
    axes.tick_params(axis="x", labelsize=SMALL, pad=1.5)
    axes.grid(visible=False, axis="y")


def draw_point(axes: Axes, height: float, point: Point) -> None:
    """A median and its interval; without one, its marker is hollow."""
    found, color = point.estimate, point.color
    hollow: dict[str, Any] = {"markerfacecolor": "white", "markeredgecolor": color}
    if found.low is not None and found.high is not None:
        axes.plot([found.low, found.high], [height, height], color=color, linewidth=1.2, gid="interval")
        hollow = {}
    if found.db is not None:
        marker = MARKERS[point.order % len(MARKERS)]
        axes.plot([found.db], [height], color=color, marker=marker, linestyle="none", gid="mean", **hollow)


def is_stacked(axes: Axes) -> bool:
    """Whether labels stand above their rows, as in a narrow figure, and not to the left of them."""
    figure = axes.get_figure(root=True)
    return figure is not None and figure.get_figwidth() == NARROW


def row_height(width: float) -> float:
    """The height of a row in inches, in a figure of this width; with its label where that stands above."""
    return 2.5 * ROW if width == NARROW else ROW


def scale_decibels(axes: Axes, estimates: Sequence[Estimate], references: Sequence[float]) -> None:
    """One scale for small and large effects with their intervals: even near 0, logarithmic far from it."""
    known = [db for found in estimates for db in (found.db, found.low, found.high) if db is not None]
    low, high = min([*known, *references]), max([*known, *references])
    axes.set_xscale("asinh", linear_width=1)
    axes.set_xlim(1.15 * low - 0.3, 1.15 * high + 0.3)
    inside = [tick for tick in TICKS if 1.15 * low - 0.3 <= tick <= 1.15 * high + 0.3]
    axes.set_xticks(inside, [f"{tick:g}".replace("-", "−") for tick in inside])
    axes.xaxis.set_minor_locator(NullLocator())


def offset(order: int, n_orders: int) -> float:
    """How far below a row's middle a noise level's point lies, in rows."""
    return SPAN * (order / (n_orders - 1) - 0.5) if n_orders > 1 else 0.0


def bounds(estimates: Sequence[Estimate], references: Sequence[float]) -> tuple[float, float]:
    """The range of a panel in dB: means and references, and intervals up to where they squeeze them."""
    means = [found.db for found in estimates if found.db is not None] + list(references)
    low, high = min(means), max(means)
    beyond = max(LEAST_BEYOND, MOST_BEYOND * (high - low))
    ends = [e for found in estimates for e in (found.low, found.high) if e is not None]
    low, high = max(min([low, *ends]), low - beyond), min(max([high, *ends]), high + beyond)
    room = max(0.04 * (high - low), 0.1)
    return float(np.floor((low - room) * 10) / 10), float(np.ceil((high + room) * 10) / 10)


def alpha_styles(alphas: Sequence[float]) -> dict[float, LineStyle]:
    """How the noise levels are drawn, light for low ones; their markers are those of a row's points."""
    styles = depth_styles(range(len(alphas)))
    return {alpha: styles[order] for order, alpha in enumerate(sorted(alphas))}


def alpha_entries(styles: Mapping[float, LineStyle]) -> dict[str, Handle]:
    """Legend entries of the noise levels."""
    return {
        levels([alpha]): Line2D([], [], color=style.color, marker=style.marker, linewidth=1.2)
        for alpha, style in styles.items()
    }
