"""The report as one page that needs nothing but itself."""

from base64 import b64encode
from collections.abc import Mapping
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from denoising.figures.drawing import Drawing
from denoising.report.sections import best_depths, cells, sections_of
from denoising.report.summary import best_depth_sentences, failures, headline, reservation
from denoising.study import Study

Facts = Mapping[str, Mapping[str, Any]]


def render(study: Study, drawings: Mapping[str, Drawing], svgs: Mapping[str, bytes], facts: Facts) -> str:
    """The HTML of a study's report.

    Args:
        study: the study.
        drawings: the figures by name, in the order of the page.
        svgs: the same figures as SVG files, by the same names.
        facts: what else is told about the run beside the settings: headings such as "versions" or
            "hardware", each with names and values.
    """
    environment = Environment(
        loader=PackageLoader("denoising.report", "."),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("report.html.j2").render(
        study=study.name,
        headline=headline(study),
        sentences=best_depth_sentences(study),
        reservation=reservation(study),
        failures=failures(study),
        n_cells=len(study.results),
        best=best_depths(study),
        sections=sections_of(study),
        cells=cells(study),
        figures=[
            {"name": name, "drawing": drawing, "source": data_uri(svgs[name], "image/svg+xml")}
            for name, drawing in drawings.items()
        ],
        facts={
            heading.capitalize(): {name: in_words(value) for name, value in group.items()}
            for heading, group in {"settings": study.settings, **facts}.items()
        },
    )


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
