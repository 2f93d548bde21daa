"""The original post's loss curves, read off its figure, and their comparison with ours."""

from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files

import numpy as np
import pandas as pd

SOURCE = "the loss figure of “Are Autoencoders Fundamentally Denoisers?” (2024), read off to ±0.003"
PLATEAU = 0.95  # curves start on a plateau at the variance of the clean signals; below this they have left it

Curves = dict[tuple[float, int], "pd.Series[float]"]


def theirs() -> Curves:
    """Return the original's validation MSE by epoch for each (alpha, depth); some epochs are missing."""
    with (files("denoising.original") / "curves.csv").open() as file:
        return by_cell(pd.read_csv(file, comment="#"), "val_mse")


def by_cell(frame: pd.DataFrame, column: str) -> Curves:
    """Return a column by epoch for each (alpha, depth); the median if an epoch has several rows."""
    medians = frame.groupby(["alpha", "depth", "epoch"])[column].median()
    return {
        (float(alpha), int(depth)): medians.loc[alpha, depth]
        for alpha, depth in frame[["alpha", "depth"]].drop_duplicates().itertuples(index=False)
    }


def at(curve: "pd.Series[float]", epoch: int) -> float:
    """Return a curve's value at an epoch, interpolated if the epoch is missing."""
    return float(np.interp(epoch, curve.index, curve))


def first_below(curve: "pd.Series[float]", level: float = PLATEAU) -> int | None:
    """Return the first epoch at which a curve, interpolated, lies below a level; None if it never does."""
    epochs = range(int(curve.index[0]), int(curve.index[-1]) + 1)
    return next((epoch for epoch in epochs if at(curve, epoch) < level), None)


@dataclass(frozen=True)
class Comparison:
    """The comparison of one cell's curve with the original's.

    Attributes:
        alpha, depth: the cell.
        epoch: the last epoch that both curves have.
        ours, theirs: validation MSE at that epoch.
        log_ratio: log10(ours / theirs) at that epoch.
        distance: mean of |log10(ours / theirs)| over the epochs that both have.
        our_exit, their_exit: first epoch below the plateau; None if there is none.
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
    """Compare all cells that both have, sorted by alpha and depth."""
    shared = sorted(cell for cell in original.keys() & ours.keys())
    return [compare_cell(cell, ours[cell], original[cell]) for cell in shared]


def compare_cell(
    cell: tuple[float, int], ours: "pd.Series[float]", original: "pd.Series[float]"
) -> Comparison:
    """Compare one cell's curve with the original's."""
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
    """Return the mean of the curves' distances from the original's, each curve with the same weight."""
    return float(np.mean([comparison.distance for comparison in comparisons]))
