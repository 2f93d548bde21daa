"""The numbers behind figures, as files inside a page, and rows of tables that it packs."""

import gzip
from base64 import b64encode
from dataclasses import dataclass

LARGE = 100_000  # bytes of CSV above which it is worth unpacking
LARGEST = 2_000_000  # bytes of CSV that a page holds at most for a figure


@dataclass(frozen=True)
class Download:
    """A file of numbers.

    Attributes:
        name: of the file.
        source: the whole file, as an address; None if it is too large for a page.
        size: in words.
    """

    name: str
    source: str | None
    size: str


def download_of(name: str, csv: bytes) -> Download:
    """A CSV file, packed by gzip where it is large; the same numbers give the same bytes."""
    if len(csv) > LARGEST:
        return Download(f"{name}.csv", None, size_in_words(csv))
    if len(csv) <= LARGE:
        return Download(f"{name}.csv", data_uri(csv, "text/csv"), size_in_words(csv))
    content = gzip.compress(csv, mtime=0)
    return Download(f"{name}.csv.gz", data_uri(content, "application/gzip"), size_in_words(content))


def size_in_words(content: bytes) -> str:
    """A size to a tenth of a kilobyte where that tells something; a large one in megabytes."""
    kilobytes = len(content) / 1000
    if kilobytes >= 1000:
        return f"{kilobytes / 1000:.1f} MB"
    return f"{kilobytes:.1f} kB" if kilobytes < 10 else f"{kilobytes:.0f} kB"


def data_uri(content: bytes, media_type: str) -> str:
    """A file's content as an address of its own."""
    return f"data:{media_type};base64,{b64encode(content).decode('ascii')}"


def packed(text: str) -> str:
    """Text packed by gzip, in base64, for the scripts of a page."""
    return b64encode(gzip.compress(text.encode(), mtime=0)).decode("ascii")
