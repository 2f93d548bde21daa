"""How much of the effect of depth goes with each single change. Plain intervals: nothing here is a claim."""

from collections.abc import Iterator
from dataclasses import dataclass

import pandas as pd

from denoising.verdict.cells import OWN_FAMILY, Candidate, best, between, difference, measured, name
from denoising.verdict.contrasts import Estimate, estimate
from denoising.verdict.design import (
    BASE,
    CAUSES,
    DEEP,
    FORMULA,
    RECIPE,
    SHALLOW,
    SHORT_RECIPE_FORMULA,
    WIDE,
    WIDE_RECIPE,
    WIDE_RECIPE_FORMULA,
    label,
    rate_name,
)
from denoising.verdict.evidence import Evidence

# Single changes beside the causes of the recipe.
CHANGES = (
    "skips", "orthogonal", "delta_orthogonal", "latent_64", "equal_parameters", "no_bottleneck",
    WIDE, "fewer_signals", "more_signals", "noise2noise",
)  # fmt: skip
TUNED = "learning rate tuned for each depth"
ADDED, REMOVED, CHANGED = "added alone", "left out of the three", "another change alone"
WITHOUT = tuple(f"{RECIPE}_without_{cause}" for cause in CAUSES)


@dataclass(frozen=True)
class DepthEffect:
    """The effect of depth at a noise level, or the part of it that goes with a change.

    Attributes:
        group: of which kind it is.
        what: of what.
        alpha: the noise level.
        estimate: its mean over the seeds with a 95% interval that is not adjusted for their number.
    """

    group: str
    what: str
    alpha: float
    estimate: Estimate


def of_depth(evidence: Evidence, variant: str, alpha: float) -> pd.Series:
    """By how many dB the deepest network's error lies above the shallowest's, by seed."""
    return between(evidence, Candidate(variant, DEEP), Candidate(variant, SHALLOW), alpha)


def tuned(evidence: Evidence, depth: int, alpha: float) -> Candidate | None:
    """The learning rate with the lowest validation error on the seeds that are for tuning alone."""
    variants = [BASE, *(rate_name(factor) for factor in evidence.design.rates)]
    networks = [Candidate(variant, depth) for variant in variants]
    return best(evidence, networks, alpha, evidence.design.tuning_seeds)


def of_depth_tuned(evidence: Evidence, alpha: float) -> pd.Series:
    """The effect of depth on the reported seeds, each depth with its own learning rate."""
    deep, shallow = tuned(evidence, DEEP, alpha), tuned(evidence, SHALLOW, alpha)
    if deep is None or shallow is None:
        return pd.Series(dtype="float64")
    return difference(measured(evidence, deep, alpha), measured(evidence, shallow, alpha))


def depth_effects(evidence: Evidence) -> list[DepthEffect]:
    """The effect of depth in every variant that has the shallowest and the deepest."""
    variants = {
        f"{OWN_FAMILY} signals": (BASE, *CAUSES, RECIPE, *WITHOUT, *CHANGES, WIDE_RECIPE),
        "formula signals": (FORMULA, SHORT_RECIPE_FORMULA, WIDE_RECIPE_FORMULA),
    }
    found = [
        DepthEffect(group, name(variant), alpha, estimate(of_depth(evidence, variant, alpha)))
        for group, several in variants.items()
        for variant in several
        for alpha in evidence.design.alphas
    ]
    rates = [
        DepthEffect(f"{OWN_FAMILY} signals", TUNED, alpha, estimate(of_depth_tuned(evidence, alpha)))
        for alpha in evidence.design.alphas
    ]
    return [*found, *rates]


def shares(evidence: Evidence) -> Iterator[DepthEffect]:
    """By how many dB each change lessens the effect of depth, paired by seed."""
    for alpha in evidence.design.alphas:
        base, recipe = of_depth(evidence, BASE, alpha), of_depth(evidence, RECIPE, alpha)
        for cause in CAUSES:
            lessened = (base - of_depth(evidence, cause, alpha)).dropna()
            yield DepthEffect(ADDED, label(cause), alpha, estimate(lessened))
        for cause, variant in zip(CAUSES, WITHOUT, strict=True):
            lessened = (of_depth(evidence, variant, alpha) - recipe).dropna()
            yield DepthEffect(REMOVED, label(cause), alpha, estimate(lessened))
        for change in CHANGES:
            lessened = (base - of_depth(evidence, change, alpha)).dropna()
            yield DepthEffect(CHANGED, label(change), alpha, estimate(lessened))
        lessened = (base - of_depth_tuned(evidence, alpha)).dropna()
        yield DepthEffect(CHANGED, TUNED, alpha, estimate(lessened))
