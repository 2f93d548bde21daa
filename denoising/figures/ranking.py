"""Which depth denoises best at each noise level, and by how much."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from math import log10

import pandas as pd

from denoising.figures.grid import alphas, by_alpha, noisy_mse
from denoising.measure.statistics import Effect, Errors, by_level, depth_effect
from denoising.study.results import Study


@dataclass(frozen=True)
class Ranking:
    """The depths of a variant at one noise level; every MSE is the median over the seeds that finished.

    Attributes:
        alpha: the noise level.
        mse: test MSE of each depth that has one, lowest first; equal ones by depth.
        db_above_best: 10 log10(mse / lowest mse) of each; None where the lowest is 0 and this is not.
        effects: of every other depth against the one with the lowest MSE, where it can be told.
        winners: the depth with the lowest MSE, and every depth whose 95% interval of its distance from that
            one does not lie above 0; shallowest first. Several in a tie, none without results.
        noisy_mse: the noisy signals' own MSE, None where unknown.
    """

    alpha: float
    mse: dict[int, float]
    db_above_best: dict[int, float | None]
    effects: Mapping[int, Effect]
    winners: tuple[int, ...]
    noisy_mse: float | None

    @property
    def lowest(self) -> float | None:
        """The lowest MSE."""
        return next(iter(self.mse.values()), None)

    @property
    def runner_up(self) -> int | None:
        """The best depth after the winners."""
        return next((depth for depth in self.mse if depth not in self.winners), None)


@lru_cache(maxsize=1)
def rank(study: Study) -> tuple[Ranking, ...]:
    """A ranking for each noise level, lowest alpha first; of several variants, those of the first."""
    own = next(iter(study.by_variant.values()))
    medians, noisy = by_alpha(own, "test_mse"), noisy_mse(own)
    return tuple(rank_one(own, alpha, medians.T[alpha], noisy[alpha]) for alpha in alphas(own))


def rank_one(study: Study, alpha: float, medians: pd.Series, noisy: float) -> Ranking:
    """The ranking at one noise level, from its medians by depth."""
    known = {int(str(depth)): float(value) for depth, value in medians.dropna().items()}
    mse = dict(sorted(known.items(), key=lambda item: (item[1], item[0])))
    best = next(iter(mse), None)
    effects = {
        depth: effect
        for depth in mse
        if best is not None and depth != best and (effect := effect_of(study, alpha, depth, best))
    }
    return Ranking(
        alpha=alpha,
        mse=mse,
        db_above_best={depth: db_above(value, mse[best]) for depth, value in mse.items() if best is not None},
        effects=effects,
        winners=tuple(sorted(d for d in mse if d not in effects or not effects[d].is_above)),
        noisy_mse=None if pd.isna(noisy) else float(noisy),
    )


def effect_of(study: Study, alpha: float, depth: int, other: int) -> Effect | None:
    """The difference between two depths of a variant at a noise level, where it can be told."""
    level = errors_of(study).get(alpha)
    return depth_effect(level, depth, other) if level else None


@lru_cache(maxsize=1)
def errors_of(study: Study) -> Mapping[float, Errors]:
    """The errors of a variant at each noise level, from which its effects are told."""
    return by_level(study.results, study.per_signal)


def db_above(mse: float, best: float | None) -> float | None:
    """How far an MSE lies above the best one, in dB; None where that has no finite value."""
    if best is None or mse == best:
        return None if best is None else 0.0
    return 10 * log10(mse / best) if best > 0 else None
