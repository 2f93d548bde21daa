"""Differences between depths, with confidence intervals."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import stdtrit

CONFIDENCE = 0.95
RESAMPLES = 2000

Over = Literal["seeds", "signals"]
Array = NDArray[np.float64]


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


@dataclass(frozen=True)
class Errors:
    """The errors of the networks of a variant at a noise level.

    Attributes:
        of_seeds: their test MSE, a row a seed and a column a depth.
        n_signals: the number of test signals; 0 if there are several seeds.
        sums: by depth, the sum of the errors in each resample of the test signals, shape (RESAMPLES,).
    """

    of_seeds: pd.DataFrame
    n_signals: int
    sums: Mapping[int, Array]


def depth_effect(level: Errors, depth: int, other: int) -> Effect | None:
    """Compare two depths at a noise level, paired by seed, on the same test signals.

    The interval is over signals only if the study has one seed. If it has several and just one pair finished,
    there is no interval, because that pair says nothing about the other seeds.

    Args:
        level: the errors at the noise level.
        depth, other: the two depths.

    Returns:
        The effect; None if no seed has both depths with an error above 0.
    """
    errors = level.of_seeds
    if not {depth, other} <= set(errors.columns):
        return None
    both = errors[[depth, other]].to_numpy()
    pairs = both[(both > 0).all(axis=1)]
    if len(pairs) == 0:
        return None
    differences = 10 * np.log10(pairs[:, 0] / pairs[:, 1])
    db = float(differences.mean())
    if len(differences) > 1:
        low, high = t_interval(differences)
        return Effect(depth, other, db, low, high, "seeds", len(differences))
    if len(errors) > 1:
        return Effect(depth, other, db, None, None, "seeds", 1)
    if level.n_signals < 2:
        return Effect(depth, other, db, None, None, "signals", level.n_signals)
    low, high = interval_of(level.sums[depth], level.sums[other])
    return Effect(depth, other, db, low, high, "signals", level.n_signals)


def by_level(results: pd.DataFrame, per_signal: pd.DataFrame) -> dict[float, Errors]:
    """Return the errors at each noise level.

    Args:
        results: one row per cell of a variant, with depth, alpha, seed and test_mse.
        per_signal: one row per cell and test signal, with depth, alpha, seed, signal_id and mse.
    """
    every = results.pivot_table("test_mse", ["alpha", "seed"], "depth", dropna=False)
    single = per_signal if len(set(results["seed"])) == 1 else per_signal[:0]
    levels = dict(tuple(single.groupby("alpha")[["depth", "signal_id", "mse"]]))
    found = {}
    for alpha in every.index.unique("alpha"):
        signals = levels.get(alpha, single).pivot_table("mse", "signal_id", "depth")
        of_depths: dict[Any, Array] = {
            depth: sums(signals[depth].to_numpy()) for depth in signals.columns.tolist()
        }
        found[float(alpha)] = Errors(every.loc[alpha], len(signals), of_depths)
    return found


def t_interval(differences: Array) -> tuple[float, float]:
    """Return Student's 95% interval of the mean of at least two differences."""
    n = len(differences)
    margin = float(stdtrit(n - 1, (1 + CONFIDENCE) / 2)) * float(differences.std(ddof=1)) / n**0.5
    mean = float(differences.mean())
    return mean - margin, mean + margin


def bootstrap_interval(errors: Array, others: Array) -> tuple[float | None, float | None]:
    """Return the 95% percentile bootstrap interval of 10 log10(mean errors / mean others) over signals."""
    return interval_of(sums(errors), sums(others)) if len(errors) > 1 else (None, None)


def interval_of(errors: Array, others: Array) -> tuple[float, float]:
    """Return the same interval from the sums of both errors in each resample, shape (RESAMPLES,)."""
    low, high = np.quantile(10 * np.log10(errors / others), [(1 - CONFIDENCE) / 2, (1 + CONFIDENCE) / 2])
    return float(low), float(high)


def sums(errors: Array) -> Array:
    """Return the sum of the errors in each resample of the signals, shape (RESAMPLES,)."""
    return resamples(len(errors)) @ errors


@lru_cache(maxsize=1)
def resamples(n: int) -> Array:
    """Return how often each of n signals occurs in each resample, shape (RESAMPLES, n).

    The generator has a fixed seed, so that all effects use the same resamples.
    """
    drawn = np.random.default_rng(0).integers(0, n, (RESAMPLES, n))
    places = drawn + n * np.arange(RESAMPLES)[:, None]
    return np.bincount(places.ravel(), minlength=RESAMPLES * n).reshape(RESAMPLES, n).astype(np.float64)
