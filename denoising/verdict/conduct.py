"""The tables of what the best networks do, by name and place."""

from collections.abc import Mapping

import pandas as pd

from denoising.signals.settings import FamilyName
from denoising.verdict.cells import NETWORKS
from denoising.verdict.design import BASE, DEEP, SHALLOW, label
from denoising.verdict.evidence import Evidence

BEST, LINEAR, RESCALED = "best network", "the best linear filter", "the rescaled noisy signal"
ORIGINALS: Mapping[str, int] = {f"depth {depth} {label(BASE)}": depth for depth in (SHALLOW, DEEP)}

Place = tuple[FamilyName, float]  # a family of signals and a noise level


def at(table: pd.DataFrame, place: Place, denoiser: str = BEST) -> pd.DataFrame:
    """The rows of a denoiser on a family of signals at a noise level."""
    signals, alpha = place
    rows = table[(table["signals"] == signals) & (table["alpha"] == alpha)]
    return rows[rows["denoiser"] == denoiser]


def places(evidence: Evidence) -> list[Place]:
    """The families of signals and noise levels that the study makes claims for."""
    return [(signals, alpha) for signals in NETWORKS for alpha in evidence.design.alphas]
