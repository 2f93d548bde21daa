"""Differences in dB, paired by seed, decided together against their margins.

An interval runs from the r-th lowest difference to the r-th highest. It covers the median over all seeds
whatever the distribution of the differences: that the median lies below the r-th lowest of n is as likely as
fewer than r heads in n throws of a coin (Thompson 1936). The chance of a miss is divided by the number of
intervals, so that all of them cover at once with 95%, however they depend on each other (Bonferroni).
Student's intervals would not: where some trainings are stuck on a plateau, differences are far from normal.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import isfinite
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats import binom

from denoising.figures.wording import DASH

FAMILY_WISE = 0.05  # the chance that any of the intervals misses its median
MARGIN = 0.5  # dB: what is smaller is no difference in practice

Differences = Sequence[float] | pd.Series | NDArray[np.float64]
Side = Literal["above", "below", "undecided", "not measured"]


@dataclass(frozen=True)
class Estimate:
    """A difference over the seeds.

    Attributes:
        db: the median; None where no seed has it.
        low, high: its interval; None where the seeds are too few for one.
        n: the number of seeds.
    """

    db: float | None
    low: float | None
    high: float | None
    n: int

    def words(self, unit: str = "") -> str:
        """The median with its interval, where it has one."""
        median = f"{hundredths(self.db)}{unit}"
        return median if self.low is None else f"{median} [{hundredths(self.low)}, {hundredths(self.high)}]"


@dataclass(frozen=True)
class Contrast:
    """Two networks, or a network and a bound, compared at equal seed.

    Attributes:
        what: what is compared, the same for all families of signals, such as `depth 2`.
        networks: which networks these are, where the results chose them; else empty.
        alpha: the noise level.
        signals: the family of signals.
        differences: 10 log10 of the ratio of their test MSEs, a value a seed.
        margin: what the true median is held against, in dB.
    """

    what: str
    networks: str
    alpha: float
    signals: str
    differences: tuple[float, ...]
    margin: float = MARGIN


@dataclass(frozen=True)
class Decision:
    """On which side of its margin a contrast lies, with its interval."""

    contrast: Contrast
    estimate: Estimate
    side: Side


def rank(n: int, n_intervals: int = 1) -> int:
    """The r for which the interval from the r-th lowest to the r-th highest of n is the narrowest allowed.

    Returns:
        1 for the whole range; 0 where not even that covers the median often enough.
    """
    most = FAMILY_WISE / (2 * n_intervals)
    allowed = [r for r in range(1, n // 2 + 1) if binom.cdf(r - 1, n, 0.5) <= most]
    return max(allowed, default=0)


def estimate(differences: Differences, n_intervals: int = 1) -> Estimate:
    """The median with its interval, one of so many that cover all at once."""
    values = np.sort(np.asarray(differences, dtype=np.float64))
    n = len(values)
    if n == 0:
        return Estimate(None, None, None, 0)
    median, r = float(np.median(values)), rank(n, n_intervals)
    if not r:
        return Estimate(median, None, None, n)
    return Estimate(median, float(values[r - 1]), float(values[-r]), n)


def hundredths(db: float | None) -> str:
    """A difference in dB with its sign and two decimals, which tell it from a margin; a dash for none."""
    if db is None or not isfinite(db):
        return DASH
    return f"{round(db, 2) + 0.0:+.2f}".replace("-", "−")


def decide(contrasts: Sequence[Contrast]) -> list[Decision]:
    """Decide all contrasts together, in the order given.

    Those that were not measured count among them, so that what failed makes nothing else easier to show.
    """
    found = [estimate(contrast.differences, len(contrasts)) for contrast in contrasts]
    return [
        Decision(contrast, interval, side(interval, contrast.margin))
        for contrast, interval in zip(contrasts, found, strict=True)
    ]


def side(interval: Estimate, margin: float) -> Side:
    """On which side of the margin an interval lies as a whole."""
    if interval.db is None:
        return "not measured"
    if interval.low is None or interval.high is None:
        return "undecided"
    if interval.low > margin:
        return "above"
    return "below" if interval.high < margin else "undecided"
