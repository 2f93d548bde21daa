"""The verdict in brief, as Markdown with the pictures inside."""

from collections.abc import Mapping, Sequence

from denoising.figures.drawing import Drawing
from denoising.report.markdown import (
    escape,
    failure_blocks,
    list_block,
    picture_block,
    section_blocks,
    table_block,
)
from denoising.report.tables import Table
from denoising.verdict.answer import QUESTION, answer
from denoising.verdict.claims import Claim, judge
from denoising.verdict.evidence import Evidence
from denoising.verdict.sections import claim_section, failures, limitations, method, sections_of


def render_markdown(
    evidence: Evidence, drawings: Mapping[str, Drawing], previews: Mapping[str, bytes]
) -> str:
    """The answer, the claims with their numbers, the sections that say something in words, and pictures.

    Args:
        evidence: the tables of the study.
        drawings: the figures by name.
        previews: small PNG files of the figures to show, by the same names, in their order.
    """
    claims = judge(evidence)
    blocks = [
        f"# {escape(QUESTION)}",
        escape(answer(claims)),
        escape(method(evidence, claims)),
        *failure_blocks(failures(evidence), len(evidence.results)),
        table_block(overview(claims)),
        *(block for claim in claims for block in claim_blocks(claim)),
        *(
            block
            for section, said in sections_of(evidence)
            if said
            for block in section_blocks(section, said)
        ),
        "## What this study does not tell",
        list_block(limitations(evidence)),
        *(picture_block(drawings[name], png) for name, png in previews.items()),
    ]
    return "\n\n".join(filter(None, blocks)) + "\n"


def overview(claims: Sequence[Claim]) -> Table:
    """A row a claim: its number, what it claims and its verdict."""
    return Table(
        ("claim", "statement", "verdict"),
        tuple((claim.number, claim.statement, claim.verdict) for claim in claims),
        strong=frozenset((row, 2) for row in range(len(claims))),
    )


def claim_blocks(claim: Claim) -> Sequence[str]:
    """A claim with its verdict, what was found, and its contrasts."""
    section = claim_section(claim)
    return [
        f"## {section.number}. {escape(section.statement)}: {section.verdict}",
        list_block(section.sentences),
        table_block(section.table),
        escape(section.measure),
    ]
