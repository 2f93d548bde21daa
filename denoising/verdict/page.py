"""The verdict of the controlled study as one page that needs nothing but itself."""

from collections.abc import Mapping

from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined

from denoising.figures.drawing import Drawing
from denoising.report.page import Facts, data_uri, in_words
from denoising.verdict.answer import QUESTION, answer
from denoising.verdict.claims import VERDICTS, judge
from denoising.verdict.evidence import Evidence
from denoising.verdict.sections import claim_section, failures, limitations, method, sections_of


def render(
    evidence: Evidence, drawings: Mapping[str, Drawing], svgs: Mapping[str, bytes], facts: Facts
) -> str:
    """The HTML of a verdict.

    Args:
        evidence: the tables of the study.
        drawings: the figures by name, in the order of the page.
        svgs: the same figures as SVG files, by the same names.
        facts: what else is told about the run beside the settings: headings, each with names and values.
    """
    environment = Environment(
        loader=ChoiceLoader([PackageLoader(f"denoising.{name}", ".") for name in ("verdict", "report")]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    claims = judge(evidence)
    return environment.get_template("verdict.html.j2").render(
        study=evidence.name,
        question=QUESTION,
        answer=answer(claims),
        method=method(evidence, claims),
        failures=failures(evidence),
        n_cells=len(evidence.results),
        claims=[claim_section(claim) for claim in claims],
        verdicts=VERDICTS,
        sections=list(sections_of(evidence)),
        limitations=limitations(evidence),
        figures=[
            {"name": name, "drawing": drawing, "source": data_uri(svgs[name], "image/svg+xml")}
            for name, drawing in drawings.items()
        ],
        facts={
            heading.capitalize(): {name: in_words(value) for name, value in group.items()}
            for heading, group in {"settings": evidence.settings, **facts}.items()
        },
    )
