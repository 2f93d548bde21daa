"""The sections that tell what the best networks do; each only where something was measured."""

from collections.abc import Iterator, Sequence

import numpy as np

from denoising.figures.wording import DASH, count, decibels, levels, listing, number
from denoising.report.sections import Section
from denoising.report.tables import Table
from denoising.verdict.conduct import (
    BEST,
    LINEAR,
    ORIGINALS,
    RESCALED,
    Passed,
    Place,
    at,
    does_harm,
    error_in,
    growth,
    is_broken,
    measured_conditions,
    passed,
    places,
    spreads,
)
from denoising.verdict.evidence import Evidence
from denoising.verdict.probe import CONDITIONS, CORRELATION, TRAINED

COMPARED = (BEST, *ORIGINALS, LINEAR)  # as what they lose is told


def conduct_sections(evidence: Evidence) -> Iterator[tuple[Section, tuple[str, ...]]]:
    """The sections, each with what is said first."""
    if list(passed(evidence)):
        yield (
            Section(
                "passes",
                "What the best network passes",
                passed_table(evidence),
                "Gains, 1 where a frequency passes as it is, means over the seeds; in brackets those of the "
                "best linear filter. Over the test signals: in the band where their lines lie, and above it. "
                "Beside one test signal, near which the network is a linear map: at the lines of that "
                "signal, and elsewhere in the band.",
            ),
            tuple(passed_sentence(found) for found in passed(evidence)),
        )
    if list(spreads(evidence)):
        yield (
            Section(
                "frequencies",
                "Which signals the best network gets wrong",
                frequencies_table(evidence),
                "10 log10(error / Bayes floor) over bins of f1 and f2, the floor being that of all signals "
                "of the family. Edges: the error of the outermost bins over that of the others. Close: that "
                "of bins in which the two lines are too near for a signal of this length to tell them apart, "
                "over that of the others.",
            ),
            (),
        )
    if measured_conditions(evidence):
        yield (
            Section(
                "elsewhere",
                "Outside the training conditions",
                elsewhere_table(evidence),
                "Test MSE, a mean over the seeds, and in brackets how far it lies above that in training "
                f"conditions, in dB. {signals_note(evidence)} Lower frequencies: from half the lowest of "
                "training up to it; higher: from the highest of training up, by half the range. Coloured "
                "noise has the same variance, and neighbouring samples of it correlate by "
                f"{CORRELATION:g}. All were made for the training conditions; the best networks are those "
                "above.",
            ),
            tuple(
                elsewhere_sentence(evidence, condition, found)
                for condition, found in measured_conditions(evidence).items()
            ),
        )


# What they pass


def passed_table(evidence: Evidence) -> Table:
    """Gains of the best network, and in brackets of the best linear filter."""
    return Table(
        columns=(
            "signals", "alpha", "best network", "in the band", "above it", "at its lines", "beside them",
        ),
        rows=tuple(
            (*where(found.place), found.network.words, *map(beside, gains_of(found)))
            for found in passed(evidence)
        ),
    )  # fmt: skip


def gains_of(found: Passed) -> tuple[tuple[float, float], ...]:
    """The gains in the order of the table."""
    return found.band, found.above, found.lines, found.beside


def beside(gains: tuple[float, float]) -> str:
    """A network's gain with the filter's."""
    return DASH if np.isnan(gains).any() else f"{gains[0]:.2f} ({gains[1]:.2f})"


def passed_sentence(found: Passed) -> str:
    """Whether the network picks out the lines of the signal before it."""
    start = (
        f"{on(found.place)} the best network passes the lines of one signal at a gain of {found.lines[0]:.2f}"
    )
    if np.isnan(found.beside).any():
        return f"{start}; of the band there is nothing beside them."
    picks = "it picks out" if found.selects else "it does not pick out"
    return (
        f"{start} and the rest of the band at {found.beside[0]:.2f}, the best linear filter at "
        f"{found.lines[1]:.2f} and {found.beside[1]:.2f}: {picks} the signal’s own lines."
    )


# Where they err


def frequencies_table(evidence: Evidence) -> Table:
    """How the error depends on the frequencies of the signal."""
    return Table(
        columns=(
            "signals", "alpha", "best network", "least (dB)", "most (dB)", "most at f1, f2", "edges (dB)",
            "close (dB)",
        ),
        rows=tuple(
            (
                *where(found.place), found.network.words, decibels(found.least), decibels(found.most),
                ", ".join(map(number, found.worst)), decibels(found.edges), decibels(found.close),
            )
            for found in spreads(evidence)
        ),
    )  # fmt: skip


# What breaks them


def elsewhere_table(evidence: Evidence) -> Table:
    """A row a denoiser, a column a condition."""
    return Table(
        columns=("signals", "alpha", "denoiser", *CONDITIONS),
        rows=tuple(
            (*where(place), denoiser.removeprefix("the "), *errors_of(evidence, place, denoiser))
            for place in places(evidence)
            for denoiser in (*COMPARED, RESCALED)
            if len(at(evidence.elsewhere, place, denoiser))
        ),
    )


def errors_of(evidence: Evidence, place: Place, denoiser: str) -> Iterator[str]:
    """Its errors in each condition."""
    for condition in CONDITIONS:
        mse = number(error_in(evidence, place, denoiser, condition).mean())
        db = growth(evidence, place, denoiser, condition)
        yield mse if condition == TRAINED or np.isnan(db) else f"{mse} ({decibels(db)})"


def elsewhere_sentence(evidence: Evidence, condition: str, found: Sequence[Place]) -> str:
    """What a condition does to the best networks, beside the others, and whether it breaks them."""
    broken = [place for place in found if is_broken(evidence, place, BEST, condition)]
    several = condition.endswith("s")
    verb = ("break" if several else "breaks") if broken else f"{'do' if several else 'does'} not break"
    partly = f" {within(broken)}" if 0 < len(broken) < len(found) else ""
    changes = {name: growths(evidence, name, condition, found) for name in COMPARED}
    others = listing(f"that of {name} by {changes[name]}" for name in COMPARED[1:] if changes[name])
    harmed = sum(does_harm(evidence, place, BEST, condition) for place in found)
    before = sum(does_harm(evidence, place, BEST, TRAINED) for place in found)
    return (
        f"{condition.capitalize()} {verb} the best network{partly}: its error changes by {changes[BEST]}"
        f"{f', {others}' if others else ''}. It lies above that of the rescaled noisy signal in {harmed} of "
        f"{count(len(found), 'case')}, in training conditions in {before}."
    )


def growths(evidence: Evidence, denoiser: str, condition: str, found: Sequence[Place]) -> str:
    """The range of what a denoiser loses; empty where it was not measured."""
    known = [db for place in found if not np.isnan(db := growth(evidence, place, denoiser, condition))]
    if not known:
        return ""
    low, high = decibels(min(known)), decibels(max(known))
    return f"{low} dB" if low == high else f"{low} to {high} dB"


def signals_note(evidence: Evidence) -> str:
    """On how many signals the errors rest."""
    ns = sorted(set(evidence.elsewhere["n"]))
    return f"{count(int(ns[-1]), 'signal')} a condition."


def where(place: Place) -> tuple[str, str]:
    """A place as the first columns of a table."""
    return place[0], f"{place[1]:g}"


def on(place: Place) -> str:
    """A place at the start of a sentence."""
    return f"On {place[0]} signals at alpha {place[1]:g}"


def within(several: Sequence[Place]) -> str:
    """Places within a sentence."""
    alphas: dict[str, list[float]] = {}
    for signals, alpha in several:
        alphas.setdefault(signals, []).append(alpha)
    return listing(f"on {signals} signals at {levels(found)}" for signals, found in alphas.items())
