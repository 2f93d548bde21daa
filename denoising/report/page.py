"""The report as one page that needs nothing but itself."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined

from denoising.figures.drawing import Drawing
from denoising.report.downloads import Download, data_uri, download_of
from denoising.report.explorer import explorer
from denoising.report.scripts import scripts_of
from denoising.report.sections import best_depths, cells, sections_of
from denoising.report.summary import best_depth_sentences, failures, headline, reservation
from denoising.study.results import Study

SCRIPTS = ("tables.js",)  # of every page
EXPLORER_SCRIPTS = ("uplot/uPlot.iife.min.js", "explorer.js")

Facts = Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True)
class Picture:
    """A figure as a page shows it; `source` holds the whole file, `numbers` those behind it."""

    name: str
    drawing: Drawing
    source: str
    numbers: Download


def render(study: Study, drawings: Mapping[str, Drawing], svgs: Mapping[str, bytes], facts: Facts) -> str:
    """The HTML of a study's report.

    Args:
        study: the study.
        drawings: the figures by name, in the order of the page.
        svgs: the same figures as SVG files, by the same names.
        facts: what else is told about the run beside the settings: headings such as "versions" or
            "hardware", each with names and values.
    """
    explored = explorer(study)
    return fill(
        "report",
        {"settings": study.settings, **facts},
        EXPLORER_SCRIPTS if explored else (),
        study=study.name,
        kind="study",
        title="Which depth denoises best?",
        headline=headline(study),
        reservation=reservation(study),
        failures=failures(study),
        n_cells=len(study.results),
        best=best_depths(study),
        sentences=best_depth_sentences(study),
        explored=explored,
        sections=sections_of(study),
        cells=cells(study),
        pictures=list(pictures_of(drawings, svgs).values()),
    )


def fill(package: str, facts: Facts, scripts: Sequence[str] = (), **told: Any) -> str:
    """A page from the template of the same name in a package of `denoising`, and those of the report.

    Args:
        package: the package.
        facts: what is told at the end: headings, each with names and values.
        scripts: the files of the page's own scripts, in their order.
        told: what else the template asks for.
    """
    environment = Environment(
        loader=ChoiceLoader([PackageLoader(f"denoising.{name}", ".") for name in (package, "report")]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.policies["json.dumps_kwargs"] = {"separators": (",", ":"), "allow_nan": False}
    words = {
        heading.capitalize(): {name: in_words(value) for name, value in group.items()}
        for heading, group in facts.items()
    }
    return environment.get_template(f"{package}.html.j2").render(
        facts=words, scripts=scripts_of(environment, (*scripts, *SCRIPTS)), **told
    )


def pictures_of(drawings: Mapping[str, Drawing], svgs: Mapping[str, bytes]) -> dict[str, Picture]:
    """Figures with their SVG files and numbers inside, by name."""
    return {
        name: Picture(name, drawing, data_uri(svgs[name], "image/svg+xml"), download_of(name, drawing.csv))
        for name, drawing in drawings.items()
    }


def in_words(value: Any) -> str:
    """A setting or fact as text: lists joined by commas, nothing as a dash."""
    if value is None:
        return "–"
    if isinstance(value, list | tuple):
        return ", ".join(map(in_words, value))
    return f"{value:g}" if isinstance(value, float) else str(value)
