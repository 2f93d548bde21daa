"""Denoisers as rows of marks, one for each noise level."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from denoising.figures.style import REFERENCE, SMALL, Handle

FILLS = {1: ("full",), 2: ("none", "full"), 3: ("none", "left", "full")}  # by the number of noise levels
STRONG = "o"  # the marker of rows whose names are in bold type


@dataclass(frozen=True)
class Dots:
    """A row.

    Attributes:
        name: of the denoiser.
        db: its values by noise level.
        color: of its marks.
        marker: their shape.
    """

    name: str
    db: Mapping[Any, float]
    color: str
    marker: str


def draw_dots(axes: Axes, rows: Sequence[Dots], marked: Sequence[Any]) -> None:
    """Rows from the top, each a line over the values at the marked noise levels and a mark for each."""
    for place, row in enumerate(rows):
        known = [row.db[level] for level in marked if level in row.db]
        axes.plot(known, [place] * len(known), color=row.color, linewidth=1.4, alpha=0.45, gid="range")
        for level, fill in zip(marked, FILLS[len(marked)], strict=True):
            if level in row.db:
                axes.plot([row.db[level]], [place], gid=row.name, **mark(row.marker, row.color, fill))
    axes.set_yticks(range(len(rows)), [row.name for row in rows], fontsize=SMALL)
    for label, row in zip(axes.get_yticklabels(), rows, strict=True):
        label.set_fontweight("bold" if row.marker == STRONG else "normal")
    axes.set_ylim(len(rows) - 0.4, -0.6)
    axes.tick_params(axis="y", length=0)
    axes.grid(visible=False, axis="y")


def mark(marker: str, color: str, fill: Any) -> dict[str, Any]:
    """Arguments of a mark."""
    return {
        "marker": marker, "color": color, "fillstyle": fill, "linestyle": "none", "markeredgecolor": color,
        "markeredgewidth": 1.0, "markersize": 6 if marker == STRONG else 4.5,
        "markerfacecolor": "white" if fill == "none" else color, "markerfacecoloralt": "white",
    }  # fmt: skip


def level_entries(names: Mapping[Any, str]) -> dict[str, Handle]:
    """Legend entries of the marked noise levels, by what these are called."""
    fills = FILLS.get(len(names), ())
    return {
        name: Line2D([], [], **mark(STRONG, REFERENCE, fill))
        for name, fill in zip(names.values(), fills, strict=False)
    }
