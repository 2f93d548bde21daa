"""Differences between depths, with confidence intervals."""

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
    """The difference of two depths' test MSE at a noise level in dB: 10 log10 of their ratio.

    Attributes:
        depth, other: the two depths.
        db: the difference, averaged over the seeds; positive if `depth` has the larger error.
        low, high: its 95% interval; None if there is none.
        over: what the interval is taken over. `seeds` (t interval, one pair per seed) speaks of all networks
            trained in this way; `signals` (bootstrap over the test signals) only of these two networks.
        n: number of seeds or signals.
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
        """Whether the whole interval is positive, so that `depth` has the larger error."""
        return self.low is not None and self.low > 0


def depth_effect(
    results: pd.DataFrame, per_signal: pd.DataFrame, alpha: float, depth: int, other: int
) -> Effect | None:
    """Compare two depths at a noise level, paired by seed, on the same test signals.

    The interval is over signals only if the study has one seed. If it has several and just one pair finished,
    there is no interval, because that pair says nothing about the other seeds.

    Args:
        results: one row per cell, with depth, alpha, seed and test_mse.
        per_signal: one row per cell and test signal, with depth, alpha, seed, signal_id and mse.
        alpha: the noise level.
        depth, other: the two depths.

    Returns:
        The effect; None if no seed has both depths with an error above 0.
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
    """Return Student's 95% interval of the mean of at least two differences."""
    n = len(differences)
    margin = float(stdtrit(n - 1, (1 + CONFIDENCE) / 2)) * float(differences.std(ddof=1)) / n**0.5
    mean = float(differences.mean())
    return mean - margin, mean + margin


def bootstrap_interval(
    errors: NDArray[np.float64], others: NDArray[np.float64]
) -> tuple[float | None, float | None]:
    """Return the 95% percentile bootstrap interval of 10 log10(mean errors / mean others) over signals."""
    if len(errors) < 2:
        return None, None
    weights = resamples(len(errors))
    low, high = np.quantile(
        10 * np.log10((weights @ errors) / (weights @ others)), [(1 - CONFIDENCE) / 2, (1 + CONFIDENCE) / 2]
    )
    return float(low), float(high)


@lru_cache(maxsize=1)
def resamples(n: int) -> NDArray[np.float64]:
    """Return how often each of n signals occurs in each resample, shape (RESAMPLES, n).

    The generator has a fixed seed, so that all effects use the same resamples.
    """
    drawn = np.random.default_rng(0).integers(0, n, (RESAMPLES, n))
    places = drawn + n * np.arange(RESAMPLES)[:, None]
    return np.bincount(places.ravel(), minlength=RESAMPLES * n).reshape(RESAMPLES, n).astype(np.float64)
