"""From memorising to generalising: errors over the number of signals that there were to learn from."""

from collections.abc import Iterator, Mapping

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from denoising.figures.drawing import Drawing
from denoising.figures.style import (
    BAYES,
    WIDTHS,
    Handle,
    LineStyle,
    grid_of_panels,
    label_log,
    label_outer,
    legend_above,
    look,
    mark_missing,
)
from denoising.figures.wording import decibels, listing
from denoising.signals.dataset import TRAIN_FRACTION
from denoising.verdict.cells import Candidate, baseline, difference, measured
from denoising.verdict.conduct import REPAIRED_DEEP, SHALLOW_ORIGINAL
from denoising.verdict.design import BASE, DEEP, OWN_SIGNALS, REPAIRED, SHALLOW, sized_name
from denoising.verdict.evidence import Evidence

NETWORKS: Mapping[str, Candidate] = {
    SHALLOW_ORIGINAL: Candidate(BASE, SHALLOW),
    REPAIRED_DEEP: Candidate(REPAIRED, DEEP),
}
EMPIRICAL = "empirical_bayes"
STYLES: Mapping[str, LineStyle] = {
    "test_mse": LineStyle("#6a1b9a", "o", "-"),
    "train_mse": LineStyle("#c2568c", "s", (0, (5, 1.5))),
    EMPIRICAL: LineStyle("#8d6e3f", "", (0, (1.2, 1.2))),
}
WORDS = {
    "test_mse": "new signals",
    "train_mse": "its training signals",
    EMPIRICAL: "posterior mean if the training signals were all there are, new signals",
}
COLUMNS = ["network", "depth", "alpha", "n_signals", "error", "median_db", "lowest_db", "highest_db", "n"]


@look()
def draw(evidence: Evidence) -> Drawing:
    """A panel a network: errors in dB above the posterior mean over the number of signals."""
    table = pd.DataFrame(distances(evidence), columns=COLUMNS)
    figure, narrow = (paint(table, width) for width in WIDTHS)
    return Drawing(
        figure=figure,
        narrow=narrow,
        title=title(table),
        caption=(
            "Mean squared errors in dB above that of the posterior mean on the test signals; medians over "
            f"the seeds with their range as a band. Of the signals {TRAIN_FRACTION:.0%} train, each with "
            "noise drawn once, and the others validate. The number of steps stays the same, as far as whole "
            "epochs allow. A network that errs less on its training signals than on new ones remembers "
            "something of the former. Brown, where measured: the exact posterior mean if the training "
            "signals were all that there are. A network that restored its training signals as well as can "
            "be, under any noise, would compute it (Kadkhodaie et al. 2024). "
            f"Signals: {OWN_SIGNALS}, alpha {min(evidence.design.alphas):g}."
        ),
        alt=f"Decibels above the posterior mean over the number of signals, for {listing(WORDS.values())}. "
        f"{title(table)}.",
        data=table,
    )


def paint(table: pd.DataFrame, width: float) -> Figure:
    """All panels, on one scale."""
    figure, grid = grid_of_panels(width, 1, len(NETWORKS), 2.5, 0.6, sharex=True, sharey=True)
    panels = grid[0]
    for axes, (name, network) in zip(panels, NETWORKS.items(), strict=True):
        axes.set_title(name, fontweight="bold")
        draw_panel(axes, table, network)
    if any(axes.lines for axes in panels):
        panels[0].set_xscale("log")
        label_log(panels[0].xaxis, "{:,.0f}".format)
    label_outer(panels, len(NETWORKS), len(NETWORKS), "signals to learn from", "dB above the posterior mean")
    legend_above(figure, entries(), most_columns=2)
    return figure


def distances(evidence: Evidence) -> Iterator[tuple[object, ...]]:
    """See `COLUMNS`: the errors of each network and the denoiser beside it, at each number of signals."""
    alpha = min(evidence.design.alphas)
    own = int(evidence.settings["base"]["n_signals"])
    for network in NETWORKS.values():
        for n_signals in sorted({own, *evidence.design.sizes}):
            name = network.variant if n_signals == own else sized_name(network.variant, n_signals)
            resized = Candidate(name, network.depth)
            floor = baseline(evidence, "bayes", OWN_SIGNALS, alpha, n_signals)
            errors = {
                column: measured(evidence, resized, alpha, column) for column in ("test_mse", "train_mse")
            }
            errors[EMPIRICAL] = baseline(evidence, EMPIRICAL, OWN_SIGNALS, alpha, n_signals)
            for error, values in errors.items():
                db = difference(values, floor)
                if len(db):
                    found = (db.median(), db.min(), db.max(), len(db))
                    yield network.variant, network.depth, alpha, n_signals, error, *found


def draw_panel(axes: Axes, table: pd.DataFrame, network: Candidate) -> None:
    """Both errors of a network, and the denoiser that knows its training signals alone."""
    here = table[(table["network"] == network.variant) & (table["depth"] == network.depth)]
    if here[here["error"] != EMPIRICAL].empty:
        mark_missing(axes, "nothing measured")
        return
    axes.axhline(0, color=BAYES, linewidth=1.2, gid="bayes", zorder=1.9)
    for error, style in STYLES.items():
        rows = here[here["error"] == error]
        axes.plot(rows["n_signals"], rows["median_db"], **style.line(), gid=error)
        axes.fill_between(
            rows["n_signals"],
            rows["lowest_db"],
            rows["highest_db"],
            color=style.color,
            alpha=0.18,
            linewidth=0,
        )


def entries() -> dict[str, Handle]:
    """Legend entries."""
    lines: dict[str, Handle] = {WORDS[name]: Line2D([], [], **style.line()) for name, style in STYLES.items()}
    return {**lines, "posterior mean": Line2D([], [], color=BAYES, linewidth=1.2)}


def title(table: pd.DataFrame) -> str:
    """How far the errors of the repaired network lie apart, with the fewest and with the most signals."""
    last = NETWORKS[REPAIRED_DEEP]
    of_network = table[(table["network"] == last.variant) & (table["depth"] == last.depth)]
    errors = of_network.pivot_table(index="n_signals", columns="error", values="median_db")
    errors = errors.reindex(columns=["test_mse", "train_mse"]).dropna()
    if len(errors) < 2:
        return "From memorising to generalising"
    gaps = errors["test_mse"] - errors["train_mse"]
    fewest, most = (decibels(gap).removeprefix("+") for gap in (gaps.iloc[0], gaps.iloc[-1]))
    return (
        f"The error of {REPAIRED_DEEP} on new signals lies {fewest} dB above that on its training signals "
        f"with {gaps.index[0]:,} signals, {most} dB with {gaps.index[-1]:,}"
    )
