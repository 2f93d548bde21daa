"""The sections on depth, step by step, and on what a network is trained for."""

from dataclasses import replace
from itertools import pairwise

from denoising.figures.wording import number
from denoising.report.blocks import Section, Table
from denoising.verdict.cells import SYNTHETIC, Candidate, below, between, measured
from denoising.verdict.contrasts import estimate
from denoising.verdict.design import BASE, DEEP, OWN_SIGNALS, REPAIRED, SHALLOW, label
from denoising.verdict.evidence import Evidence

SINGLY = "Intervals are 95% intervals over the seeds, each by itself: none is a claim."
OBJECTIVES = (BASE, "plain", "plain_on_clean", "noise2noise")


def steps(evidence: Evidence) -> Section:
    """The effect of each step in depth: a row a kind of network, family of signals and noise level."""
    design = evidence.design
    pairs = list(pairwise(design.depths))
    kinds = [(BASE, signals) for signals in SYNTHETIC]
    if design.further_seeds:
        kinds.append((REPAIRED, OWN_SIGNALS))
    return Section(
        "steps",
        "Depth, step by step",
        Table(
            columns=(
                "network", "signals", "alpha", *(f"{deep} over {shallow} (dB)" for shallow, deep in pairs),
            ),
            rows=tuple(
                (
                    label(variant), signals, f"{alpha:g}",
                    *(
                        step(evidence, Candidate(variant, deep, signals), shallow, alpha)
                        for shallow, deep in pairs
                    ),
                )
                for variant, signals in kinds
                for alpha in design.alphas
            ),
        ),
        "10 log10 of the ratio of test MSEs of neighbouring depths, paired by seed; above 0 the deeper "
        f"network is worse. {SINGLY}",
    )  # fmt: skip


def step(evidence: Evidence, deep: Candidate, shallow: int, alpha: float) -> str:
    """By how many dB a network is worse than the same of another depth."""
    return estimate(between(evidence, deep, replace(deep, depth=shallow), alpha)).words()


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
        "Errors against the clean test signals, medians over the seeds. As given: of the network’s output "
        "as it is, fed with the noisy signal as it is; denoised: with input and output brought to the "
        f"scale that it was trained for. Signals: {OWN_SIGNALS}. {SINGLY}",
    )  # fmt: skip


def objective_row(evidence: Evidence, network: Candidate, alpha: float) -> tuple[str, ...]:
    """An objective at a depth and noise level."""
    mse = measured(evidence, network, alpha)
    columns = ("noisy_mse", "as_given_test_mse", "test_mse")
    return (
        "to denoise" if network.variant == BASE else label(network.variant),
        str(network.depth),
        f"{alpha:g}",
        *(number(measured(evidence, network, alpha, column).median()) for column in columns),
        estimate(below(evidence, network, "best_gain", alpha)).words(),
        str(len(mse)),
    )
