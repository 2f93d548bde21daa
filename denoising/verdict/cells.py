"""The study's measurements by name: errors of networks by seed, and of what they are compared with."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import pandas as pd

from denoising.measure.comparison import decibels
from denoising.signals.settings import FamilyName
from denoising.verdict.design import (
    BASE,
    BLIND,
    FORMULA,
    RECIPE,
    SHORT_RECIPE,
    SHORT_RECIPE_FORMULA,
    WIDE_RECIPE,
    WIDE_RECIPE_FORMULA,
    label,
    latent_name,
)
from denoising.verdict.evidence import Evidence

NETWORKS: Mapping[FamilyName, str] = {
    "pictures": BASE,
    "formula": FORMULA,
}  # as the original ran it, by family of signals
RECIPES: Mapping[FamilyName, str] = {"pictures": RECIPE}
WIDE_RECIPES: Mapping[FamilyName, str] = {"pictures": WIDE_RECIPE, "formula": WIDE_RECIPE_FORMULA}
SHORT_RECIPES: Mapping[FamilyName, str] = {"pictures": SHORT_RECIPE, "formula": SHORT_RECIPE_FORMULA}
ON_FORMULA: Mapping[str, str] = {
    FORMULA: BASE,
    SHORT_RECIPE_FORMULA: SHORT_RECIPE,
    WIDE_RECIPE_FORMULA: WIDE_RECIPE,
}  # and what the same is called on the base's signals
OWN_FAMILY: FamilyName = "pictures"  # of the variants whose name says nothing of the signals


@dataclass(frozen=True)
class Candidate:
    """A variant at a depth."""

    variant: str
    depth: int

    @property
    def words(self) -> str:
        """What it is."""
        return f"{name(self.variant)}, depth {self.depth}"


def name(variant: str) -> str:
    """What a variant is, in words; the family of signals is told apart from it."""
    return label(ON_FORMULA.get(variant, variant))


@lru_cache(maxsize=1)
def by_network(evidence: Evidence) -> dict[tuple[str, int, float], pd.DataFrame]:
    """The finished cells by variant, depth and alpha, each a table indexed by seed."""
    done = evidence.results[evidence.results["status"] == "done"]
    tables = (rows.set_index("seed") for _, rows in done.groupby(["variant", "depth", "alpha"]))
    return {
        (str(cells["variant"].iloc[0]), int(cells["depth"].iloc[0]), float(cells["alpha"].iloc[0])): cells
        for cells in tables
    }


def measured(
    evidence: Evidence,
    network: Candidate,
    alpha: float,
    column: str = "test_mse",
    seeds: Sequence[int] | None = None,
) -> pd.Series:
    """A column of a network's results at a noise level by seed, of the reported seeds that finished."""
    cells = by_network(evidence).get((network.variant, network.depth, alpha))
    if cells is None:
        return pd.Series(dtype=np.float64)
    known = cells[column].dropna().astype(np.float64)
    return known[known.index.isin(evidence.design.seeds if seeds is None else seeds)]


def baseline(evidence: Evidence, denoiser: str, signals: str, alpha: float) -> float:
    """The test MSE of a denoiser that is no network; nan where it has none."""
    rows = evidence.baselines
    chosen = rows[(rows["denoiser"] == denoiser) & (rows["signals"] == signals) & (rows["alpha"] == alpha)]
    return float(chosen["test_mse"].iloc[0]) if len(chosen) else np.nan


def limit(evidence: Evidence, name: str, signals: str, alpha: float) -> float:
    """A limit at a noise level; nan where it has none."""
    chosen = evidence.limits[(evidence.limits["signals"] == signals) & (evidence.limits["alpha"] == alpha)]
    return float(chosen[name].astype(np.float64).iloc[0]) if len(chosen) else np.nan


def transferred(
    evidence: Evidence, network: Candidate, alpha: float, tested: float, column: str = "test_mse"
) -> pd.Series:
    """The errors of a network trained at one noise level and tested at another, by seed."""
    rows = evidence.transfer
    chosen = rows[
        (rows["variant"] == network.variant)
        & (rows["depth"] == network.depth)
        & (rows["alpha"] == alpha)
        & (rows["tested_alpha"] == tested)
        & rows["seed"].isin(evidence.design.seeds)
    ]
    return chosen.set_index("seed")[column].dropna().astype(np.float64)


def difference(errors: pd.Series, others: pd.Series | float) -> pd.Series:
    """10 log10(errors / others) by seed, of the seeds that have both; a number is the same for every seed."""
    if not isinstance(others, pd.Series):
        others = pd.Series(others, index=errors.index)
    pairs = pd.concat([errors.rename("errors"), others.rename("others")], axis=1, join="inner")
    db = decibels(pairs["errors"].to_numpy(np.float64), pairs["others"].to_numpy(np.float64))
    return pd.Series(db, index=pairs.index).dropna()


def between(evidence: Evidence, network: Candidate, other: Candidate, alpha: float) -> pd.Series:
    """By how many dB a network's error lies above another's, by seed."""
    return difference(measured(evidence, network, alpha), measured(evidence, other, alpha))


def best(
    evidence: Evidence, networks: Iterable[Candidate], alpha: float, seeds: Sequence[int] | None = None
) -> Candidate | None:
    """The network with the lowest mean validation MSE, of those with the most seeds; None without any."""
    known = [
        (-len(errors), float(errors.mean()), network)
        for network in networks
        if len(errors := measured(evidence, network, alpha, "validation_mse", seeds))
    ]
    return min(known, key=lambda entry: entry[:2])[2] if known else None


def best_latent(evidence: Evidence, depth: int, alpha: float, *, plain: bool) -> Candidate | None:
    """The best of the networks of the latent axis."""
    sizes = evidence.design.latents
    return best(evidence, [Candidate(latent_name(size, plain=plain), depth) for size in sizes], alpha)


def is_trained_to_denoise(variant: str) -> bool:
    """Whether its output was held against the clean signal, with the noise of one level as its input."""
    return not variant.startswith("plain") and variant not in ("noise2noise", BLIND)


def best_denoising(evidence: Evidence, signals: str, alpha: float) -> Candidate | None:
    """The best network of all that were trained to denoise these signals at this noise level."""
    networks = [
        Candidate(variant, depth)
        for (variant, depth, at_alpha), cells in by_network(evidence).items()
        if at_alpha == alpha and cells["signals"].iloc[0] == signals and is_trained_to_denoise(variant)
    ]
    return best(evidence, networks, alpha)
