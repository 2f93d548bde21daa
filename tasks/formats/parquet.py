"""Arrow tables as the bytes of Parquet files."""

import io

import pyarrow as pa
import pyarrow.parquet as pq


def table_to_parquet(table: pa.Table) -> bytes:
    """A table as the content of a Parquet file."""
    buffer = io.BytesIO()
    pq.write_table(table, buffer)
    return buffer.getvalue()


def table_from_parquet(content: bytes) -> pa.Table:
    """The table in a Parquet file."""
    # `read_table`, made for folders of large files, takes five times as long for one as small as these.
    return pq.ParquetFile(pa.BufferReader(content)).read(use_threads=False)
