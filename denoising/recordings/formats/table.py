"""Parquet files."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from denoising.recordings.channels import Recording
from denoising.recordings.formats.matrix import BLOCK, spooled
from denoising.recordings.formats.timing import ChannelTable, table_of
from denoising.recordings.settings import RecordingError
from denoising.signals.sinusoids import Array


def open_parquet(path: Path) -> Recording:
    """Open a table of one column a channel; one of them may tell the time.

    Raises:
        RecordingError: it has no row, or a column that tells the time is not even.
    """
    return parquet_table(path).recording


def parquet_table(path: Path) -> ChannelTable:
    """Return the channels of a Parquet file and where they are; see `open_parquet`."""
    file = pq.ParquetFile(path)
    names = file.schema_arrow.names
    problems = {
        number: f"it holds {'text' if 'string' in str(field.type) else field.type}, not real numbers"
        for number, field in enumerate(file.schema_arrow)
        if not readable(field.type)
    }

    def blocks() -> Iterator[Array]:
        for batch in file.iter_batches(BLOCK):
            yield np.column_stack([numbers(batch, i, i in problems) for i in range(len(names))])

    values = spooled(blocks(), len(names))
    if not len(values):
        raise RecordingError("it has no row")
    dated = [number for number, field in enumerate(file.schema_arrow) if is_dated(field.type)]
    return table_of(names, values, problems, [""] * len(names), dated)


def readable(kind: pa.DataType) -> bool:
    """Whether a column of this type holds real numbers or times."""
    return bool(pa.types.is_integer(kind) or pa.types.is_floating(kind)) or is_dated(kind)


def is_dated(kind: pa.DataType) -> bool:
    """Whether a column of this type holds dates or durations."""
    return bool(pa.types.is_timestamp(kind) or pa.types.is_duration(kind))


def numbers(batch: pa.RecordBatch, column: int, problem: bool) -> Array:
    """Return a column as numbers, nan where it has none; times in seconds."""
    values = batch.column(column)
    if problem:
        return np.full(len(values), np.nan)
    divisor = 1.0
    if is_dated(values.type):
        exact = pa.timestamp("ns") if pa.types.is_timestamp(values.type) else pa.duration("ns")
        values, divisor = values.cast(exact).cast(pa.int64()), 1e9
    found: Array = values.to_numpy(zero_copy_only=False).astype(np.float64) / divisor
    return found
