"""How near the preset `reproduction` comes to the original post's curves.

python flows/sweep.py --preset reproduction
python -m tests.reproduction.compare [FOLDER OF THE STUDY]
"""

import sys
from itertools import combinations
from pathlib import Path

import numpy as np
import pandas as pd

from denoising.original.curves import Curves, at, by_cell, compare, distance, theirs

PROJECT = Path(__file__).resolve().parents[2]
EPOCHS = (5, 20, 49)
CLOSE = 0.01  # depths that the original tells apart by less may change places


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
    print(f"ours: {folder.resolve().name}")
    print(table.rename_axis(["alpha", "depth"]).to_string(float_format="{:.3f}".format))
    cells = compare(ours, original)
    ratios = np.abs([cell.log_ratio for cell in cells])
    summary = f"median {np.median(ratios):.3f}, most {ratios.max():.3f}"
    print(f"|log10(ours / theirs)| at the last epoch of both: {summary}")
    print(f"mean over all epochs and curves: {distance(cells):.3f}")
    for cell in cells:
        if cell.depth == 8:
            exits = f"{cell.our_exit}, theirs at {cell.their_exit}"
            print(f"alpha {cell.alpha:g}, depth 8: off the plateau at {exits}")
    for alpha, epoch, one, other, difference in swaps(ours, original):
        pair = f"depths {one} and {other} have changed places"
        print(f"alpha {alpha:g}, epoch {epoch}: {pair}, by {difference:.3f}")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else PROJECT / "artifacts" / "latest")
