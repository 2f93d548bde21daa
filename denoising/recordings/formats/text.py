"""Text files of numbers: CSV, TSV and the like."""

import warnings
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from denoising.recordings.channels import Recording
from denoising.recordings.formats.layout import HEAD, MISSING, Layout, layout_of
from denoising.recordings.formats.matrix import BLOCK, spooled
from denoising.recordings.formats.timing import ChannelTable, table_of
from denoising.recordings.settings import RecordingError
from denoising.signals.sinusoids import Array

SHOWN = 40  # characters of a field that is no number
DURATION = r"^(?:(?P<hours>\d+):)?(?P<minutes>\d+):(?P<seconds>\d+(?:\.\d*)?)$"


def open_text(path: Path) -> Recording:
    """Open a table of one column a channel, with or without headings; one column may tell the time.

    Separator, decimal mark, encoding, headings and units are recognised.

    Raises:
        RecordingError: it is empty, has no number, or a row that is longer than the others.
    """
    layout = layout_of(path)
    found = text_table(path, layout).recording
    told = (layout.note,) if layout.note else ()
    return Recording(found.channels, (*told, *found.notes))


def text_table(path: Path, layout: Layout) -> ChannelTable:
    """Return the channels of a text file that is laid out so, and where they are; see `open_text`."""
    problems: dict[int, str] = {}
    dated = [number for number, is_text in enumerate(layout.is_text) if is_text]
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", pd.errors.ParserWarning)  # of fields that are left out
            values = spooled(blocks(path, layout, dated, problems), len(layout.is_text))
        if len(layout.is_text) == 1:
            values = values[: len(values) - blank_end(path)]
    except (pd.errors.ParserError, pd.errors.ParserWarning) as error:
        reason = str(error).rpartition("error: ")[2].strip()
        raise RecordingError(f"its rows are not all alike ({reason})") from error
    return table_of(layout.names, values, problems, layout.units, dated)


def blocks(path: Path, layout: Layout, dated: Sequence[int], problems: dict[int, str]) -> Iterator[Array]:
    """Yield some rows of a table at a time, as numbers; note which columns hold others, and where."""
    parts = pd.read_csv(
        path,
        sep=layout.separator,
        decimal=layout.decimal,
        encoding=layout.encoding,
        encoding_errors="replace",
        header=None,
        names=range(len(layout.is_text)),
        index_col=False,
        skiprows=layout.start,
        skipinitialspace=True,
        skip_blank_lines=len(layout.is_text) > 1,  # in a single column, a sample is missing there
        na_values=[*MISSING],
        chunksize=BLOCK,
    )
    line = layout.start + 1
    for part in parts:
        columns = [seconds(part[i]) if i in dated else pd.to_numeric(part[i], errors="coerce") for i in part]
        for i, values in enumerate(columns):
            wrong = np.flatnonzero(part[i].notna() & values.isna())
            if len(wrong):
                text = " ".join(str(part[i].iloc[wrong[0]]).split())[:SHOWN]
                problems.setdefault(i, f"line {line + wrong[0]} is no number: {text}")
        line += len(part)
        yield np.column_stack([values.to_numpy(np.float64) for values in columns])


def blank_end(path: Path) -> int:
    """Return how many blank lines there are at the end of a file."""
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - HEAD))
        tail = file.read()
    end = tail[len(tail.rstrip(b" \t\r\n\0")) :]
    return max(0, end.count(b"\n") - 1)


def seconds(texts: pd.Series) -> pd.Series:
    """Return durations such as 1:30.5 or 0:01:30.5, or dates, in seconds; nan for what is neither."""
    plain = texts.astype(str).str.strip("'\"[] ").str.replace(",", ".")
    parts = plain.str.extract(DURATION).astype(np.float64)
    if parts["seconds"].notna().any():
        return 3600 * parts["hours"].fillna(0) + 60 * parts["minutes"] + parts["seconds"]
    dates = pd.to_datetime(plain, errors="coerce", format="ISO8601", utc=True)
    return (dates - pd.Timestamp(0, tz="UTC")).dt.total_seconds()
