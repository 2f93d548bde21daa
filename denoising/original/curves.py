"""The original post's curves, read off its figure, and how near ours come to them."""

from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files
from io import StringIO

import numpy as np
import pandas as pd

READING_ERROR = 0.003  # of each value
SOURCE = (
    f"the loss figure of “Are Autoencoders Fundamentally Denoisers?” (2024), read off to ±{READING_ERROR}"
)
LAST_EPOCH = 49
PLATEAU = 0.95  # a validation MSE below this has left the plateau at the variance of the clean signals

TABLE = files("denoising.original").joinpath("curves.csv").read_text(encoding="utf-8")

Curves = dict[tuple[float, int], "pd.Series[float]"]


def theirs() -> Curves:
    """The original's validation MSE by epoch, for each (alpha, depth); some epochs are missing."""
    return by_cell(pd.read_csv(StringIO(TABLE), comment="#"), "val_mse")


def final_errors(alpha: float) -> dict[int, float]:
    """The original's last known validation MSE of each depth at a noise level; empty if it has none there."""
    return {depth: float(curve.iloc[-1]) for (level, depth), curve in theirs().items() if level == alpha}


def by_cell(frame: pd.DataFrame, column: str) -> Curves:
    """A column by epoch, for each (alpha, depth): its median where an epoch has several rows."""
    medians = frame.groupby(["alpha", "depth", "epoch"])[column].median()
    return {
        (float(alpha), int(depth)): medians.loc[alpha, depth]
        for alpha, depth in frame[["alpha", "depth"]].drop_duplicates().itertuples(index=False)
    }


def at(curve: "pd.Series[float]", epoch: int) -> float:
    """A curve's value at an epoch, interpolated where that is missing."""
    return float(np.interp(epoch, curve.index, curve))


def first_below(curve: "pd.Series[float]", level: float = PLATEAU) -> int | None:
    """The first epoch at which a curve, interpolated, lies below a level; None where it never does."""
    epochs = range(int(curve.index[0]), int(curve.index[-1]) + 1)
    return next((epoch for epoch in epochs if at(curve, epoch) < level), None)


@dataclass(frozen=True)
class Comparison:
    """One cell beside the original's.

    Attributes:
        alpha, depth: the cell.
        epoch: the last one that both have.
        ours, theirs: validation MSE at that epoch.
        log_ratio: log10(ours / theirs) at that epoch.
        distance: mean over the epochs that both have of |log10(ours / theirs)|.
        our_exit, their_exit: first epoch off the plateau; None where there is none.
    """

    alpha: float
    depth: int
    epoch: int
    ours: float
    theirs: float
    log_ratio: float
    distance: float
    our_exit: int | None
    their_exit: int | None


def compare(ours: Curves, original: Curves) -> list[Comparison]:
    """Every cell of which both have an epoch, by alpha and depth."""
    shared = sorted(
        cell for cell in original.keys() & ours.keys() if original[cell].index.isin(ours[cell].index).any()
    )
    return [compare_cell(cell, ours[cell], original[cell]) for cell in shared]


def compare_cell(
    cell: tuple[float, int], ours: "pd.Series[float]", original: "pd.Series[float]"
) -> Comparison:
    """One cell's curve beside the original's."""
    epochs = original.index.intersection(ours.index)
    log_ratios = np.log10(ours[epochs].to_numpy() / original[epochs].to_numpy())
    last = int(epochs[-1])
    return Comparison(
        alpha=cell[0],
        depth=cell[1],
        epoch=last,
        ours=float(ours[last]),
        theirs=float(original[last]),
        log_ratio=float(log_ratios[-1]),
        distance=float(np.abs(log_ratios).mean()),
        our_exit=first_below(ours),
        their_exit=first_below(original),
    )


def distance(comparisons: Sequence[Comparison]) -> float:
    """How far all curves lie from the original's: the mean of |log10(ours / theirs)|, every curve alike."""
    return float(np.mean([comparison.distance for comparison in comparisons]))
