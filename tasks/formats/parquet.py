"""Arrow tables as the bytes of Parquet files."""

import io
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray


def table_to_parquet(table: pa.Table) -> bytes:
    """A table as the content of a Parquet file."""
    buffer = io.BytesIO()
    pq.write_table(table, buffer)
    return buffer.getvalue()


def table_from_parquet(content: bytes) -> pa.Table:
    """The table in a Parquet file."""
    # `read_table`, made for folders of large files, takes five times as long for one as small as these.
    return pq.ParquetFile(pa.BufferReader(content)).read(use_threads=False)


def as_lists(matrix: NDArray[Any]) -> pa.Array:
    """A matrix as a column of lists, one of fixed size for each of its rows."""
    return pa.FixedSizeListArray.from_arrays(pa.array(matrix.ravel()), matrix.shape[1])


def as_matrix(column: pa.ChunkedArray) -> NDArray[Any]:
    """The inverse of `as_lists`."""
    lists = column.combine_chunks()
    matrix: NDArray[Any] = lists.flatten().to_numpy().reshape(len(lists), lists.type.list_size)
    return matrix
