"""The report in brief, as Markdown with the pictures inside."""

import re
from collections.abc import Mapping, Sequence

from denoising.figures.drawing import Drawing
from denoising.report.downloads import data_uri
from denoising.report.sections import Section, best_depths, sections_of
from denoising.report.summary import Failure, best_depth_sentences, failures, headline, reservation
from denoising.report.tables import Table
from denoising.study.results import Study

SPECIAL = re.compile(r"([\\`*_\[\]<>|&~$#])")


def render_markdown(study: Study, drawings: Mapping[str, Drawing], previews: Mapping[str, bytes]) -> str:
    """Headline, best depths, failed cells and pictures.

    Args:
        study: the study.
        drawings: the figures by name.
        previews: small PNG files of the figures to show, by the same names, in their order.
    """
    blocks = [
        f"# {escape(headline(study))}",
        escape(reservation(study)),
        *failure_blocks(failures(study), len(study.results)),
        *section_blocks(best_depths(study), best_depth_sentences(study)),
        *(block for section in sections_of(study) for block in section_blocks(section)),
        *(picture_block(drawings[name], png) for name, png in previews.items()),
    ]
    return "\n\n".join(filter(None, blocks)) + "\n"


def failure_blocks(failed: Sequence[Failure], n_cells: int) -> Sequence[str]:
    """A heading and a list of the failed cells; nothing where none failed."""
    if not failed:
        return []
    heading = f"## {len(failed)} of {n_cells} cells failed"
    return [heading, "\n".join(f"- {bold(escape(f.cell))}: {escape(f.reason)}" for f in failed)]


def table_block(table: Table) -> str:
    """A table in pipes, numbers to the right."""
    lines = [table.columns, ["---:"] * len(table.columns)]
    head, rule = (f"| {' | '.join(line)} |" for line in lines)
    rows = (
        [bold(escape(text)) if (i, j) in table.strong else escape(text) for j, text in enumerate(row)]
        for i, row in enumerate(table.rows)
    )
    return "\n".join([head, rule, *(f"| {' | '.join(row)} |" for row in rows)])


def section_blocks(section: Section, sentences: Sequence[str] = ()) -> Sequence[str]:
    """A heading, what is said first, a table and its note."""
    heading, note = f"## {escape(section.title)}", escape(section.note)
    return [heading, list_block(sentences), table_block(section.table), note]


def list_block(sentences: Sequence[str]) -> str:
    """Sentences as a list; empty without any."""
    return "\n".join(f"- {escape(sentence)}" for sentence in sentences)


def picture_block(drawing: Drawing, png: bytes) -> str:
    """A heading, a picture that needs no other file, and its caption."""
    picture = f"![{escape(drawing.alt)}]({data_uri(png, 'image/png')})"
    return f"## {escape(drawing.title)}\n\n{picture}\n\n{escape(drawing.caption)}"


def bold(text: str) -> str:
    """Escaped text, made to stand out."""
    return f"**{text}**"


def escape(text: str) -> str:
    """Text that Markdown shows as it is, on one line."""
    return SPECIAL.sub(r"\\\1", " ".join(text.split()))
