"""Writes Parquet files back: columns, types and what the schema tells stay."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray

from denoising.recordings.channels import Channel
from denoising.recordings.formats.table import parquet_table
from denoising.recordings.writing.patching import changed, fitted
from denoising.signals.sinusoids import Array

ROWS = 2**20  # of a group at most


def write_parquet(source: Path, target: Path, denoised: Mapping[str, Channel]) -> None:
    """Write a copy of a table with other samples; see `write_like`. Groups of rows have `ROWS` at most."""
    table = parquet_table(source)
    old = {channel.name: channel for channel in table.recording.channels}
    file = pq.ParquetFile(source)
    start = 0
    with pq.ParquetWriter(target, file.schema_arrow, **manner(file)) as into:
        for group in range(file.num_row_groups):
            for batch in file.iter_batches(ROWS, row_groups=[group]):
                columns = batch.columns
                rows = start, start + len(batch)
                for name, new in denoised.items():
                    number = table.columns[name]
                    differs, values = changed(table.at_rows(old[name], *rows), table.at_rows(new, *rows))
                    columns[number] = with_values(columns[number], differs, values)
                into.write_batch(pa.RecordBatch.from_arrays(columns, schema=file.schema_arrow), len(batch))
                start = rows[1]


def with_values(column: pa.Array, differs: NDArray[np.bool_], values: Array) -> pa.Array:
    """Return a column with other values in some of its rows."""
    kind = np.dtype(column.type.to_pandas_dtype())
    return pc.replace_with_mask(column, pa.array(differs), pa.array(fitted(values, kind), column.type))


def manner(file: pq.ParquetFile) -> dict[str, object]:
    """Return how a file is written: its version and how its columns are compressed."""
    told = file.metadata
    columns = [told.row_group(0).column(i) for i in range(told.num_columns)]
    return {
        "version": told.format_version,
        "compression": {c.path_in_schema: c.compression.replace("UNCOMPRESSED", "NONE") for c in columns},
        "use_deprecated_int96_timestamps": any(c.physical_type == "INT96" for c in columns),
    }
