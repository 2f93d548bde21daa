"""The report of the controlled study: its answer, its claims, and what else it found."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from denoising.figures.wording import count, decibels, levels, listing
from denoising.report.blocks import Block, Figures, Picture, Report, Section, Table, failures
from denoising.verdict.answer import QUESTION, answer, tally
from denoising.verdict.claims import VERDICTS, Claim, judge, what
from denoising.verdict.contrasts import FAMILY_WISE, MARGIN, rank
from denoising.verdict.depth_sections import objectives, steps
from denoising.verdict.design import LATENT, SIGNALS, label
from denoising.verdict.elsewhere import elsewhere
from denoising.verdict.evidence import Evidence
from denoising.verdict.figures.catalogue import BEHIND, OVERVIEW
from denoising.verdict.figures.claim_forests import name_of
from denoising.verdict.latents import components_for, signal_length
from denoising.verdict.practice import practice
from denoising.verdict.worse_than_gain import worse_than_gain


@dataclass(frozen=True)
class ShownClaim:
    """A claim with what was found in a sentence, its contrasts, its figure and the one that shows more."""

    claim: Claim
    found: str
    table: Table
    picture: Picture
    behind: Picture | None


@dataclass(frozen=True)
class Claims(Block):
    """All claims; `overview` and `picture` show them together, for those who see no more than that."""

    kind = "claims"
    styles = ("claims.css",)
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
    )


def sections_of(evidence: Evidence) -> tuple[Section, ...]:
    """What else was found."""
    further = (
        *((elsewhere(evidence),) if len(evidence.elsewhere) else ()),
        *((objectives(evidence),) if evidence.design.further_seeds else ()),
    )
    return (practice(evidence), worse_than_gain(evidence), steps(evidence), *further)


def shown(claim: Claim, pictures: Mapping[str, Picture]) -> ShownClaim:
    """A claim as it is told."""
    found = tally(claim)
    return ShownClaim(
        claim,
        f"{found[0].upper()}{found[1:]}.",
        contrasts_table(claim),
        pictures[name_of(claim.number)],
        pictures.get(BEHIND.get(claim.number, "")),
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
    n, n_seeds = sum(len(claim.findings) for claim in claims), len(design.seeds)
    r = rank(n_seeds, n)
    ends = "the lowest to the highest" if r == 1 else f"the {r} lowest to the {r} highest"
    intervals = (
        f"In square brackets is its interval, from {ends} of the seeds. Whatever the distribution of the "
        f"differences, all {n} intervals cover their true medians at once with {1 - FAMILY_WISE:.0%}; a "
        "contrast is decided where its interval lies on one side of its margin."
        if r
        else f"{count(n_seeds, 'seed').capitalize()} are too few to decide {n} contrasts together."
    )
    return (
        f"Every contrast is the median over {count(n_seeds, 'seed')} of differences in dB: 10 log10 of the "
        "ratio of two errors on the same test signals. Each seed has its own signals, noise, test set and "
        "initial weights. A claim speaks of differences that matter: of more than "
        f"{MARGIN:g} dB, where no other margin is told. {intervals} Noise levels: {levels(design.alphas)}; "
        f"signals: {listing(SIGNALS)}. What was chosen, was chosen on the validation signals of the same "
        "seeds. The original’s settings were not published: as the original ran it means those that come "
        "nearest to its curves."
    )


def limitations(evidence: Evidence) -> Section:
    """What the study does not tell."""
    design = evidence.design
    said = (
        "One kind of network, small: convolutions, with skip connections or without, and "
        f"{largest(evidence):,} parameters at most. Larger networks and longer training may rank otherwise.",
        "Sums of two sinusoids, in two families, and one recording of one heart. Its windows come from the "
        "same five minutes, so that the seeds differ less there.",
        f"Claims are made at {levels(design.alphas)} alone, with white Gaussian noise of a known level.",
        f"The bottleneck of {LATENT} numbers was set by people who know the signals. They have two unknowns, "
        f"and {components_for(0.99, signal_length(evidence))} linear directions hold 99% of their variance.",
        "Budgets are fixed in steps, not in time.",
        f"The margin of {decibels(MARGIN).removeprefix('+')} dB is a judgement of what matters, made before "
        "the numbers were known.",
    )
    return Section("limitations", "What this study does not tell", sentences=said, link="Limits")


def largest(evidence: Evidence) -> int:
    """The most parameters of a network of the study."""
    known = evidence.results["n_parameters"].dropna()
    return int(known.max()) if len(known) else 0
