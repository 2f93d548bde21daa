"""The sections on depth: its effect step by step, what that goes with, learning rates, fit and objectives."""

from itertools import pairwise

from denoising.figures.wording import DASH, count, number
from denoising.report.blocks import Section, Table
from denoising.verdict.causes import tuned
from denoising.verdict.cells import (
    NETWORKS,
    OWN_FAMILY,
    RECIPES,
    SHORT_RECIPES,
    Candidate,
    baseline,
    between,
    difference,
    measured,
    name,
)
from denoising.verdict.contrasts import estimate
from denoising.verdict.design import BASE, DEEP, SHALLOW
from denoising.verdict.evidence import Evidence

PLAIN = "Intervals are 95% t intervals over the seeds, not adjusted for their number: none is a claim."
OBJECTIVES = (BASE, "plain", "plain_on_clean", "noise2noise")
WHOLE = "the whole effect"


def steps(evidence: Evidence) -> Section:
    """The effect of each step in depth: a row a kind of network, family of signals and noise level."""
    design = evidence.design
    pairs = list(pairwise(design.depths))
    recipes = RECIPES if set(design.recipe_depths) >= set(design.depths) else SHORT_RECIPES
    return Section(
        "steps",
        "Depth, step by step",
        Table(
            columns=(
                "network", "signals", "alpha", *(f"{deep} over {shallow} (dB)" for shallow, deep in pairs),
            ),
            rows=tuple(
                (
                    name(variant), signals, f"{alpha:g}",
                    *(step(evidence, variant, deep, shallow, alpha) for shallow, deep in pairs),
                )
                for variants in (NETWORKS, recipes)
                for signals, variant in variants.items()
                for alpha in design.alphas
            ),
        ),
        "10 log10 of the ratio of test MSEs of neighbouring depths, paired by seed; above 0 the deeper "
        f"network is worse. {PLAIN}",
    )  # fmt: skip


def step(evidence: Evidence, variant: str, deep: int, shallow: int, alpha: float) -> str:
    """By how many dB one depth is worse than another."""
    found = between(evidence, Candidate(variant, deep), Candidate(variant, shallow), alpha)
    return estimate(found).words()


def rates(evidence: Evidence) -> Section:
    """Which learning rate was best on the seeds for tuning, and what it leads to on the reported ones."""
    return Section(
        "rates",
        "The learning rate of each depth",
        Table(
            columns=("depth", "alpha", "chosen rate", "test MSE", "test MSE of the original's rate"),
            rows=tuple(
                rate_row(evidence, depth, alpha)
                for depth in (SHALLOW, DEEP)
                for alpha in evidence.design.alphas
            ),
        ),
        f"Chosen by the validation error of {count(len(evidence.design.tuning_seeds), 'seed')} that are "
        "used for nothing else; errors are means over the reported seeds.",
    )


def rate_row(evidence: Evidence, depth: int, alpha: float) -> tuple[str, ...]:
    """The rate chosen for a depth and noise level."""
    chosen = tuned(evidence, depth, alpha)
    words = DASH if chosen is None else "the original's" if chosen.variant == BASE else name(chosen.variant)
    mse = DASH if chosen is None else number(measured(evidence, chosen, alpha).mean())
    own = number(measured(evidence, Candidate(BASE, depth), alpha).mean())
    return str(depth), f"{alpha:g}", words, mse, own


def objectives(evidence: Evidence) -> Section:
    """What each objective leads to: errors with the network's own output and with it brought to scale."""
    return Section(
        "objectives",
        "What the network is trained for",
        Table(
            columns=(
                "trained as", "depth", "alpha", "noisy MSE", "as given: test MSE", "denoised: test MSE",
                "below best gain (dB)", "seeds",
            ),
            rows=tuple(
                objective_row(evidence, Candidate(variant, depth), alpha)
                for variant in OBJECTIVES
                for depth in (SHALLOW, DEEP)
                for alpha in evidence.design.alphas
            ),
        ),
        "Errors against the clean test signals, means over the seeds. As given: of the network’s output "
        "as it is, fed with the noisy signal as it is; denoised: with input and output brought to the "
        f"scale that it was trained for. Signals: {OWN_FAMILY}. {PLAIN}",
    )  # fmt: skip


def objective_row(evidence: Evidence, network: Candidate, alpha: float) -> tuple[str, ...]:
    """An objective at a depth and noise level."""
    mse = measured(evidence, network, alpha)
    below = -difference(mse, baseline(evidence, "best_gain", OWN_FAMILY, alpha))
    columns = ("noisy_mse", "as_given_test_mse", "test_mse")
    return (
        "to denoise" if network.variant == BASE else name(network.variant),
        str(network.depth),
        f"{alpha:g}",
        *(number(measured(evidence, network, alpha, column).mean()) for column in columns),
        estimate(below).words(),
        str(len(mse)),
    )
