"""Writes text files back: line by line, in which only the numbers of other samples are replaced."""

from collections.abc import Iterator, Mapping
from math import isclose, isnan, nan
from pathlib import Path

import numpy as np

from denoising.recordings.channels import Channel
from denoising.recordings.formats.layout import layout_of
from denoising.recordings.formats.text import text_table
from denoising.recordings.formats.timing import ChannelTable
from denoising.recordings.settings import RecordingError
from denoising.recordings.writing.numerals import Numerals
from denoising.recordings.writing.patching import changed
from denoising.recordings.writing.text_rows import Rows

BLOCK = 2**14  # rows at once
AROUND = " \t\r\n\"'"  # what may stand around a number in its field
PLAIN = "save it again without quotes and blank lines, and with plain line ends"
READ = 1e-9  # relative error that pandas may make when it reads a number


def write_text(source: Path, target: Path, denoised: Mapping[str, Channel]) -> None:
    """Write a copy of a text file with other samples; see `write_like`.

    Raises:
        RecordingError: its fields are not where the reader finds its samples.
    """
    layout = layout_of(source)
    table, rows = text_table(source, layout), Rows(source, layout)
    try:
        specs = specs_of(rows, table, denoised)
        others = numbers(table, denoised, specs)
        left = table.n_rows
        with rows.opened(target, "w") as after:
            for line, is_row in rows:
                if is_row and left:
                    left -= 1
                    line = replaced(rows, line, next(others), layout.decimal)
                elif is_row and not rows.is_blank(line):
                    left = -1
                    break
                after.write(line)
    except UnicodeDecodeError as error:
        raise RecordingError("it ends within a character; mend it there") from error
    if left:
        raise RecordingError(f"its rows cannot be told apart as they are written; {PLAIN}")


def specs_of(rows: Rows, table: ChannelTable, denoised: Mapping[str, Channel]) -> dict[str, str]:
    """Return how `format` is to write the samples of each channel, as the file writes them."""
    seen = {name: Numerals() for name in denoised}
    columns = [(table.columns[name], numerals) for name, numerals in seen.items()]
    for line in (line for line, is_row in rows if is_row):
        fields = rows.fields(line)
        for column, numerals in columns:
            if column < len(fields):
                start, stop = fields[column]
                numerals.see(line[start:stop].strip(AROUND))
    return {name: numerals.spec(denoised[name]) for name, numerals in seen.items()}


def numbers(
    table: ChannelTable, denoised: Mapping[str, Channel], specs: Mapping[str, str]
) -> Iterator[dict[int, tuple[float, str]]]:
    """Yield for each row the columns whose samples differ: what they are, and the text of their new ones."""
    old = {channel.name: channel for channel in table.recording.channels}
    for start in range(0, table.n_rows, BLOCK):
        stop = min(start + BLOCK, table.n_rows)
        found: list[dict[int, tuple[float, str]]] = [{} for _ in range(start, stop)]
        for name, new in denoised.items():
            before = table.at_rows(old[name], start, stop)
            differs, values = changed(before, table.at_rows(new, start, stop))
            for row, value in zip(np.flatnonzero(differs), values.tolist(), strict=True):
                found[row][table.columns[name]] = float(before[row]), format(value, specs[name])
        yield from found


def replaced(rows: Rows, line: str, others: Mapping[int, tuple[float, str]], decimal: str) -> str:
    """Return a row in which the numbers of some columns are others.

    Args:
        rows: the file that it is from.
        line: the row.
        others: for each such column, what its number is, and the text of the other one.
        decimal: the decimal mark.

    Raises:
        RecordingError: a number is another than it should be.
    """
    fields = rows.fields(line) if others else []
    for column, (was, text) in sorted(others.items(), reverse=True):
        if column >= len(fields):
            continue
        start, stop = fields[column]
        field = line[start:stop]
        number = field.strip(AROUND)
        found = value_of(number, decimal)
        if not (isclose(found, was, rel_tol=READ) or (isnan(found) and isnan(was))):
            raise RecordingError(f"{number} stands where {was:g} was read; {PLAIN}")
        at = start + (field.find(number) if number else len(field) // 2)
        line = line[:at] + text.replace(".", decimal) + line[at + len(number) :]
    return line


def value_of(number: str, decimal: str) -> float:
    """Return the value of a number as it is written; nan if it is none."""
    try:
        return float(number.replace(decimal, "."))
    except ValueError:
        return nan
