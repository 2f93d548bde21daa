"""How sets of signals lie in the columns of a table."""

from typing import Any

import numpy as np
import pyarrow as pa

from denoising.signals.dataset import SignalSet


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
