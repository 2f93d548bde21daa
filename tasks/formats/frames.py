"""Data frames as the bytes of Parquet and CSV files."""

import pandas as pd
import pyarrow as pa

from tasks.formats.parquet import table_from_parquet, table_to_parquet


def to_parquet(frame: pd.DataFrame) -> bytes:
    """A data frame as the content of a Parquet file, its index left out."""
    # `Table.from_pandas`, which also notes what the frame was like, takes twice as long for a small one.
    columns = {name: pa.array(column.to_numpy(), from_pandas=True) for name, column in frame.items()}
    return table_to_parquet(pa.table(columns))


def from_parquet(content: bytes) -> pd.DataFrame:
    """The data frame in a Parquet file."""
    frame: pd.DataFrame = table_from_parquet(content).to_pandas()
    return frame


def to_csv(frame: pd.DataFrame) -> bytes:
    """A data frame as the content of a CSV file, its index left out."""
    return frame.to_csv(index=False).encode()
