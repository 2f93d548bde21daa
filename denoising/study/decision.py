"""What denoises recordings best at each noise level: a network, a classical denoiser, or nobody for sure.

How sure that is, is told by an interval over n blocks of test windows. A block is a whole recording where
three or more of them are for tests. Else it is a stretch of time, up to ten of each recording, a window
apart. So n counts recordings or stretches; never windows, channels or seeds, which are not independent. An
interval over recordings speaks of others like these, one over stretches only of other times of the same ones.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd

from denoising.measure.comparison import decibels
from denoising.measure.statistics import t_interval
from denoising.signals.level_names import NOISE_DOUBLED

DESIGN = ["depth", "variant"]

Measure = Literal["mse", "second_mse", "j_invariant_loss"]
COLUMNS: Mapping[Measure, tuple[str, str]] = {  # on validation and on test windows
    "mse": ("validation_mse", "test_mse"),
    "second_mse": ("validation_second_mse", "second_mse"),
    "j_invariant_loss": ("validation_j_invariant_loss", "j_invariant_loss"),
}
Winner = Literal["network", "classical", "tie", "unknown"]


@dataclass(frozen=True)
class Recommendation:
    """What was found at a noise level.

    Attributes:
        level: the noise level.
        measure: what both are held against: `mse` or, where no clean signals are known, `second_mse`, against
            a second recording, or `j_invariant_loss`.
        depth, variant: the network with the lowest validation loss; its seeds count as one.
        network_loss: its loss on the test windows; of several seeds the median.
        network_db: by how many dB it raises the signal-to-noise ratio of the test windows; None if not known.
        denoiser: the classical denoiser with the lowest validation loss.
        classical_loss, classical_db: the same of it.
        input_db: the signal-to-noise ratio of the test windows as they are; None if not known.
        difference_db: mean over the blocks of the classical loss over the network's, in dB.
        low_db, high_db: its 95% interval over the blocks (Student); None if there is one block.
        n: the number of blocks on which both were measured, and neither without any loss.
        winner: the one with the lower loss, a tie if the interval holds 0, `unknown` where the ranking cannot
            be trusted.
    """

    level: str
    measure: Measure
    depth: int
    variant: str
    network_loss: float
    network_db: float | None
    denoiser: str
    classical_loss: float
    classical_db: float | None
    input_db: float | None
    difference_db: float
    low_db: float | None
    high_db: float | None
    n: int
    winner: Winner


def decide(
    results: pd.DataFrame,
    baselines: pd.DataFrame,
    signals: pd.DataFrame,
    baseline_signals: pd.DataFrame,
    *,
    is_trusted: bool = True,
) -> list[Recommendation]:
    """Return the decision at each noise level at which a network and a classical denoiser can be compared.

    Where noise was doubled, only the ranking is checked; see `denoising.study.trust`.

    Args:
        results: a row a cell: level, depth, variant, seed, the columns of `COLUMNS` and snr_improvement_db.
        baselines: a row a classical denoiser and level, with denoiser in place of depth, variant and seed.
        signals: a row a cell and test window: level, depth, variant, seed, block, mse and j_invariant_loss.
        baseline_signals: a row a classical denoiser and test window: level, denoiser, block and the same.
        is_trusted: whether a ranking by J-invariant loss can be trusted; if not, it names no winner.
    """
    found = []
    for level in dict.fromkeys(results["level"][results["level"] != NOISE_DOUBLED]):
        networks, others = (rows[rows["level"] == level] for rows in (results, baselines))
        measure = measure_of(networks)
        known = measure == "mse"
        validation, test = COLUMNS[measure]
        networks, others = (rows[rows[validation].notna()] for rows in (networks, others))
        if networks.empty or others.empty:
            continue
        chosen = best_design(networks, validation)
        depth, variant = int(chosen["depth"].iloc[0]), str(chosen["variant"].iloc[0])
        other = others.loc[others[validation].idxmin()]
        own = signals[
            (signals["level"] == level) & (signals["depth"] == depth) & (signals["variant"] == variant)
        ]
        theirs = baseline_signals[
            (baseline_signals["level"] == level) & (baseline_signals["denoiser"] == other["denoiser"])
        ]
        losses = own.groupby("block")[measure].mean()
        classical = theirs.groupby("block")[measure].mean().reindex(losses.index)
        every = decibels(classical.to_numpy(np.float64), losses.to_numpy(np.float64))
        differences = every[np.isfinite(every)]
        if not len(differences):
            continue
        mean, low, high = interval(differences)
        found.append(
            Recommendation(
                level=str(level),
                measure=measure,
                depth=depth,
                variant=variant,
                network_loss=float(chosen[test].median()),
                network_db=float(chosen["snr_improvement_db"].median()) if known else None,
                denoiser=str(other["denoiser"]),
                classical_loss=float(other[test]),
                classical_db=float(other["snr_improvement_db"]) if known else None,
                input_db=float(other["input_snr_db"]) if known else None,
                difference_db=mean,
                low_db=low,
                high_db=high,
                n=len(differences),
                winner=winner(low, high) if measure != "j_invariant_loss" or is_trusted else "unknown",
            )
        )
    return found


def best_design(networks: pd.DataFrame, validation: str) -> pd.DataFrame:
    """Return the rows of the depth and variant whose median over the seeds has the lowest validation loss."""
    best: Any = networks.groupby(DESIGN)[validation].median().idxmin()
    depth, variant = best
    rows: pd.DataFrame = networks[(networks["depth"] == depth) & (networks["variant"] == variant)]
    return rows


@dataclass(frozen=True)
class Best:
    """The denoiser with the lowest validation loss at a noise level: a row of one of two tables.

    Attributes:
        level: the noise level.
        is_network: whether it is a row of the networks' table, not of the classical denoisers'.
        row: its label there.
    """

    level: str
    is_network: bool
    row: int


def best_of_levels(results: pd.DataFrame, baselines: pd.DataFrame) -> list[Best]:
    """Return the best denoiser of each noise level by validation; tests choose nothing.

    Of the seeds of the best network, it is the one with the lowest validation loss.

    Args:
        results, baselines: see `decide`; of the classical denoisers those that can be used on any signals.
    """
    found = []
    for level in dict.fromkeys([*results["level"], *baselines["level"]]):
        if level == NOISE_DOUBLED:
            continue
        networks, others = (rows[rows["level"] == level] for rows in (results, baselines))
        validation, _ = COLUMNS[measure_of(networks, others)]
        networks, others = (
            rows.dropna(subset=rows.columns.intersection([validation])) for rows in (networks, others)
        )
        losses = others.get(validation, pd.Series(dtype="float64"))
        if len(networks):
            seeds: Any = best_design(networks, validation)[validation]
            if losses.empty or seeds.median() <= losses.min():
                found.append(Best(str(level), True, int(seeds.idxmin())))
                continue
        if len(losses):
            found.append(Best(str(level), False, int(losses.idxmin())))
    return found


def measure_of(*tables: pd.DataFrame) -> Measure:
    """Return the best measure that is known of any denoiser in tables."""

    def is_known(test: str) -> bool:
        return any(test in rows and rows[test].notna().any() for rows in tables)

    return next((name for name, (_, test) in COLUMNS.items() if is_known(test)), "j_invariant_loss")


def interval(differences: np.ndarray) -> tuple[float, float | None, float | None]:
    """Return the mean of differences and its 95% interval by Student's t; none of a single one."""
    mean = float(differences.mean())
    return (mean, *t_interval(differences)) if len(differences) > 1 else (mean, None, None)


def winner(low: float | None, high: float | None) -> Winner:
    """Return which of the two an interval favours."""
    if low is None or high is None or low <= 0 <= high:
        return "tie"
    return "network" if low > 0 else "classical"
