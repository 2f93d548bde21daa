"""The rows of a text file as they are written, and where their fields lie."""

import codecs
import re
from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TextIO

from denoising.recordings.formats.layout import SPACES, Layout

BOM = "\ufeff"
QUOTED = '"(?:[^"]|"")*+"'


class Rows:
    """A text file that is read as pandas reads it, and none of whose characters is lost.

    Args:
        path: of the file.
        layout: how it writes its numbers.
    """

    def __init__(self, path: Path, layout: Layout) -> None:
        self.path, self.layout = path, layout
        with path.open("rb") as file:
            wide = "utf-16-be" if file.read(2) == codecs.BOM_UTF16_BE else "utf-16-le"
        self.encoding = {"utf-16": wide, "utf-8-sig": "utf-8"}.get(layout.encoding, layout.encoding)
        self.separator = re.escape(layout.separator)
        if layout.separator == SPACES:
            field = rf'{QUOTED}[^ \t\r\n]*+|[^" \t\r\n][^ \t\r\n]*+'
            self.field = re.compile(f"({field})")
            self.whole = re.compile(rf"[ \t]*+(?:(?:{field})[ \t]*+)*+[\r\n]*+")
        else:
            field = rf' *+(?:{QUOTED}|(?!"))[^{self.separator}\r\n]*+'
            self.field = re.compile(f"(?:^|{self.separator})({field})")
            self.whole = re.compile(rf"{field}(?:{self.separator}{field})*+[\r\n]*+")

    def opened(self, path: Path, mode: str) -> AbstractContextManager[TextIO]:
        """Open a file for text as this one has it; bytes that are no characters are kept."""
        errors = "surrogatepass" if self.encoding.startswith("utf-16") else "surrogateescape"
        file: TextIO = path.open(mode, encoding=self.encoding, errors=errors, newline="")  # type: ignore[assignment]
        return file

    def __iter__(self) -> Iterator[tuple[str, bool]]:
        """Yield all text, in lines with their ends, and whether each is a row of the table.

        A row has several lines if one of its quoted fields has. Blank lines are rows only of a single column.
        """
        with self.opened(self.path, "r") as file:
            if (first := file.read(1)) == BOM:
                yield first, False
            else:
                file.seek(0)
            for _ in range(self.layout.start):
                yield next(file, ""), False
            for line in file:
                while '"' in line and not self.whole.fullmatch(line) and (further := next(file, "")):
                    line += further
                yield line, len(self.layout.is_text) == 1 or not self.is_blank(line)

    def is_blank(self, line: str) -> bool:
        """Whether there is nothing in a line."""
        return not line.strip(" \t\r\n") and not (self.layout.separator == "\t" and line.startswith("\t"))

    def fields(self, line: str) -> list[tuple[int, int]]:
        """Return where each field of a row begins and ends."""
        return [found.span(1) for found in self.field.finditer(line)]
