"""The study's measurements by name: errors of networks by seed, and of what they are compared with."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import pandas as pd

from denoising.measure.comparison import decibels
from denoising.signals.settings import SourceName
from denoising.verdict.design import OWN_SIGNALS, label, named, parted
from denoising.verdict.evidence import Evidence

SYNTHETIC: tuple[SourceName, ...] = ("pictures", "formula")  # whose limits are known


@dataclass(frozen=True)
class Candidate:
    """A variant at a depth, on some signals."""

    variant: str
    depth: int
    signals: SourceName = OWN_SIGNALS

    @property
    def words(self) -> str:
        """What it is; its signals are told apart from it."""
        return f"{label(self.variant)}, depth {self.depth}"


@lru_cache(maxsize=1)
def by_network(evidence: Evidence) -> dict[tuple[str, int, float], pd.DataFrame]:
    """The finished cells by variant, depth and alpha, each a table indexed by seed."""
    done = evidence.results[evidence.results["status"] == "done"]
    tables = (rows.set_index("seed") for _, rows in done.groupby(["variant", "depth", "alpha"]))
    return {
        (str(cells["variant"].iloc[0]), int(cells["depth"].iloc[0]), float(cells["alpha"].iloc[0])): cells
        for cells in tables
    }


def measured(evidence: Evidence, network: Candidate, alpha: float, column: str = "test_mse") -> pd.Series:
    """A column of a network's results at a noise level by seed, of the seeds that finished."""
    cells = by_network(evidence).get((named(network.variant, network.signals), network.depth, alpha))
    return pd.Series(dtype=np.float64) if cells is None else cells[column].dropna().astype(np.float64)


def baseline(
    evidence: Evidence,
    denoiser: str,
    signals: SourceName,
    alpha: float,
    n_signals: int | None = None,
    column: str = "test_mse",
) -> pd.Series:
    """The error of a denoiser that is no network by seed, each on the signals of that seed.

    Args:
        evidence: the tables.
        denoiser: its name.
        signals: the clean signals.
        alpha: the noise level.
        n_signals: how many signals it was fitted on; left out, as many as the base.
        column: which error.
    """
    rows = evidence.baselines
    size = evidence.settings["base"]["n_signals"] if n_signals is None else n_signals
    here = (rows["denoiser"] == denoiser) & (rows["signals"] == signals) & (rows["alpha"] == alpha)
    chosen = rows[here & (rows["n_signals"] == size)]
    return chosen.set_index("data_seed")[column].dropna().astype(np.float64)


def lowest(baselines: pd.DataFrame) -> tuple[str, str]:
    """The denoiser with the lowest median validation MSE: its name and its label; empty without any."""
    errors = baselines.groupby(["denoiser", "label"])["validation_mse"].median().dropna()
    if errors.empty:
        return "", ""
    name, words = errors.index[int(errors.argmin())]
    return str(name), str(words)


def transferred(
    evidence: Evidence, network: Candidate, alpha: float, tested: float, column: str = "test_mse"
) -> pd.Series:
    """The errors of a network trained at one noise level and tested at another, by seed."""
    rows = evidence.transfer
    chosen = rows[
        (rows["variant"] == named(network.variant, network.signals))
        & (rows["depth"] == network.depth)
        & (rows["alpha"] == alpha)
        & (rows["tested_alpha"] == tested)
    ]
    return chosen.set_index("seed")[column].dropna().astype(np.float64)


def difference(errors: pd.Series, others: pd.Series) -> pd.Series:
    """10 log10(errors / others) by seed, of the seeds that have both."""
    pairs = pd.concat([errors.rename("errors"), others.rename("others")], axis=1, join="inner")
    db = decibels(pairs["errors"].to_numpy(np.float64), pairs["others"].to_numpy(np.float64))
    return pd.Series(db, index=pairs.index).dropna()


def between(evidence: Evidence, network: Candidate, other: Candidate, alpha: float) -> pd.Series:
    """By how many dB a network's error lies above another's, by seed."""
    return difference(measured(evidence, network, alpha), measured(evidence, other, alpha))


def below(evidence: Evidence, network: Candidate, denoiser: str, alpha: float) -> pd.Series:
    """By how many dB a network's error lies below that of a denoiser that is none, by seed."""
    return -difference(
        measured(evidence, network, alpha), baseline(evidence, denoiser, network.signals, alpha)
    )


def best(evidence: Evidence, networks: Iterable[Candidate], alpha: float) -> Candidate | None:
    """The network with the lowest median validation MSE, of those with the most seeds; None without any."""
    known = [
        (-len(errors), float(errors.median()), network)
        for network in networks
        if len(errors := measured(evidence, network, alpha, "validation_mse"))
    ]
    return min(known, key=lambda entry: entry[:2])[2] if known else None


def best_denoising(evidence: Evidence, signals: SourceName, alpha: float) -> Candidate | None:
    """The best network of all that were trained to denoise as many of these signals at this noise level."""
    rows = evidence.results
    chosen = rows[
        (rows["status"] == "done")
        & (rows["signals"] == signals)
        & (rows["alpha"] == alpha)
        & (rows["objective"] == "denoising")
        & (rows["blind"] == False)  # noqa: E712 (failed cells have null there)
        & (rows["n_signals"] == evidence.settings["base"]["n_signals"])
    ]
    names = chosen[["variant", "depth"]].drop_duplicates().itertuples(index=False)
    return best(evidence, [Candidate(parted(name)[0], int(depth), signals) for name, depth in names], alpha)
