"""The claims with their verdicts."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

import pandas as pd

from denoising.figures.wording import listing
from denoising.verdict.contrasts import Contrast, Decision, Estimate, decide
from denoising.verdict.evidence import Evidence
from denoising.verdict.questions import QUESTIONS, Question

Verdict = Literal["supported", "refuted", "undecided", "not measured"]
Overall = Literal[
    "supported", "refuted", "undecided", "not measured", "partly supported", "partly refuted", "mixed"
]
VERDICTS: tuple[Verdict, ...] = ("supported", "refuted", "undecided", "not measured")
COLUMNS = (
    "claim", "statement", "signals", "alpha", "what", "effect_db", "low_db", "high_db", "n", "margin_db",
    "verdict",
)  # fmt: skip


@dataclass(frozen=True)
class Finding:
    """A contrast with what it says of its claim."""

    contrast: Contrast
    estimate: Estimate
    verdict: Verdict


@dataclass(frozen=True)
class Claim:
    """A claim and what was found.

    Attributes:
        question: what it claims.
        findings: one a contrast.
    """

    question: Question
    findings: tuple[Finding, ...]

    @property
    def number(self) -> str:
        """Its number."""
        return self.question.number

    @property
    def statement(self) -> str:
        """What it claims."""
        return self.question.statement

    @property
    def measure(self) -> str:
        """What its contrasts measure, and which side of the margin supports it."""
        side = "More" if self.question.supported_by == "above" else "Less"
        margins = listing(sorted({f"{finding.contrast.margin:g}" for finding in self.findings}))
        return f"{self.question.measure}. {side} than {margins} dB supports the claim."

    @property
    def verdict(self) -> Overall:
        """The verdict on the claim as a whole; see `overall`."""
        return overall([finding.verdict for finding in self.findings])

    def with_verdict(self, verdict: Verdict) -> list[Finding]:
        """Its findings of one verdict."""
        return [finding for finding in self.findings if finding.verdict == verdict]


@lru_cache(maxsize=1)
def judge(evidence: Evidence) -> tuple[Claim, ...]:
    """All claims, their contrasts tested together."""
    contrasts = [tuple(question.contrasts(evidence)) for question in QUESTIONS]
    decisions = iter(decide([contrast for several in contrasts for contrast in several]))
    return tuple(
        Claim(question, tuple(finding(next(decisions), question) for _ in several))
        for question, several in zip(QUESTIONS, contrasts, strict=True)
    )


def finding(decision: Decision, question: Question) -> Finding:
    """What the decision on a contrast says of its claim."""
    return Finding(decision.contrast, decision.estimate, verdict_of(decision, question))


def verdict_of(decision: Decision, question: Question) -> Verdict:
    """Supported on the claim's side of the margin, refuted on the other."""
    if decision.side in ("above", "below"):
        return "supported" if decision.side == question.supported_by else "refuted"
    return "not measured" if decision.side == "not measured" else "undecided"


def overall(verdicts: Sequence[Verdict]) -> Overall:
    """The verdict on a claim, from those on its contrasts.

    - supported, refuted: all of them are;
    - mixed: some are supported and others refuted;
    - partly supported, partly refuted: some are, the others are undecided or were not measured;
    - undecided: none is decided;
    - not measured: none was measured.
    """
    found = set(verdicts)
    if found <= {"not measured"}:
        return "not measured"
    if {"supported", "refuted"} <= found:
        return "mixed"
    if "supported" in found:
        return "supported" if len(found) == 1 else "partly supported"
    if "refuted" in found:
        return "refuted" if len(found) == 1 else "partly refuted"
    return "undecided"


def claims_table(claims: Sequence[Claim]) -> pd.DataFrame:
    """A row a contrast: what is compared, its effect with its interval in dB, and its verdict."""
    rows = [
        (
            claim.number, claim.statement, finding.contrast.signals, finding.contrast.alpha,
            what(finding.contrast), finding.estimate.db, finding.estimate.low, finding.estimate.high,
            finding.estimate.n, finding.contrast.margin, finding.verdict,
        )
        for claim in claims
        for finding in claim.findings
    ]  # fmt: skip
    table = pd.DataFrame(rows, columns=list(COLUMNS))
    effects = ["effect_db", "low_db", "high_db"]
    return table.assign(**table[effects].astype("float64"))


def what(contrast: Contrast) -> str:
    """What is compared, with the networks that were chosen for it."""
    return f"{contrast.what}: {contrast.networks}" if contrast.networks else contrast.what
