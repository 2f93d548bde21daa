"""The tables of what the best networks do, by name and place."""

from collections.abc import Mapping

import pandas as pd

from denoising.signals.settings import SourceName
from denoising.verdict.cells import SYNTHETIC, Candidate, best_denoising
from denoising.verdict.design import BASE, DEEP, REPAIRED, SHALLOW, label
from denoising.verdict.evidence import Evidence

BEST, LINEAR, RESCALED = "best network", "the best linear filter", "the rescaled noisy signal"
ORIGINALS: Mapping[str, int] = {f"depth {depth} {label(BASE)}": depth for depth in (SHALLOW, DEEP)}
REPAIRED_DEEP, POSTERIOR = f"depth {DEEP} repaired", "the posterior mean"
LEARNERS = (BEST, REPAIRED_DEEP, *ORIGINALS, LINEAR, POSTERIOR)  # whose score and slopes are taken

SHALLOW_ORIGINAL = next(iter(ORIGINALS))

Place = tuple[SourceName, float]  # a family of signals and a noise level


def at(table: pd.DataFrame, place: Place, denoiser: str = BEST) -> pd.DataFrame:
    """The rows of a denoiser on a family of signals at a noise level."""
    signals, alpha = place
    rows = table[(table["signals"] == signals) & (table["alpha"] == alpha)]
    return rows[rows["denoiser"] == denoiser]


def places(evidence: Evidence) -> list[Place]:
    """The families of sinusoids and the noise levels that the study makes claims for."""
    return [(signals, alpha) for signals in SYNTHETIC for alpha in evidence.design.alphas]


def networks_at(evidence: Evidence, place: Place) -> dict[str, Candidate]:
    """The networks that are looked at on a family of signals at a noise level; no best one without any."""
    signals, alpha = place
    best = best_denoising(evidence, signals, alpha)
    return {
        **({BEST: best} if best else {}),
        **{name: Candidate(BASE, depth, signals) for name, depth in ORIGINALS.items()},
        REPAIRED_DEEP: Candidate(REPAIRED, DEEP, signals),
    }
