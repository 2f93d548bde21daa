"""How far denoisers that are ranked without clean signals are ranked rightly."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.stats import spearmanr

from denoising.measure.comparison import decibels
from denoising.signals.level_names import NOISE_DOUBLED

IDENTITY = "identity"  # which every ranking puts last, and so says nothing of one
NETWORK, CLASSICAL = "network", "classical"
CHOSEN_BY, RANKED_BY, TRUE = "validation_j_invariant_loss", "j_invariant_loss", "check_mse"
LEAST_CORRELATION, MOST_LOST_DB = 0.5, 1.0  # for a ranking to be trusted
LOSSES = [CHOSEN_BY, RANKED_BY, TRUE]
COLUMNS: Mapping[str, list[str]] = {NETWORK: ["depth", "variant"], CLASSICAL: ["denoiser"]}


@dataclass(frozen=True)
class Trust:
    """How far a ranking by J-invariant loss can be trusted.

    Attributes:
        n: how many denoisers are ranked.
        n_negative: of how many the error is not above 0, which cannot be: then the noise is overestimated, or
            the errors are too small to be told from chance.
        correlation: Spearman's rank correlation of the loss with the error against the clean signal.
        lost_db: by how much the error of the denoiser that is chosen by the loss exceeds the lowest one.
    """

    n: int
    n_negative: int
    correlation: float
    lost_db: float

    @property
    def holds(self) -> bool:
        """Whether the ranking is near enough to that by the error."""
        return not self.n_negative and self.correlation >= LEAST_CORRELATION and self.lost_db <= MOST_LOST_DB


def ranking(results: pd.DataFrame, baselines: pd.DataFrame) -> pd.DataFrame:
    """Return a row a denoiser where noise is doubled, networks first: what it is and its losses.

    What does nothing is left out, since any ranking puts it last.

    Args:
        results: a row a cell; of several seeds the median counts.
        baselines: a row a classical denoiser and level.
    """
    kinds = {NETWORK: results, CLASSICAL: baselines[baselines["denoiser"] != IDENTITY]}
    rows = [
        frame[frame["level"] == NOISE_DOUBLED]
        .groupby(COLUMNS[kind], sort=False, as_index=False)[LOSSES]
        .median()
        .assign(kind=kind)
        for kind, frame in kinds.items()
    ]
    both: pd.DataFrame = pd.concat(rows, ignore_index=True).dropna(subset=LOSSES)
    return both[["kind", *COLUMNS[NETWORK], *COLUMNS[CLASSICAL], *LOSSES]]


def trust(rows: pd.DataFrame) -> Trust | None:
    """Return how far a ranking can be trusted; None if fewer than three denoisers are ranked."""
    if len(rows) < 3:
        return None
    error = rows[TRUE].to_numpy()
    chosen = error[rows[CHOSEN_BY].to_numpy().argmin()]
    return Trust(
        n=len(rows),
        n_negative=int((error <= 0).sum()),
        correlation=float(spearmanr(rows[RANKED_BY], error).statistic),
        lost_db=float(decibels(np.array([chosen]), np.array([error.min()]))[0]),
    )
