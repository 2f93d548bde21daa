"""The numbers behind figures, as files inside a page."""

import gzip
from base64 import b64encode
from dataclasses import dataclass

LARGE = 100_000  # bytes of CSV above which it is worth unpacking


@dataclass(frozen=True)
class Download:
    """A file that a link of a page holds.

    Attributes:
        name: of the file.
        source: the whole file, as an address.
        size: in words.
    """

    name: str
    source: str
    size: str


def download_of(name: str, csv: bytes) -> Download:
    """A CSV file, packed by gzip where it is large; the same numbers give the same bytes."""
    if len(csv) <= LARGE:
        return Download(f"{name}.csv", data_uri(csv, "text/csv"), size_in_words(csv))
    packed = gzip.compress(csv, mtime=0)
    return Download(f"{name}.csv.gz", data_uri(packed, "application/gzip"), size_in_words(packed))


def size_in_words(content: bytes) -> str:
    """A size to a tenth of a kilobyte where that tells something."""
    kilobytes = len(content) / 1000
    return f"{kilobytes:.1f} kB" if kilobytes < 10 else f"{kilobytes:.0f} kB"


def data_uri(content: bytes, media_type: str) -> str:
    """A file's content as an address of its own."""
    return f"data:{media_type};base64,{b64encode(content).decode('ascii')}"
