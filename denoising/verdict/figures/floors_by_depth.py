"""How far above the Bayes floor each depth stays, as the original ran it and with optimisation fixed."""

from collections.abc import Iterator, Mapping
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from denoising.figures.drawing import Drawing
from denoising.figures.style import (
    LINEAR_STYLE,
    NOISY_LINE,
    Handle,
    LineStyle,
    label_outer,
    legend_above,
    look,
    mark_missing,
    new_figure,
)
from denoising.figures.wording import decibels, extent, levels, listing
from denoising.signals.settings import FamilyName
from denoising.verdict.cells import (
    NETWORKS,
    RECIPES,
    SHORT_RECIPES,
    Candidate,
    baseline,
    best_denoising,
    difference,
    limit,
    measured,
)
from denoising.verdict.design import BASE, RECIPE, SHORT_RECIPE, label
from denoising.verdict.evidence import Evidence

KINDS: Mapping[str, tuple[Mapping[FamilyName, str], LineStyle]] = {
    label(BASE): (NETWORKS, LineStyle("#c2568c", "s", (0, (5, 1.5)))),
    label(RECIPE): (RECIPES, LineStyle("#6a1b9a", "o", "-")),
    label(SHORT_RECIPE): (SHORT_RECIPES, LineStyle("#2a7f8e", "^", (0, (1, 1.2)))),
}
BEST = "best network, chosen on validation signals"
BEST_STYLE = LineStyle("#b8860b", "*", "none")
COLUMNS = ["signals", "alpha", "network", "depth", "mean_db", "lowest_db", "highest_db", "n"]


@look()
def draw(evidence: Evidence) -> Drawing:
    """A panel a noise level and family of signals: dB above the floor over depth."""
    alphas, families = sorted(evidence.design.alphas), list(NETWORKS)
    table = pd.DataFrame(distances(evidence), columns=COLUMNS)
    figure = new_figure(2.1 * len(alphas) + 0.6)
    panels = figure.subplots(len(alphas), len(families), sharex=True, sharey="row", squeeze=False)
    for row, alpha in enumerate(alphas):
        for column, signals in enumerate(families):
            axes = panels[row, column]
            axes.set_title(f"{signals} signals, alpha {alpha:g}", fontweight="bold")
            here = table[(table["alpha"] == alpha) & (table["signals"] == signals)]
            draw_panel(axes, evidence, here, signals, alpha)
    label_outer(panels.ravel(), len(families), panels.size, "depth", "dB above the Bayes floor")
    legend_above(figure, entries(), most_columns=3)
    return Drawing(
        figure=figure,
        title=title(table),
        caption=(
            "10 log10(test MSE / Bayes floor) over depth, means over the seeds with their range as a band; 0 "
            "dB is the best that any denoiser can do on average. The star is the best of all networks that "
            "were trained to denoise, at its depth, chosen by its error on the validation signals."
        ),
        alt=f"Decibels above the Bayes floor over depth for {listing(NETWORKS)} signals, at "
        f"{levels(alphas)}, with the best gain, the best linear filter and the best network.",
        data=table,
    )


def distances(evidence: Evidence) -> Iterator[tuple[object, ...]]:
    """See `COLUMNS`: each depth of both kinds of network, and the best of all."""
    for signals in NETWORKS:
        for alpha in evidence.design.alphas:
            networks = [
                (kind, Candidate(variants[signals], depth))
                for kind, (variants, _) in KINDS.items()
                if signals in variants
                for depth in evidence.design.depths
            ]
            best = best_denoising(evidence, signals, alpha)
            for kind, network in [*networks, *([(BEST, best)] if best else [])]:
                floor = limit(evidence, "mmse", signals, alpha)
                db = difference(measured(evidence, network, alpha), floor)
                if len(db):
                    found = (db.mean(), db.min(), db.max(), len(db))
                    yield signals, alpha, kind, network.depth, *found


def draw_panel(axes: Axes, evidence: Evidence, here: pd.DataFrame, signals: str, alpha: float) -> None:
    """Both kinds, the best network, best gain and best linear filter."""
    if here.empty:
        mark_missing(axes, "nothing measured")
        return
    floor = limit(evidence, "mmse", signals, alpha)
    for name, line in (("best_gain", NOISY_LINE), ("linear_mmse", linear_line())):
        db = difference(pd.Series([baseline(evidence, name, signals, alpha)]), floor)
        for value in db:
            axes.axhline(value, **line, gid=name)
    for kind, (_, style) in KINDS.items():
        rows = here[here["network"] == kind]
        axes.plot(rows["depth"], rows["mean_db"], **style.line(), gid=kind)
        axes.fill_between(
            rows["depth"], rows["lowest_db"], rows["highest_db"], color=style.color, alpha=0.18, linewidth=0
        )
    best = here[here["network"] == BEST]
    axes.plot(best["depth"], best["mean_db"], **BEST_STYLE.line(), markersize=9, gid="best")
    axes.set_xticks(list(evidence.design.depths))
    axes.set_ylim(bottom=min(0.0, axes.get_ylim()[0]))


def linear_line() -> dict[str, Any]:
    """The best linear filter as a line without markers."""
    return {"color": LINEAR_STYLE.color, "linestyle": LINEAR_STYLE.linestyle, "linewidth": 1.2}


def entries() -> dict[str, Handle]:
    """Legend entries."""
    kinds: dict[str, Handle] = {kind: Line2D([], [], **style.line()) for kind, (_, style) in KINDS.items()}
    return {
        **kinds,
        BEST: Line2D([], [], **BEST_STYLE.line(), markersize=8),
        "best gain": Line2D([], [], **NOISY_LINE),
        "best linear filter": Line2D([], [], **linear_line()),
    }


def title(table: pd.DataFrame) -> str:
    """How near the best networks come to the floor."""
    best = table[table["network"] == BEST]["mean_db"]
    if best.empty:
        return "The best networks beside the Bayes floor"
    low, high = decibels(best.min()).removeprefix("+"), decibels(best.max()).removeprefix("+")
    return f"The best networks stay {extent(low, high)} dB above the Bayes floor"
