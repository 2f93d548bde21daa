"""Sets of signals as the bytes of Parquet files."""

import json
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, cast

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from denoising.signals.dataset import SignalSet
from tasks.cache.record import Output
from tasks.cache.store import Store
from tasks.formats.parquet import as_lists, as_matrix, table_from_parquet, table_to_parquet

SCALES = ("centre", "scale")
OWN = ("signal_id", "split", "clean", "noisy")  # columns that every set of signals has


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


def read_split(output: Output, store: Store) -> SignalSet:
    """The signals of a split, from its file; nobody may change them, as later steps are given the same."""
    return remembered(store, *output.items())[0]


def settings_of(output: Output, store: Store) -> dict[str, Any]:
    """The settings that made the signals of a split, from its file."""
    return remembered(store, *output.items())[1]


@lru_cache(maxsize=3)  # the splits of one level, which many steps read one after the other
def remembered(store: Store, *output: Any) -> tuple[SignalSet, dict[str, Any]]:
    """The signals of a split and the settings that made them."""
    content = store.read(cast("Output", dict(output)))
    (signals,) = from_parquet(content).values()
    for array in (signals.clean, signals.noisy):
        array.flags.writeable = False
    return signals, made_by(content)


def made_by(content: bytes) -> dict[str, Any]:
    """The settings that made the sets of signals in a Parquet file."""
    told: dict[str, Any] = json.loads(pq.read_schema(pa.BufferReader(content)).metadata[b"denoising"])
    return told


def signals_table(split: str, signals: SignalSet) -> pa.Table:
    """Signals as columns: signal_id, split, covariates and, as fixed-size lists, clean and noisy.

    Recordings also have their centre and scale.
    """
    known = {**signals.covariates, "centre": signals.centre, "scale": signals.scale}
    return pa.table(
        {
            "signal_id": pa.array(signals.signal_id),
            "split": pa.array([split] * len(signals)),
            **{name: pa.array(values) for name, values in known.items() if values is not None},
            "clean": as_lists(signals.clean),
            "noisy": as_lists(signals.noisy),
        }
    )


def signals_of(table: pa.Table) -> SignalSet:
    """The inverse of `signals_table`, without the split."""
    known = [name for name in table.column_names if name not in OWN]
    values = {name: table.column(name).to_numpy(zero_copy_only=False) for name in known}
    scales = {name: values.pop(name) for name in SCALES if name in values}
    return SignalSet(
        signal_id=table.column("signal_id").to_numpy(),
        covariates=values,
        clean=as_matrix(table.column("clean")),
        noisy=as_matrix(table.column("noisy")),
        **scales,
    )
