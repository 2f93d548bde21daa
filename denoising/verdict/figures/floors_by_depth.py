"""How far above the posterior mean each depth stays, as the original ran it and repaired."""

from collections.abc import Iterator, Mapping
from itertools import product
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from denoising.figures.drawing import Drawing
from denoising.figures.style import (
    LINEAR_STYLE,
    NOISY_LINE,
    WIDTHS,
    Handle,
    LineStyle,
    grid_of_panels,
    label_outer,
    legend_above,
    look,
    mark_missing,
)
from denoising.figures.wording import decibels, extent, levels, listing
from denoising.verdict.cells import SYNTHETIC, Candidate, baseline, below, best_denoising, difference
from denoising.verdict.conduct import Place
from denoising.verdict.design import BASE, REPAIRED, label
from denoising.verdict.evidence import Evidence

KINDS: Mapping[str, LineStyle] = {
    BASE: LineStyle("#c2568c", "s", (0, (5, 1.5))),
    REPAIRED: LineStyle("#6a1b9a", "o", "-"),
}
BEST = "best network, chosen on validation signals"
BEST_STYLE = LineStyle("#b8860b", "*", "none")
LINES: Mapping[str, dict[str, Any]] = {
    "best_gain": NOISY_LINE,
    "linear_mmse": {"color": LINEAR_STYLE.color, "linestyle": LINEAR_STYLE.linestyle, "linewidth": 1.2},
}
COLUMNS = ["signals", "alpha", "network", "depth", "seed", "db"]


@look()
def draw(evidence: Evidence) -> Drawing:
    """A panel a noise level and family of signals: dB above the posterior mean over depth."""
    alphas = sorted(evidence.design.alphas)
    table = pd.DataFrame(distances(evidence), columns=COLUMNS)
    figure, narrow = (paint(evidence, table, width) for width in WIDTHS)
    return Drawing(
        figure=figure,
        narrow=narrow,
        title=title(table),
        caption=(
            "10 log10 of the test MSE over that of the posterior mean on the same signals: a small dot a "
            "seed, and the medians; no denoiser stays below 0 dB on average. Dots far above their median are "
            "trainings that are stuck. The star is the best network that was trained to denoise and has all "
            "seeds, at its depth, chosen by its error on the validation signals."
        ),
        alt=f"Decibels above the posterior mean over depth for {listing(SYNTHETIC)} signals, at "
        f"{levels(alphas)}, with the best gain, the best linear filter and the best network.",
        data=table,
    )


def paint(evidence: Evidence, table: pd.DataFrame, width: float) -> Figure:
    """All panels; those of a noise level have one scale."""
    alphas, families = sorted(evidence.design.alphas), list(SYNTHETIC)
    figure, panels = grid_of_panels(width, len(alphas), len(families), 2.1, 0.6, sharex=True, sharey="row")
    for row, alpha in enumerate(alphas):
        for column, signals in enumerate(families):
            axes = panels[row, column]
            axes.set_title(f"{signals} signals, alpha {alpha:g}", fontweight="bold")
            here = table[(table["alpha"] == alpha) & (table["signals"] == signals)]
            lines = {name: over_floor(evidence, name, (signals, alpha)) for name in LINES}
            draw_panel(axes, here, lines)
    label_outer(panels.ravel(), len(families), panels.size, "depth", "dB above the posterior mean")
    legend_above(figure, entries(), most_columns=2)
    return figure


def distances(evidence: Evidence) -> Iterator[tuple[object, ...]]:
    """See `COLUMNS`: each depth of both kinds of network, and the best of all."""
    for signals, alpha in product(SYNTHETIC, evidence.design.alphas):
        networks = [
            (kind, Candidate(kind, depth, signals)) for kind, depth in product(KINDS, evidence.design.depths)
        ]
        best = best_denoising(evidence, signals, alpha)
        for kind, network in [*networks, *([(BEST, best)] if best else [])]:
            for seed, db in (-below(evidence, network, "bayes", alpha)).items():
                yield signals, alpha, kind, network.depth, seed, db


def over_floor(evidence: Evidence, denoiser: str, place: Place) -> float:
    """By how many dB a denoiser that is no network lies above the posterior mean, median over the seeds."""
    floor = baseline(evidence, "bayes", *place)
    return float(difference(baseline(evidence, denoiser, *place), floor).median())


def draw_panel(axes: Axes, here: pd.DataFrame, lines: Mapping[str, float]) -> None:
    """Both kinds, the best network and the lines of other denoisers; no line leads over a missing depth."""
    if here.empty:
        mark_missing(axes, "nothing measured")
        return
    depths = sorted(here["depth"].unique())
    for name, db in lines.items():
        axes.axhline(db, **LINES[name], gid=name)
    for kind, style in KINDS.items():
        rows = here[here["network"] == kind]
        medians = rows.set_index("depth")["db"].groupby(level="depth").median().reindex(depths)
        axes.plot(medians.index, medians, **style.line(), gid=kind)
        axes.plot(rows["depth"], rows["db"], ".", color=style.color, alpha=0.3, markeredgewidth=0)
    best = here[here["network"] == BEST].groupby("depth")["db"].median()
    axes.plot(best.index, best, **BEST_STYLE.line(), markersize=9, gid="best")
    axes.set_xticks(depths)
    axes.set_ylim(bottom=min(0.0, axes.get_ylim()[0]))


def entries() -> dict[str, Handle]:
    """Legend entries."""
    kinds: dict[str, Handle] = {label(kind): Line2D([], [], **style.line()) for kind, style in KINDS.items()}
    return {
        **kinds,
        BEST: Line2D([], [], **BEST_STYLE.line(), markersize=8),
        "best gain": Line2D([], [], **LINES["best_gain"]),
        "best linear filter": Line2D([], [], **LINES["linear_mmse"]),
    }


def title(table: pd.DataFrame) -> str:
    """How near the best networks come to the floor."""
    best = table[table["network"] == BEST].groupby(["signals", "alpha"])["db"].median()
    if best.empty:
        return "The best networks beside the posterior mean"
    low, high = decibels(best.min()).removeprefix("+"), decibels(best.max()).removeprefix("+")
    return f"The best networks stay {extent(low, high)} dB above the posterior mean"
