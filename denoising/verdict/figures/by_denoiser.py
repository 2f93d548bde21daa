"""Quantities of several denoisers as points: a row a denoiser, a column a quantity."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import pandas as pd
from matplotlib.figure import Figure

from denoising.figures.style import NARROW, LineStyle, grid_of_panels, legend_above, mark_missing
from denoising.signals.settings import SourceName
from denoising.verdict.cells import SYNTHETIC
from denoising.verdict.conduct import Place, at
from denoising.verdict.contrasts import Estimate
from denoising.verdict.figures.forest import Point, Row, alpha_entries, alpha_styles, draw_forest, row_height

HEADING = 0.3  # inches above the rows of a family


@dataclass(frozen=True)
class Quantity:
    """A column of a table, and how its axis is drawn.

    Attributes:
        column: its name.
        label: that of its axis.
        limits: of its axis; left out, those that its values need.
        references: values that are marked by a line.
    """

    column: str
    label: str
    limits: tuple[float, float] | None = None
    references: tuple[float, ...] = ()


def panels_of(
    table: pd.DataFrame,
    denoisers: Sequence[str],
    quantities: Sequence[Quantity],
    alphas: Sequence[float],
    width: float,
) -> Figure:
    """A row of panels a family of signals; the noise levels of a denoiser lie one below the other.

    Args:
        table: signals, alpha, denoiser, seed and the quantities; a row a seed or a signal of it.
        denoisers: the rows of a panel.
        quantities: the columns.
        alphas: the noise levels.
        width: of the figure, in inches.
    """
    styles = alpha_styles(alphas)
    height = row_height(width) * 1.3 * len(denoisers) + HEADING
    figure, panels = grid_of_panels(
        width, len(SYNTHETIC), len(quantities), height, 0.75, sharex="col", sharey=True
    )
    for column, quantity in zip(panels.T, quantities, strict=True):
        rows = {signals: rows_of(table, signals, denoisers, quantity.column, styles) for signals in SYNTHETIC}
        every = [point.estimate for some in rows.values() for row in some for point in row.points]
        for axes, (signals, some) in zip(column, rows.items(), strict=True):
            axes.set_title(f"{signals} signals", fontweight="bold", pad=3)
            if any(point.estimate.n for row in some for point in row.points):
                draw_forest(axes, some, len(styles), quantity.references, of=every, missing="none")
            else:
                axes.set_yticks(range(len(denoisers)), denoisers)
                mark_missing(axes, "nothing measured")
    for row in panels if width == NARROW else panels[-1:]:
        for axes, quantity in zip(row, quantities, strict=True):
            axes.set_xlabel(quantity.label)
            axes.tick_params(labelbottom=True)
    for row in panels:
        for axes, quantity in zip(row, quantities, strict=True):
            if quantity.limits:
                axes.set_xlim(*quantity.limits)
    legend_above(figure, alpha_entries(styles))
    return figure


def rows_of(
    table: pd.DataFrame,
    signals: SourceName,
    denoisers: Sequence[str],
    column: str,
    styles: Mapping[float, LineStyle],
) -> list[Row]:
    """What was measured of each denoiser on a family of signals, at each noise level."""
    return [
        Row(
            name,
            tuple(
                Point(order, spread(at(table, (signals, alpha), name), column), style.color)
                for order, (alpha, style) in enumerate(styles.items())
            ),
        )
        for name in denoisers
    ]


def spread(rows: pd.DataFrame, column: str) -> Estimate:
    """The median over the seeds and their range, of means over the signals where these are told."""
    values = rows.groupby("seed", dropna=False)[column].mean().dropna()
    if values.empty:
        return Estimate(None, None, None, 0)
    several = len(values) > 1
    low, high = (float(values.min()), float(values.max())) if several else (None, None)
    return Estimate(float(values.median()), low, high, len(values))


def over_places(table: pd.DataFrame, every: Iterable[Place], denoiser: str, column: str) -> list[float]:
    """The medians over the seeds at some places, lowest first."""
    medians = [spread(at(table, place, denoiser), column).db for place in every]
    return sorted(value for value in medians if value is not None)
