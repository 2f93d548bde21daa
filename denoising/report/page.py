"""The report as one page that needs nothing but itself."""

from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined

from denoising.figures.drawing import Drawing
from denoising.report.sections import best_depths, cells, sections_of
from denoising.report.summary import best_depth_sentences, failures, headline, reservation
from denoising.study import Study

Facts = Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True)
class Picture:
    """A figure as a page shows it; `source` holds the whole file."""

    name: str
    drawing: Drawing
    source: str


def render(study: Study, drawings: Mapping[str, Drawing], svgs: Mapping[str, bytes], facts: Facts) -> str:
    """The HTML of a study's report.

    Args:
        study: the study.
        drawings: the figures by name, in the order of the page.
        svgs: the same figures as SVG files, by the same names.
        facts: what else is told about the run beside the settings: headings such as "versions" or
            "hardware", each with names and values.
    """
    return fill(
        "report",
        {"settings": study.settings, **facts},
        study=study.name,
        kind="study",
        title="Which depth denoises best?",
        headline=headline(study),
        reservation=reservation(study),
        failures=failures(study),
        n_cells=len(study.results),
        best=best_depths(study),
        sentences=best_depth_sentences(study),
        sections=sections_of(study),
        cells=cells(study),
        pictures=list(pictures_of(drawings, svgs).values()),
    )


def fill(package: str, facts: Facts, **told: Any) -> str:
    """A page from the template of the same name in a package of `denoising`, and those of the report."""
    environment = Environment(
        loader=ChoiceLoader([PackageLoader(f"denoising.{name}", ".") for name in (package, "report")]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    words = {
        heading.capitalize(): {name: in_words(value) for name, value in group.items()}
        for heading, group in facts.items()
    }
    return environment.get_template(f"{package}.html.j2").render(facts=words, **told)


def pictures_of(drawings: Mapping[str, Drawing], svgs: Mapping[str, bytes]) -> dict[str, Picture]:
    """Figures with their SVG files inside, by name."""
    return {
        name: Picture(name, drawing, data_uri(svgs[name], "image/svg+xml"))
        for name, drawing in drawings.items()
    }


def data_uri(content: bytes, media_type: str) -> str:
    """A file's content as an address of its own."""
    return f"data:{media_type};base64,{b64encode(content).decode('ascii')}"


def in_words(value: Any) -> str:
    """A setting or fact as text: lists joined by commas, nothing as a dash."""
    if value is None:
        return "–"
    if isinstance(value, list | tuple):
        return ", ".join(map(in_words, value))
    return f"{value:g}" if isinstance(value, float) else str(value)
