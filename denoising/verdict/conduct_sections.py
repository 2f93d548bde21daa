"""The sections on the best networks: what they pass, where they err and what breaks them."""

from collections.abc import Iterator

import numpy as np

from denoising.figures.wording import DASH, count, decibels, number
from denoising.report.blocks import Section
from denoising.report.tables import Table
from denoising.verdict.conduct import (
    BEST,
    LINEAR,
    ORIGINALS,
    RESCALED,
    Passed,
    Place,
    Spread,
    at,
    error_in,
    growth,
    is_broken,
    passed,
    places,
    spreads,
)
from denoising.verdict.evidence import Evidence
from denoising.verdict.probe import CONDITIONS, CORRELATION, TRAINED

COMPARED = (BEST, *ORIGINALS, LINEAR, RESCALED)


def conduct_sections(evidence: Evidence) -> Iterator[Section]:
    """What the best networks do; each section only where something was measured."""
    if gains := list(passed(evidence)):
        yield passes(gains)
    if found := list(spreads(evidence)):
        yield frequencies(found)
    if len(evidence.elsewhere):
        yield elsewhere(evidence)


def passes(found: list[Passed]) -> Section:
    """Gains of the best network, and in brackets of the best linear filter."""
    return Section(
        "passes",
        "What the best network passes",
        Table(
            columns=(
                "signals", "alpha", "best network", "in the band", "above it", "at its lines",
                "beside them", "picks them out",
            ),
            rows=tuple(
                (
                    *where(one.place), one.network.words,
                    *map(with_filter, (one.band, one.above, one.lines, one.beside)), picks_out(one),
                )
                for one in found
            ),
        ),
        "Gains, 1 where a frequency passes as it is, means over the seeds; in brackets those of the "
        "best linear filter. Over the test signals: in the band where their lines lie, and above it. "
        "Beside one test signal, near which the network is a linear map: at the lines of that signal, and "
        "elsewhere in the band. It picks them out if it prefers them more than twice as strongly as the "
        "filter does.",
    )  # fmt: skip


def with_filter(gains: tuple[float, float]) -> str:
    """A network's gain with the filter's."""
    return DASH if np.isnan(gains).any() else f"{gains[0]:.2f} ({gains[1]:.2f})"


def picks_out(found: Passed) -> str:
    """Whether a network prefers the lines of one signal; a dash where there is nothing beside them."""
    return DASH if np.isnan(found.beside).any() else "yes" if found.selects else "no"


def frequencies(found: list[Spread]) -> Section:
    """How the error depends on the frequencies of the signal."""
    return Section(
        "frequencies",
        "Which signals the best network gets wrong",
        Table(
            columns=(
                "signals", "alpha", "best network", "least (dB)", "most (dB)", "most at f1, f2",
                "edges (dB)", "close (dB)",
            ),
            rows=tuple(
                (
                    *where(one.place), one.network.words, decibels(one.least), decibels(one.most),
                    ", ".join(map(number, one.worst)), decibels(one.edges), decibels(one.close),
                )
                for one in found
            ),
        ),
        "10 log10(error / Bayes floor) over bins of f1 and f2, the floor being that of all signals "
        "of the family. Edges: the error of the outermost bins over that of the others. Close: that "
        "of bins in which the two lines are too near for a signal of this length to tell them apart, "
        "over that of the others.",
    )  # fmt: skip


def elsewhere(evidence: Evidence) -> Section:
    """Errors outside the training conditions: a row a denoiser, a column a condition."""
    rows = [
        (place, denoiser)
        for place in places(evidence)
        for denoiser in COMPARED
        if len(at(evidence.elsewhere, place, denoiser))
    ]
    head = ("signals", "alpha", "denoiser")
    return Section(
        "elsewhere",
        "Outside the training conditions",
        Table(
            columns=(*head, *CONDITIONS),
            rows=tuple(
                (*where(place), denoiser.removeprefix("the "), *errors_of(evidence, place, denoiser))
                for place, denoiser in rows
            ),
            strong=frozenset(
                (row, len(head) + column)
                for row, where_and_what in enumerate(rows)
                for column, condition in enumerate(CONDITIONS)
                if is_broken(evidence, *where_and_what, condition)
            ),
        ),
        "Test MSE, a mean over the seeds, and in brackets how far it lies above that in training "
        "conditions, in dB. What stands out is broken: worse than the rescaled noisy signal, and not so in "
        f"training conditions. {count(int(evidence.elsewhere['n'].max()), 'signal')} a condition. Lower "
        "frequencies: from half the lowest of training up to it; higher: from the highest of training up, by "
        "half the range. Coloured noise has the same variance, and neighbouring samples of it correlate by "
        f"{CORRELATION:g}. All were made for the training conditions; the best networks are those above.",
    )


def errors_of(evidence: Evidence, place: Place, denoiser: str) -> Iterator[str]:
    """Its errors in each condition."""
    for condition in CONDITIONS:
        mse = number(error_in(evidence, place, denoiser, condition).mean())
        db = growth(evidence, place, denoiser, condition)
        yield mse if condition == TRAINED or np.isnan(db) else f"{mse} ({decibels(db)})"


def where(place: Place) -> tuple[str, str]:
    """A place as the first columns of a table."""
    return place[0], f"{place[1]:g}"
