"""Sets of signals as the bytes of Parquet files."""

import json
from collections.abc import Mapping
from typing import Any

import numpy as np
import pyarrow as pa

from denoising.signals.dataset import SignalSet
from tasks.formats.parquet import table_from_parquet, table_to_parquet


def to_parquet(splits: Mapping[str, SignalSet], generated_by: Mapping[str, Any]) -> bytes:
    """Sets of signals, by the name of their split, as the content of one Parquet file.

    The settings that made them are in its metadata, as JSON under `denoising`.
    """
    tables = [signals_table(split, signals) for split, signals in splits.items()]
    metadata = {"denoising": json.dumps(generated_by)}
    return table_to_parquet(pa.concat_tables(tables).replace_schema_metadata(metadata))


def from_parquet(content: bytes) -> dict[str, SignalSet]:
    """The sets of signals in a Parquet file, by the name of their split."""
    table = table_from_parquet(content)
    split = table.column("split").to_numpy(zero_copy_only=False)
    signals = signals_of(table)
    return {str(name): signals.take(np.flatnonzero(split == name)) for name in dict.fromkeys(split)}


def signals_table(split: str, signals: SignalSet) -> pa.Table:
    """Signals as columns: signal_id, split, f1, f2 and, as fixed-size lists of float32, clean and noisy."""
    length = signals.clean.shape[1]
    return pa.table(
        {
            "signal_id": pa.array(signals.signal_id),
            "split": pa.array([split] * len(signals)),
            "f1": pa.array(signals.frequencies[:, 0]),
            "f2": pa.array(signals.frequencies[:, 1]),
            "clean": pa.FixedSizeListArray.from_arrays(pa.array(signals.clean.ravel()), length),
            "noisy": pa.FixedSizeListArray.from_arrays(pa.array(signals.noisy.ravel()), length),
        }
    )


def signals_of(table: pa.Table) -> SignalSet:
    """The inverse of `signals_table`, without the split."""

    def matrix(name: str) -> Any:
        column = table.column(name).combine_chunks()
        return column.flatten().to_numpy().reshape(len(column), column.type.list_size).copy()

    return SignalSet(
        signal_id=table.column("signal_id").to_numpy(),
        frequencies=np.column_stack([table.column("f1").to_numpy(), table.column("f2").to_numpy()]),
        clean=matrix("clean"),
        noisy=matrix("noisy"),
    )
