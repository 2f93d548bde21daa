"""The verdict of the controlled study as one page that needs nothing but itself."""

from collections.abc import Mapping

from denoising.figures.drawing import Drawing
from denoising.report.page import Facts, fill, pictures_of
from denoising.verdict.answer import QUESTION, answer
from denoising.verdict.claims import VERDICTS, judge
from denoising.verdict.evidence import Evidence
from denoising.verdict.figures.catalogue import BEHIND, OVERVIEW
from denoising.verdict.figures.claim_forests import name_of
from denoising.verdict.sections import claim_section, failures, limitations, method, sections_of


def render(
    evidence: Evidence, drawings: Mapping[str, Drawing], svgs: Mapping[str, bytes], facts: Facts
) -> str:
    """The HTML of a verdict.

    The figures of single claims stand beside their claims, in place of the one of all claims.

    Args:
        evidence: the tables of the study.
        drawings: all figures of the catalogue by name, in the order of the page.
        svgs: the same figures as SVG files, by the same names.
        facts: what else is told about the run beside the settings: headings, each with names and values.
    """
    claims = judge(evidence)
    pictures = pictures_of(drawings, svgs)
    beside = {claim.number: pictures[name_of(claim.number)] for claim in claims}
    elsewhere = {OVERVIEW, *(picture.name for picture in beside.values())}
    return fill(
        "verdict",
        {"settings": evidence.settings, **facts},
        study=evidence.name,
        kind="controlled study",
        title=QUESTION,
        headline=answer(claims),
        reservation=method(evidence, claims),
        failures=failures(evidence),
        n_cells=len(evidence.results),
        claims=[
            (claim_section(claim), beside[claim.number], pictures[BEHIND[claim.number]]) for claim in claims
        ],
        verdicts=VERDICTS,
        pictures=[picture for name, picture in pictures.items() if name not in elsewhere],
        sections=sections_of(evidence),
        limitations=limitations(evidence),
    )
