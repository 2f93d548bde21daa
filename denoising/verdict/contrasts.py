"""Differences in dB, paired by seed, tested together against their margins."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import isfinite
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import stdtr, stdtrit

from denoising.figures.wording import DASH
from denoising.measure.statistics import CONFIDENCE

FAMILY_WISE = 0.05  # the chance of any false decision among all contrasts
MARGIN = 0.5  # dB: what is smaller is no difference in practice

Differences = Sequence[float] | pd.Series | NDArray[np.float64]
Side = Literal["above", "below", "undecided", "not measured"]


@dataclass(frozen=True)
class Estimate:
    """A mean difference over the seeds.

    Attributes:
        db: the mean; None where no seed has it.
        low, high: Student's interval; None where there are fewer than two seeds.
        n: the number of seeds.
    """

    db: float | None
    low: float | None
    high: float | None
    n: int

    def words(self, unit: str = "") -> str:
        """The mean with its interval, where it has one."""
        mean = f"{hundredths(self.db)}{unit}"
        return mean if self.low is None else f"{mean} [{hundredths(self.low)}, {hundredths(self.high)}]"


@dataclass(frozen=True)
class Contrast:
    """Two networks, or a network and a bound, compared at equal seed.

    Attributes:
        what: what is compared, the same for both families of signals, such as `depth 2`.
        networks: which networks these are, where the results chose them; else empty.
        alpha: the noise level.
        signals: the family of signals.
        differences: 10 log10 of the ratio of their test MSEs, a value a seed.
        margin: what the true mean is tested against, in dB.
    """

    what: str
    networks: str
    alpha: float
    signals: str
    differences: tuple[float, ...]
    margin: float = MARGIN


@dataclass(frozen=True)
class Decision:
    """On which side of its margin a contrast lies, with the interval of its step in Holm's procedure."""

    contrast: Contrast
    estimate: Estimate
    side: Side


def estimate(differences: Differences, level: float = CONFIDENCE) -> Estimate:
    """The mean with Student's interval at a level; without spread the interval is the point."""
    n = len(differences)
    if n == 0:
        return Estimate(None, None, None, 0)
    mean, error = mean_and_error(differences)
    if error is None:
        return Estimate(mean, None, None, n)
    margin = float(stdtrit(n - 1, (1 + level) / 2)) * error if error > 0 else 0.0
    return Estimate(mean, mean - margin, mean + margin, n)


def hundredths(db: float | None) -> str:
    """A difference in dB with its sign and two decimals, which tell it from a margin; a dash for none."""
    if db is None or not isfinite(db):
        return DASH
    return f"{round(db, 2) + 0.0:+.2f}".replace("-", "−")


def mean_and_error(differences: Differences) -> tuple[float, float | None]:
    """The mean and its standard error; None for that of a single value."""
    values = np.asarray(differences, dtype=np.float64)
    error = float(values.std(ddof=1)) / len(values) ** 0.5 if len(values) > 1 else None
    return float(values.mean()), error


def p_value(contrast: Contrast) -> float:
    """Two-sided, of Student's t test that the true mean is the margin; 1 where fewer than two seeds tell."""
    if len(contrast.differences) < 2:
        return 1.0
    mean, error = mean_and_error(contrast.differences)
    if not error:
        return 1.0 if mean == contrast.margin else 0.0
    return float(2 * stdtr(len(contrast.differences) - 1, -abs(mean - contrast.margin) / error))


def holm(contrasts: Sequence[Contrast], family_wise: float = FAMILY_WISE) -> list[Decision]:
    """Decide all contrasts together, step by step (Holm 1979), in the order given.

    The r-th lowest p of m is tested at family_wise / (m - r + 1), up to the first that fails. The interval of
    a contrast that is rejected has the level of its own step, that of every other the level of the first that
    failed, so that an interval excludes its margin just where the test rejects. Contrasts that were not
    measured count among the m, so that what failed makes nothing else easier to show.
    """
    levels = [family_wise / (len(contrasts) - rank) for rank in range(len(contrasts))]
    values = [p_value(contrast) for contrast in contrasts]
    order = sorted(range(len(contrasts)), key=values.__getitem__)
    failed = next((rank for rank, index in enumerate(order) if values[index] > levels[rank]), len(order))
    decisions: dict[int, Decision] = {}
    for rank, index in enumerate(order):
        interval = estimate(contrasts[index].differences, 1 - levels[min(rank, failed)])
        decisions[index] = Decision(contrasts[index], interval, side(interval, contrasts[index].margin))
    return [decisions[index] for index in range(len(contrasts))]


def side(interval: Estimate, margin: float) -> Side:
    """On which side of the margin an interval lies as a whole."""
    if interval.db is None:
        return "not measured"
    if interval.low is None or interval.high is None:
        return "undecided"
    if interval.low > margin:
        return "above"
    return "below" if interval.high < margin else "undecided"
