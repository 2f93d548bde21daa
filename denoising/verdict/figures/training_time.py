"""How near the networks come to the posterior mean in how much time of training."""

from collections.abc import Callable, Iterator, Mapping

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from denoising.figures.drawing import Drawing
from denoising.figures.style import (
    WIDTHS,
    LineStyle,
    grid_of_panels,
    label_log,
    label_outer,
    legend_above,
    look,
    mark_missing,
)
from denoising.figures.wording import decibels, extent, listing, number
from denoising.measure import comparison
from denoising.verdict.cells import SYNTHETIC, Candidate, baseline, measured
from denoising.verdict.conduct import (
    BEST,
    ORIGINALS,
    REPAIRED_DEEP,
    SHALLOW_ORIGINAL,
    Place,
    networks_at,
    places,
)
from denoising.verdict.design import named
from denoising.verdict.evidence import Evidence
from denoising.verdict.figures.singular_values import STYLES as OF_DENOISERS

STYLES: Mapping[str, LineStyle] = {name: OF_DENOISERS[name] for name in (BEST, REPAIRED_DEEP, *ORIGINALS)}
COLUMNS = [
    "signals", "alpha", "denoiser", "variant", "depth", "epoch", "seconds",
    "median_db", "lowest_db", "highest_db",
]  # fmt: skip


@look()
def draw(evidence: Evidence) -> Drawing:
    """A panel a noise level and family of signals: dB above the posterior mean over seconds."""
    curves = [curve for place in places(evidence) for curve in curves_at(evidence, place)]
    table = pd.concat(curves, ignore_index=True) if curves else pd.DataFrame(columns=COLUMNS)
    figure, narrow = (paint(evidence, table, width) for width in WIDTHS)
    return Drawing(
        figure=figure,
        narrow=narrow,
        title=title(table),
        caption=(
            "The error on the validation signals after each epoch, in dB above that of the posterior mean on "
            "the same signals; medians over the seeds with their range as a band. Seconds are medians too, "
            "of one core of the machine that this study ran on, whose other cores may have been busy. An "
            "epoch counts as its share of the training, in which both errors are measured after each one. "
            f"The {BEST} is the one with the lowest validation error at the end; where it is "
            f"{REPAIRED_DEEP}, its line hides that one. Under a one-cycle rate the error falls most towards "
            "the end: a curve is one whole training, and a shorter training has another."
        ),
        alt=f"Decibels above the posterior mean over seconds of training for {listing(STYLES)}, on "
        f"{listing(SYNTHETIC)} signals. {title(table)}.",
        data=table,
    )


def paint(evidence: Evidence, table: pd.DataFrame, width: float) -> Figure:
    """All panels; those of a noise level have one scale."""
    alphas = sorted(evidence.design.alphas)
    figure, panels = grid_of_panels(width, len(alphas), len(SYNTHETIC), 2.0, 0.7, sharex=True, sharey="row")
    for row, alpha in zip(panels, alphas, strict=True):
        for axes, signals in zip(row, SYNTHETIC, strict=True):
            axes.set_title(f"{signals} signals, alpha {alpha:g}", fontweight="bold")
            draw_panel(axes, table[(table["signals"] == signals) & (table["alpha"] == alpha)])
    if any(axes.lines for axes in panels.flat):
        panels[0, 0].set_xscale("log")
        label_log(panels[0, 0].xaxis, "{:g}".format)
    for axes in panels[:, 0]:
        axes.set_ylim(bottom=0)
    words = ("seconds of training", "dB above the posterior mean")
    label_outer(panels.ravel(), len(SYNTHETIC), panels.size, *words)
    legend_above(figure, {name: Line2D([], [], **s.line()) for name, s in STYLES.items()}, most_columns=2)
    return figure


def curves_at(evidence: Evidence, place: Place) -> Iterator[pd.DataFrame]:
    """See `COLUMNS`: the networks on a family of signals at a noise level, a row an epoch."""
    signals, alpha = place
    for name, network in networks_at(evidence, place).items():
        found = curve(evidence, network, alpha)
        if found is not None:
            axes = {"signals": signals, "alpha": alpha, "denoiser": name}
            yield found.assign(**axes, variant=network.variant, depth=network.depth)[COLUMNS]


def curve(evidence: Evidence, network: Candidate, alpha: float) -> pd.DataFrame | None:
    """A network's dB above the posterior mean after each epoch, and seconds; None without a seed."""
    history, variant = evidence.history, named(network.variant, network.signals)
    rows = history[
        (history["variant"] == variant) & (history["depth"] == network.depth) & (history["alpha"] == alpha)
    ]
    seconds = measured(evidence, network, alpha, "train_seconds")
    floor = baseline(evidence, "bayes", network.signals, alpha, column="validation_mse")
    seeds = [seed for seed in evidence.design.seeds if seed in seconds.index and seed in floor.index]
    rows = rows[rows["seed"].isin(seeds)]
    if rows.empty:
        return None
    seed, n_epochs = rows["seed"], rows["epoch"].max() + 1
    errors = rows["validation_mse"].to_numpy(float)
    db = comparison.decibels(errors, floor.loc[seed].to_numpy(float))
    spent = seconds.loc[seed].to_numpy(float) * (rows["epoch"].to_numpy(float) + 1) / n_epochs
    by_epoch = pd.DataFrame({"epoch": rows["epoch"], "db": db, "seconds": spent}).groupby("epoch")
    return pd.DataFrame(
        {
            "seconds": by_epoch["seconds"].median(),
            "median_db": by_epoch["db"].median(),
            "lowest_db": by_epoch["db"].min(),
            "highest_db": by_epoch["db"].max(),
        }
    ).reset_index()


def draw_panel(axes: Axes, here: pd.DataFrame) -> None:
    """All networks, the best one on top."""
    if here.empty:
        mark_missing(axes, "nothing measured")
        return
    for name, style in reversed([*STYLES.items()]):
        rows = here[here["denoiser"] == name]
        axes.plot(rows["seconds"], rows["median_db"], **style.line(), linewidth=1.4, gid=name)
        axes.fill_between(
            rows["seconds"], rows["lowest_db"], rows["highest_db"], color=style.color, alpha=0.15, linewidth=0
        )


def title(table: pd.DataFrame) -> str:
    """Where the best networks end and after how long, and the shallowest as the original ran it."""
    last = (
        table.loc[table.groupby(["signals", "alpha", "denoiser"])["epoch"].idxmax()] if len(table) else table
    )
    told = {
        name: f"{span(rows['median_db'], decibels)} dB above the posterior mean after "
        f"{span(rows['seconds'], number)} s"
        for name in (BEST, SHALLOW_ORIGINAL)
        if len(rows := last[last["denoiser"] == name])
    }
    if len(told) < 2:
        return "Error over the time of training"
    return f"The best networks end {told[BEST]}, {SHALLOW_ORIGINAL} {told[SHALLOW_ORIGINAL]}"


def span(values: pd.Series, words: Callable[[float], str]) -> str:
    """The range of some values in words."""
    return extent(*(words(value).removeprefix("+") for value in (values.min(), values.max())))
