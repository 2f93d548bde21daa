"""A report as one page that needs nothing but itself, and in brief as Markdown."""

import re
from base64 import b64encode
from collections.abc import Mapping
from hashlib import sha256
from importlib.resources import files
from typing import Any

from jinja2 import DictLoader, Environment, StrictUndefined

from denoising.report.blocks import Report, Table
from denoising.report.downloads import data_uri, download_of

STYLES, SCRIPTS = ("report.css",), ("tables.js",)  # of every page
SPECIAL = re.compile(r"([\\`*_\[\]<>|&~$#])")

Facts = Mapping[str, Mapping[str, Any]]


# In memory, so that no page is made from files that were edited after its process began.
SOURCES = {
    name: files("denoising.report").joinpath(name).read_text(encoding="utf-8")
    for name in (
        "page.html.j2", "blocks.html.j2", "report.md.j2", "report.css", "claims.css", "explorer.css",
        "tables.js", "explorer.js", "uplot/uPlot.iife.min.js", "uplot/uPlot.min.css", "uplot/LICENSE",
    )
}  # fmt: skip


def render_page(report: Report, facts: Facts) -> str:
    """The HTML of a report.

    Args:
        report: what is told.
        facts: what else is told about the run beside the settings: headings such as "versions" or
            "hardware", each with names and values.
    """
    environment = environment_of(escaped=True)
    environment.policies["json.dumps_kwargs"] = {"separators": (",", ":"), "allow_nan": False}
    environment.globals |= {"data_uri": data_uri, "download_of": download_of}
    words = {
        heading.capitalize(): {name: in_words(value) for name, value in group.items()}
        for heading, group in {"settings": report.study.settings, **facts}.items()
    }
    scripts = [(SOURCES[name], digest(SOURCES[name])) for name in (*report.scripts, *SCRIPTS)]
    return environment.get_template("page.html.j2").render(
        report=report, facts=words, styles=(*STYLES, *report.styles), scripts=scripts
    )


def render_markdown(report: Report) -> str:
    """Headline, failed cells, sections and the pictures that have a preview."""
    environment = environment_of(escaped=False)
    environment.filters |= {"plain": plain, "pipes": pipes}
    environment.globals["data_uri"] = data_uri
    text = environment.get_template("report.md.j2").render(report=report)
    return re.sub(r"\n{3,}", "\n\n", text).strip() + "\n"


def environment_of(*, escaped: bool) -> Environment:
    """Where templates are found and how they are read."""
    return Environment(
        loader=DictLoader(SOURCES),
        autoescape=escaped,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def digest(script: str) -> str:
    """What a content security policy knows a script by: its SHA-256, in base64."""
    return b64encode(sha256(script.encode()).digest()).decode("ascii")


def in_words(value: Any) -> str:
    """A setting or fact as text: lists joined by commas, lists of lists in lines, nothing as a dash."""
    if value is None:
        return "–"
    if isinstance(value, Mapping):
        return ", ".join(f"{name} {in_words(part)}" for name, part in value.items())
    if isinstance(value, list | tuple):
        of_lists = bool(value) and isinstance(value[0], list | tuple)
        return ("\n" if of_lists else ", ").join(map(in_words, value))
    return f"{value:g}" if isinstance(value, float) else str(value)


def plain(text: str) -> str:
    """Text that Markdown shows as it is, on one line."""
    return SPECIAL.sub(r"\\\1", " ".join(text.split()))


def pipes(table: Table) -> str:
    """A table in Markdown, numbers to the right."""
    lines = [table.columns, ["---:"] * len(table.columns)]
    head, rule = (f"| {' | '.join(line)} |" for line in lines)
    rows = (
        [f"**{plain(text)}**" if (i, j) in table.strong else plain(text) for j, text in enumerate(row)]
        for i, row in enumerate(table.rows)
    )
    return "\n".join([head, rule, *(f"| {' | '.join(row)} |" for row in rows)])
