"""The section on what the best networks were not trained for: other frequencies, coloured noise."""

from collections.abc import Iterator
from functools import lru_cache

import numpy as np
import pandas as pd

from denoising.figures.wording import count, decibels, number
from denoising.report.blocks import Section, Table
from denoising.verdict.cells import difference
from denoising.verdict.conduct import BEST, LINEAR, ORIGINALS, RESCALED, Place, at, places
from denoising.verdict.evidence import Evidence
from denoising.verdict.probe import CONDITIONS, CORRELATION, TRAINED

COMPARED = (BEST, *ORIGINALS, LINEAR, RESCALED)


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
                (
                    place[0],
                    f"{place[1]:g}",
                    denoiser.removeprefix("the "),
                    *errors_of(evidence, place, denoiser),
                )
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
        f"{CORRELATION:g}. All were made for the training conditions.",
    )


def errors_of(evidence: Evidence, place: Place, denoiser: str) -> Iterator[str]:
    """Its errors in each condition."""
    for condition in CONDITIONS:
        mse = number(error_in(evidence, place, denoiser, condition).mean())
        db = growth(evidence, place, denoiser, condition)
        yield mse if condition == TRAINED or np.isnan(db) else f"{mse} ({decibels(db)})"


def error_in(evidence: Evidence, place: Place, denoiser: str, condition: str) -> pd.Series:
    """The test MSE by seed; of what has no seeds, under seed 0."""
    return by_condition(evidence).get((*place, denoiser, condition), pd.Series(dtype=np.float64))


@lru_cache(maxsize=1)
def by_condition(evidence: Evidence) -> dict[tuple[str, float, str, str], pd.Series]:
    """All that `error_in` gives, by family of signals, noise level, denoiser and condition."""
    table = evidence.elsewhere
    keys = table[["signals", "alpha", "denoiser", "condition"]].itertuples(index=False, name=None)
    errors: dict[tuple[str, float, str, str], dict[int, float]] = {}
    for key, seed, mse in zip(keys, table["seed"].fillna(0), table["test_mse"], strict=True):
        errors.setdefault(key, {})[int(seed)] = mse
    return {key: pd.Series(by_seed, dtype=np.float64) for key, by_seed in errors.items()}


def growth(evidence: Evidence, place: Place, denoiser: str, condition: str) -> float:
    """By how many dB the error lies above that in training conditions, a mean over the seeds."""
    own = error_in(evidence, place, denoiser, TRAINED)
    return float(difference(error_in(evidence, place, denoiser, condition), own).mean())


def does_harm(evidence: Evidence, place: Place, denoiser: str, condition: str) -> bool:
    """Whether the error lies above that of the rescaled noisy signal."""
    own, idle = (error_in(evidence, place, name, condition).mean() for name in (denoiser, RESCALED))
    return bool(own > idle)


def is_broken(evidence: Evidence, place: Place, denoiser: str, condition: str) -> bool:
    """Whether it does harm in a condition, and none in that of training."""
    there, own = (does_harm(evidence, place, denoiser, name) for name in (condition, TRAINED))
    return there and not own
