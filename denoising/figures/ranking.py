"""Which depth denoises best at each noise level, and by how much."""

from dataclasses import dataclass
from math import log10

import pandas as pd

from denoising.figures.grid import by_alpha, noisy_mse
from denoising.study import Study


@dataclass(frozen=True)
class Ranking:
    """The depths at one noise level; every MSE is the median over the seeds that finished.

    Attributes:
        alpha: the noise level.
        mse: test MSE of each depth that has one, lowest first; equal ones by depth.
        db_above_best: 10 log10(mse / lowest mse) of each; None where the lowest is 0 and this is not.
        winners: the depths with the lowest MSE; several only in an exact tie, none without results.
        noisy_mse: the noisy signals' own MSE, None where unknown.
        separate: whether every seed of the winner beats every seed of every other depth; None in a tie,
            with one seed or without another depth.
    """

    alpha: float
    mse: dict[int, float]
    db_above_best: dict[int, float | None]
    winners: tuple[int, ...]
    noisy_mse: float | None
    separate: bool | None

    @property
    def lowest(self) -> float | None:
        """The winner's MSE."""
        return self.mse[self.winners[0]] if self.winners else None

    @property
    def runner_up(self) -> int | None:
        """The best depth after the winners."""
        return next((depth for depth in self.mse if depth not in self.winners), None)


def rank(study: Study) -> list[Ranking]:
    """A ranking for each noise level, lowest alpha first."""
    medians = by_alpha(study, "test_mse")
    lowest = by_alpha(study, "test_mse", "lowest")
    highest = by_alpha(study, "test_mse", "highest")
    counts = by_alpha(study, "test_mse", "count")
    noisy = noisy_mse(study)
    return [
        rank_one(float(alpha), medians.loc[alpha], lowest.loc[alpha], highest.loc[alpha],
                 counts.loc[alpha], noisy.loc[alpha])
        for alpha in medians.index
    ]  # fmt: skip


def rank_one(
    alpha: float, medians: pd.Series, lowest: pd.Series, highest: pd.Series, counts: pd.Series, noisy: float
) -> Ranking:
    """The ranking at one noise level, from series indexed by depth."""
    known = {int(str(depth)): float(value) for depth, value in medians.dropna().items()}
    mse = dict(sorted(known.items(), key=lambda item: (item[1], item[0])))
    best = min(mse.values(), default=None)
    winners = tuple(depth for depth, value in mse.items() if value == best)
    others = [depth for depth in mse if depth not in winners]
    separate = None
    if len(winners) == 1 and others and counts[list(mse)].min() > 1:
        separate = bool(highest[winners[0]] < lowest[others].min())
    return Ranking(
        alpha=alpha,
        mse=mse,
        db_above_best={depth: db_above(value, best) for depth, value in mse.items()},
        winners=winners,
        noisy_mse=None if pd.isna(noisy) else float(noisy),
        separate=separate,
    )


def db_above(mse: float, best: float | None) -> float | None:
    """How far an MSE lies above the best one, in dB; None where that has no finite value."""
    if best is None or mse == best:
        return None if best is None else 0.0
    return 10 * log10(mse / best) if best > 0 else None
