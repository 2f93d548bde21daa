"""How near the preset `reproduction` comes to the original post's curves.

python flows/sweep.py --preset reproduction --seeds 0 1 2
python -m tests.reproduction.compare [FOLDER OF THE STUDY]
"""

import sys
from itertools import combinations
from pathlib import Path

import numpy as np
import pandas as pd

PROJECT = Path(__file__).resolve().parents[2]
EPOCHS = (5, 20, 49)
CLOSE = 0.01  # depths that the original tells apart by less may change places

Curves = dict[tuple[float, int], "pd.Series[float]"]


def theirs() -> Curves:
    """The original's validation MSE by epoch, for each (alpha, depth)."""
    return by_cell(pd.read_csv(Path(__file__).with_name("curves.csv"), comment="#"), "val_mse")


def by_cell(frame: pd.DataFrame, column: str) -> Curves:
    """A column by epoch, for each (alpha, depth): its median where an epoch has several rows."""
    cells = frame.groupby(["alpha", "depth"])
    return {(float(a), int(d)): rows.groupby("epoch")[column].median() for (a, d), rows in cells}


def at(curve: "pd.Series[float]", epoch: int) -> float:
    """A curve's value at an epoch, interpolated where that is missing."""
    return float(np.interp(epoch, curve.index, curve))


def swaps(ours: Curves, original: Curves) -> list[tuple[float, int, int, int, float]]:
    """(alpha, epoch, depth, deeper depth, by how much) of every pair whose order is not the original's."""
    found = []
    for alpha in sorted({alpha for alpha, _ in original}):
        depths = sorted(depth for level, depth in original if level == alpha)
        for epoch in EPOCHS:
            for one, other in combinations(depths, 2):
                expected = at(original[alpha, other], epoch) - at(original[alpha, one], epoch)
                measured = at(ours[alpha, other], epoch) - at(ours[alpha, one], epoch)
                if abs(expected) > CLOSE and expected * measured < 0:
                    found.append((alpha, epoch, one, other, abs(measured)))
    return found


def main(folder: Path) -> None:
    """Print both at the compared epochs, the ratios at the last, and the pairs out of order."""
    ours, original = by_cell(pd.read_parquet(folder / "history.parquet"), "validation_mse"), theirs()
    sides = {"theirs": original, "ours": ours}
    table = pd.DataFrame(
        {
            f"{who} {epoch}": {cell: at(curves[cell], epoch) for cell in original}
            for epoch in EPOCHS
            for who, curves in sides.items()
        }
    )
    print(table.rename_axis(["alpha", "depth"]).to_string(float_format="{:.3f}".format))
    last = [(at(ours[cell], curve.index[-1]), curve.iloc[-1]) for cell, curve in original.items()]
    ratios = np.abs([np.log10(mine / their) for mine, their in last])
    summary = f"median {np.median(ratios):.3f}, most {ratios.max():.3f}"
    print(f"|log10(ours / theirs)| at their last epoch: {summary}")
    for alpha, epoch, one, other, difference in swaps(ours, original):
        pair = f"depths {one} and {other} have changed places"
        print(f"alpha {alpha:g}, epoch {epoch}: {pair}, by {difference:.3f}")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else PROJECT / "artifacts" / "latest")
