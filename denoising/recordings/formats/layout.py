"""How a text file writes its numbers: found from its first lines."""

import codecs
import csv
import io
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from denoising.recordings.settings import RecordingError

HEAD = 65_536  # bytes that are looked at
MOST_ROWS = 200
COMMENT = ("#", "%")
SPACES = r"\s+"
SEPARATORS = (",", ";", "\t", "|", SPACES)
MISSING = frozenset(("", "na", "n/a", "nan", "null", "none", "-", "--", "?"))
DASHES = frozenset(("-", "--"))  # in a row of units, of a column that has none
NUMBER = {
    ".": re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eEdD][+-]?\d+)?|[+-]?inf(inity)?", re.IGNORECASE),
    ",": re.compile(r"[+-]?(\d+,?\d*|,\d+)([eEdD][+-]?\d+)?|[+-]?inf(inity)?", re.IGNORECASE),
}


@dataclass(frozen=True)
class Layout:
    """How a table of numbers is written as text.

    Attributes:
        encoding: of its characters.
        separator: between two columns, as pandas takes it.
        decimal: the decimal mark.
        start: how many lines there are before the first row.
        names, units: of the columns; empty where they are not told.
        is_text: for each column, whether its first rows are other than numbers.
    """

    encoding: str
    separator: str
    decimal: str
    start: int
    names: tuple[str, ...]
    units: tuple[str, ...]
    is_text: tuple[bool, ...]

    @property
    def note(self) -> str:
        """What was recognised, in a sentence; empty of a single column of plain numbers."""
        named = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars", SPACES: "spaces"}
        columns = len(self.is_text)
        between = f", with {named[self.separator]} between them" if columns > 1 else ""
        comma = "; the decimal mark is a comma" if self.decimal == "," else ""
        if not between + comma:
            return ""
        return f"it has {columns} column{'' if columns == 1 else 's'}{between}{comma}"


def layout_of(path: Path) -> Layout:
    """Return how a text file writes its numbers.

    Raises:
        RecordingError: there is no number in its first lines, or the first one is too long.
    """
    encoding, lines = head_of(path)
    if not lines:
        raise RecordingError(f"its first line is longer than {HEAD:,} bytes; write a line for each sample")
    rows = [(number, line) for number, line in enumerate(lines) if line.strip() and not is_comment(line)]
    layouts = [
        found
        for separator in SEPARATORS
        for decimal in (".", ",")
        if separator != decimal and (found := fitting(rows, lines, encoding, separator, decimal))
    ]
    if not layouts:
        raise RecordingError("there is no number in it; leave this file out")
    return max(
        layouts, key=lambda layout: (share_of_numbers(layout), len(layout.is_text), layout.decimal == ".")
    )


def head_of(path: Path) -> tuple[str, list[str]]:
    """Return the encoding of a text file and its first whole lines."""
    with path.open("rb") as file:
        head = file.read(HEAD)
        more = bool(file.read(1))
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        encoding = "utf-16"
    else:
        try:
            codecs.getincrementaldecoder("utf-8")().decode(head)
            encoding = "utf-8-sig"
        except UnicodeDecodeError:
            encoding = "latin-1"
    text = codecs.getincrementaldecoder(encoding)().decode(head)
    lines = [line.rstrip("\n") for line in io.StringIO(text, newline=None)]  # as pandas tells lines
    return encoding, lines[:-1] if more else lines


def is_comment(line: str) -> bool:
    """Whether a line is a comment."""
    return line.lstrip().startswith(COMMENT)


def fields_of(line: str, separator: str) -> list[str]:
    """Return the fields of a line."""
    if separator == SPACES:
        return line.split()
    return [field.strip().strip("'\"") for field in next(csv.reader([line], delimiter=separator))]


def is_number(field: str, decimal: str) -> bool:
    """Whether a field is a number, or stands for one that is missing."""
    return field.lower() in MISSING or NUMBER[decimal].fullmatch(field) is not None


def fitting(
    rows: Sequence[tuple[int, str]], lines: Sequence[str], encoding: str, separator: str, decimal: str
) -> Layout | None:
    """Return the layout with this separator and decimal mark; None if the lines do not fit it."""
    table = [(number, fields_of(line, separator)) for number, line in rows]
    if not table:
        return None
    [(width, _)] = Counter(len(fields) for _, fields in table[-MOST_ROWS:]).most_common(1)
    last = [fields for _, fields in table[-MOST_ROWS:] if len(fields) == width]
    share = [sum(is_number(row[i], decimal) for row in last) / len(last) for i in range(width)]
    is_text = tuple(each <= 0.5 for each in share)
    if all(is_text):
        return None
    fits = (
        i
        for i, (_, fields) in enumerate(table)
        if len(fields) == width
        and all(text or is_number(field, decimal) for text, field in zip(is_text, fields, strict=True))
        and not (DASHES.intersection(fields) and MISSING.issuperset(field.lower() for field in fields))
        and not (i == 0 and is_numbering(fields, last[1:]))
    )
    if (first := next(fits, None)) is None:
        return None
    start = table[first][0]
    above = [fields for _, fields in table[:first]]
    if not above and start and is_comment(lines[start - 1]):
        above = [fields_of(lines[start - 1].strip().lstrip("".join(COMMENT)), separator)]
    if separator == "," and width > 1 and [len(fields) for fields in above] == [1]:
        return None  # "0,5" below a heading without a comma is one number
    names, units = headings(above, width, not any(row[-1] for row in last))
    return Layout(encoding, separator, decimal, start, names, units, is_text)


def is_numbering(fields: Sequence[str], others: Sequence[Sequence[str]]) -> bool:
    """Whether a row numbers columns from 0 or 1 on, as pandas does that have no names, and is no sample.

    A first field that is empty is above the numbers of rows. In all columns that are numbered, the other rows
    hold numbers that are not whole, or none.
    """
    first = 0 if fields[0] else 1
    n = len(fields) - first
    if n < 2 - first or [*fields[first:]] not in ([*map(str, range(n))], [*map(str, range(1, n + 1))]):
        return False
    told = [field for row in others for field in row[first:] if field.lower() not in MISSING]
    return bool(told) and not any(field.lstrip("+-").isdigit() for field in told)


def headings(above: Sequence[list[str]], width: int, ended: bool) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the names and the units in the rows above the first one; empty where they are not told.

    Args:
        above: the fields of these rows.
        width: how many columns there are.
        ended: whether each row ends with a separator, so that a heading may lack the last column.
    """
    nothing = ("",) * width
    rows = [(*fields, "") if ended and len(fields) == width - 1 else tuple(fields) for fields in above]
    names, units, *_ = [*(row for row in rows if len(row) == width), nothing, nothing]
    return names, units


def share_of_numbers(layout: Layout) -> float:
    """Return the share of columns that hold numbers."""
    return 1 - sum(layout.is_text) / len(layout.is_text)
