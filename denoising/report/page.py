"""A report as one page that needs nothing but itself, and in brief as Markdown."""

import re
from collections.abc import Mapping
from typing import Any

from denoising.figures.wording import count
from denoising.report.blocks import MOST_AT_ONCE, Report, Table
from denoising.report.downloads import data_uri, download_of, packed
from denoising.report.inline import as_path, at_night, dashes, inlined
from denoising.report.templates import environment_of, with_digests

STYLES, SCRIPTS = ("report.css",), ("tables.js",)  # of every page
MOST_VALUES = 50  # of a setting that are told
SPECIAL = re.compile(r"([\\`*_\[\]<>|&~$#])")

Facts = Mapping[str, Mapping[str, Any]]


def render_page(report: Report, facts: Facts) -> str:
    """The HTML of a report.

    Args:
        report: what is told.
        facts: what else is told about the run beside the settings: headings such as "versions" or
            "hardware", each with names and values.
    """
    environment = environment_of(escaped=True)
    environment.globals |= {"download_of": download_of, "inlined": inlined, "packed": packed}
    environment.filters |= {"as_path": as_path, "at_night": at_night, "dashes": dashes}
    words = {
        heading.capitalize(): {name: in_words(value) for name, value in group.items()}
        for heading, group in {"settings": report.study.settings, **facts}.items()
    }
    return environment.get_template("page.html.j2").render(
        title=f"{report.study.name}: {report.title}",
        report=report,
        facts=words,
        styles=(*STYLES, *report.styles),
        scripts=with_digests(*report.scripts, *SCRIPTS),
    )


def render_markdown(report: Report) -> str:
    """Headline, failed cells, sections and the pictures that have a preview."""
    environment = environment_of(escaped=False)
    environment.filters |= {"plain": plain, "pipes": pipes}
    environment.globals["data_uri"] = data_uri
    text = environment.get_template("report.md.j2").render(report=report)
    return re.sub(r"\n{3,}", "\n\n", text).strip() + "\n"


def in_words(value: Any) -> str:
    """A setting or fact as text: lists joined by commas, lists of lists in lines, nothing as a dash.

    Of a long list, only its ends are told.
    """
    if value is None:
        return "–"
    if isinstance(value, Mapping):
        return ", ".join(f"{name} {in_words(part)}" for name, part in value.items())
    if isinstance(value, list | tuple):
        of_lists = bool(value) and isinstance(value[0], list | tuple)
        if len(value) > MOST_VALUES and not of_lists:
            return f"{in_words(value[:3])}, …, {in_words(value[-1])} ({len(value):,} values)"
        return ("\n" if of_lists else ", ").join(map(in_words, value))
    return f"{value:g}" if isinstance(value, float) else str(value)


def plain(text: str) -> str:
    """Text that Markdown shows as it is, on one line."""
    return SPECIAL.sub(r"\\\1", " ".join(text.split()))


def pipes(table: Table) -> str:
    """A table in Markdown, numbers to the right; of a long one the first rows, and how many more it has."""
    lines = [table.columns, ["---:"] * len(table.columns)]
    head, rule = (f"| {' | '.join(line)} |" for line in lines)
    rows = (
        [f"**{plain(text)}**" if (i, j) in table.strong else plain(text) for j, text in enumerate(row)]
        for i, row in enumerate(table.rows[:MOST_AT_ONCE])
    )
    n_more = len(table.rows) - MOST_AT_ONCE
    more = [f"\n{count(n_more, 'further row')}, which the page has."] if n_more > 0 else []
    return "\n".join([head, rule, *(f"| {' | '.join(row)} |" for row in rows), *more])
