"""Networks that end worse than a single gain, and what depth does without them."""

from itertools import product

import pandas as pd
from scipy.stats import binomtest

from denoising.figures.wording import DASH
from denoising.report.blocks import Section, Table
from denoising.signals.settings import SourceName
from denoising.verdict.cells import Candidate, below, between
from denoising.verdict.contrasts import estimate
from denoising.verdict.design import (
    BASE,
    DEEP,
    OWN_SIGNALS,
    PLAIN_WITH_LATENT,
    REPAIRED,
    SHALLOW,
    SIGNALS,
    WITH_LATENT,
    label,
)
from denoising.verdict.evidence import Evidence
from denoising.verdict.questions import PARTIAL_CHANGES

KINDS: tuple[tuple[str, SourceName], ...] = (
    *((BASE, signals) for signals in SIGNALS),
    *((variant, OWN_SIGNALS) for variant in (*PARTIAL_CHANGES, "skips", "repaired_equal")),
    *((variant, OWN_SIGNALS) for variant in (WITH_LATENT, PLAIN_WITH_LATENT)),
    *((REPAIRED, signals) for signals in SIGNALS),
)


def worse_than_gain(evidence: Evidence) -> Section:
    """A row a variant, family of signals and noise level: how many networks of each depth are."""
    depths = evidence.design.depths
    return Section(
        "worse-than-gain",
        "Networks worse than a single gain",
        Table(
            columns=(
                "network", "signals", "alpha", *(f"worse at depth {depth}" for depth in depths),
                f"depth {DEEP} over {SHALLOW} (dB)", "where neither is (dB)",
            ),
            rows=tuple(
                row(evidence, variant, signals, alpha)
                for (variant, signals), alpha in product(KINDS, evidence.design.alphas)
            ),
        ),
        "How many networks end worse than the best single gain, which needs no network. Their training was "
        "stuck, or they are too narrow. In square brackets is the 95% interval of the share (Clopper & "
        "Pearson 1934). The last two columns are medians over the seeds, with a 95% interval where there are "
        "enough.",
    )  # fmt: skip


def row(evidence: Evidence, variant: str, signals: SourceName, alpha: float) -> tuple[str, ...]:
    """The row of a variant on some signals at a noise level."""
    networks = [Candidate(variant, depth, signals) for depth in evidence.design.depths]
    lost = {network.depth: are_worse(evidence, network, alpha) for network in networks}
    deep, shallow = (Candidate(variant, depth, signals) for depth in (DEEP, SHALLOW))
    effect = between(evidence, deep, shallow, alpha)
    free = [not any(bool(lost[depth].get(seed, False)) for depth in (DEEP, SHALLOW)) for seed in effect.index]
    return (
        label(variant), signals, f"{alpha:g}", *(share(each) for each in lost.values()),
        estimate(effect).words(), estimate(effect[free]).words(),
    )  # fmt: skip


def are_worse(evidence: Evidence, network: Candidate, alpha: float) -> "pd.Series[bool]":
    """Whether each seed's network ends worse than the best single gain."""
    return below(evidence, network, "best_gain", alpha) < 0


def share(flags: "pd.Series[bool]") -> str:
    """How many of them are, and the interval of their share in percent."""
    if not len(flags):
        return DASH
    found = binomtest(int(flags.sum()), len(flags)).proportion_ci(method="exact")
    return f"{int(flags.sum())} of {len(flags)} [{found.low:.0%}, {found.high:.0%}]"
