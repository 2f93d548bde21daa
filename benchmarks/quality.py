"""Whether contestants found the same: their networks' errors on the test signals, cell by cell."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pandas as pd

BOUND = 0.1  # of the median |log10| of a contestant's test errors over ours


def compare(tables: Mapping[str, Path]) -> str:
    """How far everybody's test errors are from the first one's, in words.

    Args:
        tables: the results that each has left, as CSV.

    Raises:
        RuntimeError: a contestant has other cells, or is too far off.
    """
    (_, ours), *others = [(name, read_errors(path)) for name, path in tables.items()]
    told = []
    for name, errors in others:
        if not errors.index.equals(ours.index):
            raise RuntimeError(f"{name} has other cells than this program:\n{errors}")
        apart = float(np.median(np.abs(np.log10(errors / ours))))
        if apart > BOUND:
            both = pd.DataFrame({"ours": ours, "theirs": errors})
            raise RuntimeError(f"{name}: test errors are {apart:.3f} from ours, more than {BOUND}:\n{both}")
        told.append(f"{name} {apart:.3f}")
    return (
        f"Median |log10| of the test errors by cell over those of the first (at most {BOUND}): "
        f"{'; '.join(told)}."
    )


def read_errors(path: Path) -> "pd.Series[float]":
    """The test errors by cell in a table of results."""
    return pd.read_csv(path).set_index(["depth", "alpha", "seed"])["test_mse"].sort_index()
