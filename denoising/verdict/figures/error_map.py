"""Where the best networks err: their error over the two frequencies of the signals."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import Normalize
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from denoising.figures.drawing import Drawing
from denoising.figures.style import SMALL, WIDTHS, grid_of_panels, ink_on, label_outer, look, mark_missing
from denoising.figures.wording import decibels, extent, listing
from denoising.measure import comparison
from denoising.signals.sinusoids import FAMILIES
from denoising.verdict.cells import SYNTHETIC, baseline
from denoising.verdict.conduct import Place, at, places
from denoising.verdict.evidence import Evidence
from denoising.verdict.figures.transfer import SHADES

LEAST_RANGE = 3.0  # dB that the shades of a panel span


@look()
def draw(evidence: Evidence) -> Drawing:
    """A panel a noise level and family of signals: dB above the posterior mean, f1 across and f2 upward."""
    figure, narrow = (paint(evidence, width) for width in WIDTHS)
    return Drawing(
        figure=figure,
        narrow=narrow,
        title=title(evidence),
        caption=(
            "10 log10 of the best network’s error over that of the posterior mean, by the frequencies of "
            "the signals: the mean squared error of the test signals in a bin, of all seeds, beside the "
            "posterior mean’s over all signals of the family at the noise level. Every panel has its own "
            f"shades, over {LEAST_RANGE:g} dB or more."
        ),
        alt=f"Heat maps of dB above the posterior mean over f1 and f2 for {listing(SYNTHETIC)} signals. "
        f"{title(evidence)}.",
        data=evidence.error_map,
    )


def paint(evidence: Evidence, width: float) -> Figure:
    """All panels."""
    alphas = sorted(evidence.design.alphas)
    figure, panels = grid_of_panels(width, len(SYNTHETIC), len(alphas), 2.6, 0.3, sharex="row", sharey="row")
    for row, signals in zip(panels, SYNTHETIC, strict=True):
        for axes, alpha in zip(row, alphas, strict=True):
            axes.set_title(f"{signals} signals, alpha {alpha:g}", fontweight="bold")
            draw_panel(axes, evidence, (signals, alpha))
    label_outer(panels.ravel(), len(alphas), panels.size, "f1", "f2")
    return figure


def draw_panel(axes: Axes, evidence: Evidence, place: Place) -> None:
    """A heat map with its numbers."""
    axes.grid(visible=False)
    axes.tick_params(length=0)
    axes.spines[:].set_visible(False)
    bins = error_bins(evidence, place).dropna(subset=["db"])
    if bins.empty:
        mark_missing(axes, "nothing measured")
        return
    family = FAMILIES[place[0]]
    table = bins.pivot_table(index="f2", columns="f1", values="db")
    values = np.ma.masked_invalid(table.to_numpy(float))
    low = float(values.min())
    norm = Normalize(low, max(float(values.max()), low + LEAST_RANGE))
    bounds = (family.low, family.high)
    edges = [np.linspace(*bounds, n + 1) for n in reversed(values.shape)]
    axes.pcolormesh(*edges, values, cmap=SHADES, norm=norm, gid="map")
    axes.set(xlim=bounds, ylim=bounds)
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_locator(MaxNLocator(5))
    for f1, f2, db in bins[["f1", "f2", "db"]].to_numpy(float):
        axes.text(
            f1, f2, decibels(db).removeprefix("+"), ha="center", va="center", fontsize=SMALL,
            color=ink_on(SHADES(norm(db))),
        )  # fmt: skip


def error_bins(evidence: Evidence, place: Place) -> pd.DataFrame:
    """The bins of the error map, with `db`: how far each lies above the posterior mean of the family."""
    rows = at(evidence.error_map, place)
    floor = baseline(evidence, "bayes", *place).mean()
    return rows.assign(db=comparison.decibels(rows["mse"].to_numpy(float), np.full(len(rows), floor)))


def title(evidence: Evidence) -> str:
    """How much the error varies."""
    found = [error_bins(evidence, place)["db"] for place in places(evidence)]
    ranges = [db.max() - db.min() for db in found if len(db) and db.notna().all()]
    if not ranges:
        return "The error of the best networks over the frequencies of the signal"
    low, high = decibels(min(ranges)).removeprefix("+"), decibels(max(ranges)).removeprefix("+")
    return (
        f"From its best to its worst frequencies the error of a best network varies by {extent(low, high)} dB"
    )
