"""The report of the controlled study: its answer, its claims, and what else it found."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from denoising.figures.wording import count, decibels, levels, listing
from denoising.report.blocks import Block, Figures, Picture, Report, Section, Table, failures
from denoising.verdict.answer import QUESTION, answer, tally
from denoising.verdict.cells import NETWORKS
from denoising.verdict.claims import VERDICTS, Claim, judge, what
from denoising.verdict.contrasts import FAMILY_WISE, MARGIN
from denoising.verdict.depth_sections import objectives, rates, steps
from denoising.verdict.design import label
from denoising.verdict.elsewhere import elsewhere
from denoising.verdict.evidence import Evidence
from denoising.verdict.figures.catalogue import BEHIND, OVERVIEW
from denoising.verdict.figures.claim_forests import name_of
from denoising.verdict.practice import practice


@dataclass(frozen=True)
class ShownClaim:
    """A claim with what was found in a sentence, its contrasts, its figure and the one that shows more."""

    claim: Claim
    found: str
    table: Table
    picture: Picture
    behind: Picture


@dataclass(frozen=True)
class Claims(Block):
    """All claims; `overview` and `picture` show them together, for those who see no more than that."""

    kind = "claims"
    claims: Sequence[ShownClaim]
    overview: Table
    picture: Picture
    name: str = "claims"
    link: str = "Claims"


def verdict_report(evidence: Evidence, pictures: Mapping[str, Picture]) -> Report:
    """What is told of the controlled study.

    Args:
        evidence: its tables.
        pictures: all figures of its catalogue by name, in the order of the page. Those of single claims
            stand beside their claims, in place of the one of all claims.
    """
    judged = judge(evidence)
    beside = {OVERVIEW, *(name_of(claim.number) for claim in judged)}
    return Report(
        study=evidence,
        kind="controlled study",
        title=QUESTION,
        headline=answer(judged),
        reservation=method(evidence, judged),
        failures=failures(evidence, label),
        blocks=(
            Claims(
                claims=[shown(claim, pictures) for claim in judged],
                overview=overview(judged),
                picture=pictures[OVERVIEW],
            ),
            Figures(pictures=[picture for name, picture in pictures.items() if name not in beside]),
            *sections_of(evidence),
            limitations(evidence),
        ),
        styles=("claims.css",),
    )


def sections_of(evidence: Evidence) -> tuple[Section, ...]:
    """What else was found."""
    measured_elsewhere = (elsewhere(evidence),) if len(evidence.elsewhere) else ()
    return (practice(evidence), *measured_elsewhere, *(tell(evidence) for tell in (steps, rates, objectives)))


def shown(claim: Claim, pictures: Mapping[str, Picture]) -> ShownClaim:
    """A claim as it is told."""
    found = tally(claim)
    return ShownClaim(
        claim,
        f"{found[0].upper()}{found[1:]}.",
        contrasts_table(claim),
        pictures[name_of(claim.number)],
        pictures[BEHIND[claim.number]],
    )


def contrasts_table(claim: Claim) -> Table:
    """A row a contrast: what is compared, where, its effect, the number of seeds and its verdict."""
    return Table(
        columns=("compared", "signals", "alpha", "effect (dB)", "seeds", "verdict"),
        rows=tuple(
            (
                what(finding.contrast), finding.contrast.signals, f"{finding.contrast.alpha:g}",
                finding.estimate.words(), str(finding.estimate.n), finding.verdict,
            )
            for finding in claim.findings
        ),
        classes=VERDICTS,
    )  # fmt: skip


def overview(claims: Sequence[Claim]) -> Table:
    """A row a claim: its number, what it claims and its verdict."""
    return Table(
        ("claim", "statement", "verdict"),
        tuple((claim.number, claim.statement, claim.verdict) for claim in claims),
        strong=frozenset((row, 2) for row in range(len(claims))),
    )


def method(evidence: Evidence, claims: Sequence[Claim]) -> str:
    """How the claims were decided."""
    design = evidence.design
    n = sum(len(claim.findings) for claim in claims)
    return (
        f"Every contrast is a mean over {count(len(design.seeds), 'seed')} of differences in dB, 10 log10 of "
        "the ratio of two errors at equal seed on the same test signals. A claim speaks of differences that "
        f"matter: of more than {MARGIN:g} dB, where no other margin is told. All {n} contrasts are tested "
        f"together, so that the chance of any false decision among them stays below {FAMILY_WISE:.0%} (Holm "
        "1979, on Student’s t tests against the margin); in square brackets is the interval of a contrast’s "
        f"step in it. Noise levels: {levels(design.alphas)}; signals: {listing(NETWORKS)}. What was chosen, "
        "was chosen on validation signals or on seeds that are not reported."
    )


def limitations(evidence: Evidence) -> Section:
    """What the study does not tell."""
    design = evidence.design
    said = (
        "One kind of network: convolutions of one width. What changes, changes one at a time and, in the "
        "recipe, three at once; other combinations were not trained.",
        "One kind of signal: the sum of two sinusoids with random frequencies, in two families. Recordings "
        "have structure that these lack.",
        f"Claims are made at {levels(design.alphas)} alone, with white Gaussian noise.",
        f"{count(len(design.seeds), 'seed').capitalize()} of initialisation and shuffling, on one data set a "
        "family: the intervals speak of training again, not of drawing other signals.",
        "Budgets are fixed in steps, not in time; what trains longer may rank otherwise.",
        f"The margin of {decibels(MARGIN).removeprefix('+')} dB is a judgement of what matters, made before "
        "the numbers were known.",
    )
    return Section("limitations", "What this study does not tell", sentences=said, link="Limits")
