"""Which frequencies the best networks pass: over the test signals, and beside one signal."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from numpy.typing import NDArray

from denoising.figures.drawing import Drawing
from denoising.figures.style import (
    LINEAR,
    REFERENCE,
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
from denoising.figures.wording import extent, listing
from denoising.signals.sinusoids import FAMILIES, Array
from denoising.verdict.cells import SYNTHETIC
from denoising.verdict.conduct import BEST, ORIGINALS, Place, at, places
from denoising.verdict.conduct import LINEAR as LINEAR_FILTER
from denoising.verdict.evidence import Evidence
from denoising.verdict.latents import signal_length
from denoising.verdict.probe import band_of, lines_of

KINDS = {"filters": "over the test signals", "local_filters": "beside one signal"}
STYLES: Mapping[str, LineStyle] = {
    BEST: LineStyle("#b8860b", "", "-"),
    LINEAR_FILTER: LineStyle(LINEAR, "", (0, (7, 2))),
    **dict(
        zip(
            ORIGINALS,
            (LineStyle("#c2568c", "", (0, (4, 1.5))), LineStyle("#7d3c98", "", (0, (1, 1.2)))),
            strict=True,
        )
    ),
}
HIGHEST = 1.6  # gain that is shown
NEAR = 1.5  # steps of the frequency within which a wave and a line are hard to tell apart
TICKS = (0.01, 0.02, 0.05, 0.1, 0.2, 0.5)


@look()
def draw(evidence: Evidence) -> Drawing:
    """A column a noise level; for each family of signals a row a kind of gain."""
    figure, narrow = (paint(evidence, width) for width in WIDTHS)
    return Drawing(
        figure=figure,
        narrow=narrow,
        title=title(evidence),
        caption=(
            f"Gains of the noisy signal divided by 1 − alpha, means over the seeds, of the {BEST} with their "
            "range. Over the test signals: the cross-spectrum of noisy and denoised signals over the power "
            "spectrum of the noisy ones. Beside one signal, that of the median noisy error: how strongly the "
            "denoiser passes a small wave that is added to it, by its Jacobian there (Mohan et al. 2020). "
            "Shaded: where the lines of the signals lie; thin lines: those of the one signal. Gains above "
            f"{HIGHEST:g} are cut off."
        ),
        alt=f"Gain over frequency of {listing(STYLES)}, over the test signals and beside one signal. "
        f"{title(evidence)}.",
        data=pd.concat(
            [evidence.filters.assign(kind=KINDS["filters"]),
             evidence.local_filters.assign(kind=KINDS["local_filters"])],
            ignore_index=True,
        ),
    )  # fmt: skip


def paint(evidence: Evidence, width: float) -> Figure:
    """All panels, on one scale."""
    alphas = sorted(evidence.design.alphas)
    rows = [(signals, kind) for signals in SYNTHETIC for kind in KINDS]
    figure, panels = grid_of_panels(width, len(rows), len(alphas), 1.75, 0.7, sharex=True, sharey=True)
    for row, (signals, kind) in zip(panels, rows, strict=True):
        for axes, alpha in zip(row, alphas, strict=True):
            axes.set_title(f"{signals}, alpha {alpha:g}: {KINDS[kind]}", fontweight="bold")
            draw_panel(axes, evidence, kind, (signals, alpha))
    if any(axes.lines for axes in panels.flat):
        panels[0, 0].set_xscale("log")
        panels[0, 0].set_xlim(1 / signal_length(evidence), 0.5)
        panels[0, 0].set_ylim(0, HIGHEST)
        panels[0, 0].set_xticks(TICKS)
        label_log(panels[0, 0].xaxis, "{:g}".format)
    label_outer(panels.ravel(), len(alphas), panels.size, "frequency (cycles a sample)", "gain")
    legend_above(figure, entries(), most_columns=3)
    return figure


def draw_panel(axes: Axes, evidence: Evidence, kind: str, place: Place) -> None:
    """All denoisers, the band of the signals and, beside one signal, its lines."""
    table = evidence.filters if kind == "filters" else evidence.local_filters
    best = at(table, place)
    if best.empty:
        mark_missing(axes, "nothing measured")
        return
    axes.axvspan(*band(evidence, place), color=REFERENCE, alpha=0.13, linewidth=0, gid="band")
    if kind == "local_filters":
        for line in example_lines(evidence, best):
            axes.axvline(line, color=REFERENCE, linewidth=0.8, gid="line")
    for denoiser, style in reversed([*STYLES.items()]):
        rows = at(table, place, denoiser)
        gains = rows[rows["frequency"] > 0].groupby("frequency")["gain"]
        mean = gains.mean()
        axes.plot(mean.index, mean, **style.line(), linewidth=1.2, gid=denoiser)
        if denoiser == BEST:
            axes.fill_between(
                mean.index, gains.min(), gains.max(), color=style.color, alpha=0.25, linewidth=0, gid="range"
            )


@dataclass(frozen=True)
class Passed:
    """Mean gains at one test signal.

    Attributes:
        lines: of the best network at the lines of the signal.
        beside: of it elsewhere in the band where the lines of such signals lie.
        filtered: of the best linear filter there.
    """

    lines: float
    beside: float
    filtered: float


def passed(evidence: Evidence) -> Iterator[Passed]:
    """What was found at each place where the band has more than the lines of the signal."""
    for place in places(evidence):
        best, linear = (at(evidence.local_filters, place, name) for name in (BEST, LINEAR_FILTER))
        if len(best) and len(linear):
            low, high = band(evidence, place)
            frequency = np.sort(best["frequency"].unique())
            distances = np.abs(frequency[:, None] - example_lines(evidence, best))
            beside = (frequency >= low) & (frequency <= high)
            beside &= distances.min(axis=1) > NEAR / signal_length(evidence)
            if beside.any():
                lines = mean_gain(best, distances.argmin(axis=0))
                yield Passed(lines, mean_gain(best, beside), mean_gain(linear, beside))


def mean_gain(rows: pd.DataFrame, where: NDArray[Any]) -> float:
    """The mean over the seeds and some of the frequencies."""
    gains = rows.groupby("frequency")["gain"].mean().to_numpy()[where]
    return float(gains.mean())


def band(evidence: Evidence, place: Place) -> tuple[float, float]:
    """Between which frequencies the lines of the signals lie, in cycles a sample."""
    return band_of(FAMILIES[place[0]], signal_length(evidence))


def example_lines(evidence: Evidence, rows: pd.DataFrame) -> Array:
    """Where the two lines of the signal lie that local gains are of, in cycles a sample."""
    first = rows.iloc[0]
    return lines_of(FAMILIES[first["signals"]], first[["f1", "f2"]].to_numpy(float), signal_length(evidence))


def span(gains: Iterable[float]) -> str:
    """The range of some gains."""
    every = sorted(gains)
    return extent(f"{every[0]:.2f}", f"{every[-1]:.2f}")


def entries() -> dict[str, Handle]:
    """Legend entries."""
    return {name.removeprefix("the "): Line2D([], [], **style.line()) for name, style in STYLES.items()}


def title(evidence: Evidence) -> str:
    """What the best networks pass beside one signal, and what the best linear filter does."""
    found = list(passed(evidence))
    if not found:
        return "Which frequencies the best networks pass"
    return (
        f"Beside one signal the best networks pass its lines at a gain of {span(p.lines for p in found)} "
        f"and the rest of the band at {span(p.beside for p in found)}, the best linear filter at "
        f"{span(p.filtered for p in found)}"
    )
