"""Trainings that are stuck: networks that end worse than a single gain, and what depth does without them."""

from itertools import product

import pandas as pd
from scipy.stats import binomtest

from denoising.figures.wording import DASH
from denoising.report.blocks import Section, Table
from denoising.verdict.cells import Candidate, below, between
from denoising.verdict.comparisons import deep_over_shallow
from denoising.verdict.contrasts import estimate
from denoising.verdict.design import BASE, DEEP, REPAIRED, SHALLOW, SIGNALS, label
from denoising.verdict.evidence import Evidence
from denoising.verdict.questions import PARTIAL_CHANGES

PAIRS = [
    (label(variant), deep, shallow)
    for variant, signals in (
        (BASE, SIGNALS),
        *((variant, SIGNALS[:1]) for variant in (*PARTIAL_CHANGES, "skips", "repaired_equal")),
        (REPAIRED, SIGNALS),
    )
    for _, deep, shallow in deep_over_shallow(variant, signals)
]


def stuck_trainings(evidence: Evidence) -> Section:
    """A row a variant, family of signals and noise level: how many trainings of each depth are stuck."""
    return Section(
        "stuck",
        "Trainings that are stuck",
        Table(
            columns=(
                "network", "signals", "alpha", f"stuck at depth {DEEP}", f"stuck at depth {SHALLOW}",
                f"depth {DEEP} over {SHALLOW} (dB)", "where neither is stuck (dB)",
            ),
            rows=tuple(
                row(evidence, words, deep, shallow, alpha)
                for (words, deep, shallow), alpha in product(PAIRS, evidence.design.alphas)
            ),
        ),
        "A training is stuck if its network ends worse than the best single gain, which needs no network. In "
        "square brackets is the 95% interval of the share (Clopper & Pearson 1934). The last two columns are "
        "medians over the seeds, with a 95% interval where there are enough.",
    )  # fmt: skip


def row(evidence: Evidence, words: str, deep: Candidate, shallow: Candidate, alpha: float) -> tuple[str, ...]:
    """The row of a pair of depths at a noise level."""
    lost = [is_stuck(evidence, network, alpha) for network in (deep, shallow)]
    effect = between(evidence, deep, shallow, alpha)
    free = [not any(bool(each.get(seed, False)) for each in lost) for seed in effect.index]
    return (
        words, deep.signals, f"{alpha:g}", *(share(each) for each in lost), estimate(effect).words(),
        estimate(effect[free]).words(),
    )  # fmt: skip


def is_stuck(evidence: Evidence, network: Candidate, alpha: float) -> "pd.Series[bool]":
    """Whether each seed's network ends worse than the best single gain."""
    return below(evidence, network, "best_gain", alpha) < 0


def share(flags: "pd.Series[bool]") -> str:
    """How many of them are, and the interval of their share in percent."""
    if not len(flags):
        return DASH
    found = binomtest(int(flags.sum()), len(flags)).proportion_ci(method="exact")
    return f"{int(flags.sum())} of {len(flags)} [{found.low:.0%}, {found.high:.0%}]"
