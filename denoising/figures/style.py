"""The look that all figures share."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from math import ceil
from textwrap import fill
from threading import RLock
from typing import Any, TypeVar

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.colors import LinearSegmentedColormap, to_hex
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine
from matplotlib.legend_handler import HandlerTuple
from matplotlib.lines import Line2D
from matplotlib.ticker import FuncFormatter, LogLocator, NullLocator

from denoising.figures.fonts import BOXES, FAMILY, our_fonts

WIDTH = 7.2  # inches: a page's text width
NARROW = 3.4  # inches: that of a phone
WIDTHS = (WIDTH, NARROW)
INK = "#1f2328"
CLEAN = "#1f2328"
NOISY = "#929ba8"
REFERENCE = "#6b7280"
MISSING = "#d0d5dc"
BAYES = "#00754a"
NETWORK = "#a3157f"
LINEAR = "#1f6fb2"
PER_INCH = 13.5  # characters of ordinary type
PAD = 0.07  # inches, around each panel
MARK = 5  # characters that a legend's line takes beside its name
SMALL = 7  # points: the smallest type in any figure

Handle = Line2D | tuple[Line2D, ...]
T = TypeVar("T")

MARKERS = ("o", "s", "^", "D", "v", "<", ">", "p")
N_MARKERS = 6  # along a line of many points
DASHES = ("-", (0, (5, 1.5)), (0, (1.2, 1.2)), (0, (6, 1.5, 1.2, 1.5)), (0, (9, 2)), (0, (3, 1, 1, 1, 1, 1)))
LIGHTEST, DARKEST = 0.62, 0.03  # of the palette; the lightest keeps a contrast of 3 on a page

# The line of the noisy signals' own error.
NOISY_LINE: Any = {"color": REFERENCE, "linewidth": 1.2, "linestyle": (0, (1, 1.5))}

RC: Any = {
    "font.family": ["sans-serif", BOXES],
    "font.sans-serif": [FAMILY, "Verdana", "Arial", "Helvetica"],  # the others where an SVG is looked at
    "font.size": 8,
    "axes.labelsize": 8,
    "axes.titlesize": 8,
    "axes.titlelocation": "left",
    "axes.titlepad": 4,
    "axes.titley": 1,  # looking for a place that is free takes a sixth of the time of a figure
    "xtick.labelsize": 7.5,
    "ytick.labelsize": 7.5,
    "legend.fontsize": 7.5,
    "legend.frameon": False,
    "legend.handlelength": 2.8,
    "legend.columnspacing": 1.4,
    "text.color": INK,
    "text.parse_math": False,  # a unit or name may have dollar signs
    "axes.labelcolor": INK,
    "axes.edgecolor": "#9aa1ab",
    "axes.linewidth": 0.6,
    "xtick.color": "#9aa1ab",
    "ytick.color": "#9aa1ab",
    "xtick.labelcolor": INK,
    "ytick.labelcolor": INK,
    "xtick.major.width": 0.6,
    "ytick.major.width": 0.6,
    "xtick.major.size": 2.5,
    "ytick.major.size": 2.5,
    "ytick.minor.size": 0,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "axes.axisbelow": True,
    "grid.color": "#e6e9ed",
    "grid.linewidth": 0.6,
    "lines.linewidth": 1.5,
    "lines.markersize": 4.5,
    "lines.markeredgecolor": "white",
    "lines.markeredgewidth": 0.5,
    "hatch.color": MISSING,
    "hatch.linewidth": 0.8,
    "figure.facecolor": "white",
    "svg.fonttype": "none",
    "svg.hashsalt": "denoising",
}

DEFAULTS: Any = {name: value for name, value in mpl.rcParamsDefault.items() if name != "backend"}

_ONE_AT_A_TIME = RLock()


@contextmanager
def look() -> Iterator[None]:
    """The look, as a context or a decorator, whatever settings of matplotlib and fonts the user has.

    Matplotlib keeps both globally, so threads take turns.
    """
    with _ONE_AT_A_TIME, mpl.rc_context(DEFAULTS | RC), our_fonts():
        yield


@dataclass(frozen=True)
class LineStyle:
    """How a depth, or another denoiser, is drawn in every figure of a study."""

    color: str
    marker: str
    linestyle: Any

    def line(self) -> dict[str, Any]:
        """Arguments of a line."""
        return {"color": self.color, "marker": self.marker, "linestyle": self.linestyle}

    def signal(self, length: int) -> dict[str, Any]:
        """Arguments of a signal of this many samples, its markers far apart."""
        step = max(length // N_MARKERS, 1)
        return {**self.line(), "linewidth": 1.3, "markersize": 3.5, "markevery": (step // 2, step)}


BAYES_STYLE = LineStyle(BAYES, "X", "-")
LINEAR_STYLE = LineStyle(LINEAR, "P", (0, (7, 2)))


def depth_styles(depths: Sequence[int]) -> dict[int, LineStyle]:
    """Colours in the order of the depths, from light (shallow) to dark (deep), with markers and dashes."""
    return styles_in_order(sorted(depths))


def styles_in_order(values: Sequence[T]) -> dict[T, LineStyle]:
    """Colours from light (the first value) to dark (the last), with markers and dashes."""
    palette = mpl.colormaps["plasma"]
    step = (LIGHTEST - DARKEST) / max(len(values) - 1, 1)
    return {
        value: LineStyle(
            color=to_hex(palette(LIGHTEST - index * step)),
            marker=MARKERS[index % len(MARKERS)],
            linestyle=DASHES[index % len(DASHES)],
        )
        for index, value in enumerate(values)
    }


def light_part(name: str, end: float) -> LinearSegmentedColormap:
    """One of matplotlib's colour maps up to `end`, of 1; in 256 shades, whatever the user's settings say."""
    shades = mpl.colormaps[name].resampled(256)(np.linspace(0, end, 256))
    return LinearSegmentedColormap.from_list("shades", shades)


def columns_for(n: int, width: float = WIDTH) -> int:
    """How many of n panels stand side by side in a figure of some inches; in a narrow one, each has a row."""
    if width == NARROW:
        return 1
    return n if n <= 3 else 2 if n == 4 else 3


def characters(n_columns: int, width: float = WIDTH) -> int:
    """How many characters of a title fit above one of so many panels side by side."""
    return int(PER_INCH * width) // n_columns - 2


def new_figure(height: float, width: float = WIDTH) -> Figure:
    """An empty figure; height and width in inches."""
    return Figure(figsize=(width, height), layout=ConstrainedLayoutEngine(w_pad=PAD, h_pad=PAD))


def panels_beside(
    n: int,
    width: float,
    height: float,
    rest: float = 0.0,
    most: int = 2,
    *,
    sharex: bool = True,
    sharey: bool = True,
) -> tuple[Figure, list[Axes], int]:
    """An empty figure, its panels row by row, and how many columns they have; in a narrow figure that is one.

    Args:
        n: how many panels there have to be; there may be more, to fill the last row.
        width: of the figure, in inches.
        height: of a panel, in inches.
        rest: what else the figure needs.
        most: columns.
        sharex, sharey: whether the panels share their axes.
    """
    n_columns = min(n, most) if width == WIDTH else 1
    n_rows = ceil(n / n_columns)
    figure = new_figure(height * n_rows + rest, width)
    every = figure.subplots(n_rows, n_columns, sharex=sharex, sharey=sharey, squeeze=False).ravel().tolist()
    return figure, every, n_columns


def grid_of_panels(
    width: float, n_rows: int, n_columns: int, height: float, rest: float, *, sharex: Any, sharey: Any
) -> tuple[Figure, Any]:
    """An empty figure and its panels, as an array of rows and columns; in a narrow figure each has a row.

    Args:
        width: of the figure, in inches.
        n_rows, n_columns: how many panels stand below and beside each other where there is room.
        height: of a panel, in inches.
        rest: what else the figure needs.
        sharex, sharey: as those of matplotlib's `subplots`: True, False or "row".
    """
    if width != NARROW:
        figure = new_figure(height * n_rows + rest, width)
        return figure, figure.subplots(n_rows, n_columns, sharex=sharex, sharey=sharey, squeeze=False)
    figure = new_figure(height * n_rows * n_columns + rest, width)
    every = figure.subplots(
        n_rows * n_columns, 1, sharex=sharex is True, sharey=sharey is True, squeeze=False
    )
    panels = every.reshape(n_rows, n_columns)
    for row in panels:
        for axes in row[1:]:
            if sharex == "row":
                axes.sharex(row[0])
            if sharey == "row":
                axes.sharey(row[0])
    return figure, panels


def depth_entries(styles: dict[int, LineStyle]) -> dict[str, Handle]:
    """Legend entries of the depths."""
    return {f"depth {depth}": Line2D([], [], **style.line()) for depth, style in styles.items()}


def legend_above(figure: Figure, entries: Mapping[str, Handle], most_columns: int = 7) -> None:
    """One legend above all panels, its entries spread evenly over as few rows as they need."""
    room = int(PER_INCH * figure.get_figwidth())
    names = [fill(name, room - MARK) for name in entries]
    longest = max(map(len, names), default=0) + MARK
    rows = ceil(len(entries) / max(min(most_columns, room // longest), 1))
    handles: Any = list(entries.values())
    figure.legend(
        handles, names, loc="outside upper left", ncols=ceil(len(entries) / max(rows, 1)),
        handler_map={tuple: HandlerTuple(ndivide=None, pad=0)},
    )  # fmt: skip


def every_colour(styles: Iterable[LineStyle]) -> tuple[Line2D, ...]:
    """A legend entry's line in pieces, one in each style's colour, for `legend_above`."""
    return tuple(Line2D([], [], color=style.color, linewidth=1.3) for style in styles)


def ink_on(shade: tuple[float, float, float, float]) -> str:
    """The colour of type that can be read on a shade."""
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in shade[:3]]
    luminance = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    return "white" if luminance < 0.3 else INK


def scale_log(axes: Axes) -> None:
    """A logarithmic scale of MSEs labelled in plain numbers: decades, or 1-2-5 where the range is narrow."""
    axes.set_yscale("log")
    low, high = axes.get_ylim()
    axes.yaxis.set_major_locator(LogLocator(subs=(1,) if high / low > 90 else (1, 2, 5)))
    label_log(axes.yaxis, "{:g}".format)


def label_log(axis: Axis, words: Callable[[float], str]) -> None:
    """Label a logarithmic axis, which has major ticks alone; matplotlib's own labels are formulas."""
    axis.set_major_formatter(FuncFormatter(lambda value, _: words(value)))
    axis.set_minor_locator(NullLocator())


def label_outer(panels: Iterable[Axes], n_columns: int, n_shown: int, xlabel: str, ylabel: str) -> None:
    """Label the panels of a grid along its left and below the last in each column; hide those not needed.

    In a narrow figure, in which each panel has a row, `n_columns` does not count.
    """
    for index, axes in enumerate(panels):
        figure = axes.get_figure(root=True)
        assert figure is not None
        n_columns = 1 if figure.get_figwidth() == NARROW else n_columns
        axes.set_visible(index < n_shown)
        if index < n_shown <= index + n_columns:
            axes.set_xlabel(xlabel)
            axes.tick_params(labelbottom=True)
        if index < n_shown and index % n_columns == 0:
            axes.set_ylabel(ylabel)


def drop_idle_ticks(panels: Iterable[Axes]) -> None:
    """Remove the ticks of panels that share their axes when none of them shows data."""
    every = list(panels)
    if not any(axes.lines for axes in every):
        every[0].set(xticks=[], yticks=[])


def mark_missing(axes: Axes, reason: str) -> None:
    """Hatch a panel that has nothing to show, and say why."""
    axes.grid(visible=False)
    axes.tick_params(length=0)
    axes.fill_between(
        [0, 1], 0, 1, transform=axes.transAxes, facecolor="white", edgecolor=MISSING, hatch="////"
    )
    axes.text(
        0.5, 0.5, reason, transform=axes.transAxes, ha="center", va="center", color=REFERENCE,
        bbox={"facecolor": "white", "edgecolor": "none", "pad": 2},
    )  # fmt: skip
