"""How much of a difference between depths is more than chance."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import stdtrit

CONFIDENCE = 0.95
RESAMPLES = 2000

Over = Literal["seeds", "signals"]


@dataclass(frozen=True)
class Effect:
    """By how many dB one depth's test MSE lies above another's at a noise level: 10 log10 of their ratio.

    Attributes:
        depth, other: the two.
        db: mean over the seeds of the difference in dB; above 0 where `depth` is the worse.
        low, high: its 95% interval; None where there is none.
        over: what the interval speaks of: `seeds`, of networks trained like these (t interval, each seed a
            pair); `signals`, of these trained networks alone (bootstrap over the test signals).
        n: how many of them.
    """

    depth: int
    other: int
    db: float
    low: float | None
    high: float | None
    over: Over
    n: int

    @property
    def is_above(self) -> bool:
        """Whether the interval excludes a tie, with `depth` the worse."""
        return self.low is not None and self.low > 0


def depth_effect(
    results: pd.DataFrame, per_signal: pd.DataFrame, alpha: float, depth: int, other: int
) -> Effect | None:
    """The effect of a depth against another at a noise level, paired by seed and on the same test signals.

    Only a study of one seed has an interval over the signals: of several seeds, one pair that finished says
    nothing about the others.

    Args:
        results: depth, alpha, seed, test_mse, a row a cell.
        per_signal: depth, alpha, seed, signal_id, mse, a row a cell and test signal.

    Returns:
        None where no seed has both depths with an error above 0.
    """
    at_alpha = results[(results["alpha"] == alpha) & (results["test_mse"] > 0)]
    errors = at_alpha.pivot_table(index="seed", columns="depth", values="test_mse")
    if not {depth, other} <= set(errors.columns):
        return None
    pairs = errors[[depth, other]].dropna()
    differences = 10 * np.log10(pairs[depth].to_numpy() / pairs[other].to_numpy())
    if len(differences) == 0:
        return None
    db = float(differences.mean())
    if len(differences) > 1:
        low, high = t_interval(differences)
        return Effect(depth, other, db, low, high, "seeds", len(differences))
    if results["seed"].unique().size > 1:
        return Effect(depth, other, db, None, None, "seeds", 1)
    chosen = per_signal[(per_signal["alpha"] == alpha) & (per_signal["seed"] == pairs.index[0])]
    signals = chosen.pivot_table(index="signal_id", columns="depth", values="mse")
    interval = bootstrap_interval(signals[depth].to_numpy(), signals[other].to_numpy())
    return Effect(depth, other, db, *interval, "signals", len(signals))


def t_interval(differences: NDArray[np.float64]) -> tuple[float, float]:
    """Student's interval of the mean of several differences."""
    n = len(differences)
    margin = float(stdtrit(n - 1, (1 + CONFIDENCE) / 2)) * float(differences.std(ddof=1)) / n**0.5
    mean = float(differences.mean())
    return mean - margin, mean + margin


def bootstrap_interval(
    errors: NDArray[np.float64], others: NDArray[np.float64]
) -> tuple[float | None, float | None]:
    """Percentile interval of 10 log10(mean error / mean of the others), resampling signals."""
    if len(errors) < 2:
        return None, None
    weights = resamples(len(errors))
    low, high = np.quantile(
        10 * np.log10((weights @ errors) / (weights @ others)), [(1 - CONFIDENCE) / 2, (1 + CONFIDENCE) / 2]
    )
    return float(low), float(high)


@lru_cache(maxsize=1)
def resamples(n: int) -> NDArray[np.float64]:
    """How often each of n signals is in each resample, shape (RESAMPLES, n); the same for every effect."""
    drawn = np.random.default_rng(0).integers(0, n, (RESAMPLES, n))
    places = drawn + n * np.arange(RESAMPLES)[:, None]
    return np.bincount(places.ravel(), minlength=RESAMPLES * n).reshape(RESAMPLES, n).astype(np.float64)
