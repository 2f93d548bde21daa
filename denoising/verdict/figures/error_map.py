"""Where the best networks err: their error over the two frequencies of the signals."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import Normalize
from matplotlib.ticker import MaxNLocator

from denoising.figures.drawing import Drawing
from denoising.figures.style import SMALL, ink_on, label_outer, look, mark_missing, new_figure
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
    alphas = sorted(evidence.design.alphas)
    figure = new_figure(2.6 * len(SYNTHETIC) + 0.3)
    panels = figure.subplots(len(SYNTHETIC), len(alphas), sharex="row", sharey="row", squeeze=False)
    for row, signals in zip(panels, SYNTHETIC, strict=True):
        for axes, alpha in zip(row, alphas, strict=True):
            axes.set_title(f"{signals} signals, alpha {alpha:g}", fontweight="bold")
            draw_panel(axes, evidence, (signals, alpha))
    label_outer(panels.ravel(), len(alphas), panels.size, "f1", "f2")
    return Drawing(
        figure=figure,
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
    axes.imshow(
        values, cmap=SHADES, norm=norm, aspect="auto", origin="lower", extent=(*bounds, *bounds), gid="map"
    )
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
