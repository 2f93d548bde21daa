"""Which plain settings come closest to the original post's curves.

python -m tests.reproduction.search [WORKERS]

Runs the preset `reproduction` with each of the settings below, adds a row to `tried.csv`,
beside this file, for each one that has none, and tells which one is closest. What is cached is not trained
again. A setting takes about seven minutes on two cores.
"""

import sys
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from denoising.original.curves import by_cell, compare, distance, theirs
from flows.settings.study_settings import report_of
from flows.settings.sweep_settings import Settings
from flows.terminal.launch import launch

TRIED = Path(__file__).with_name("tried.csv")
NAMES = ("channels", "batch_size", "n_signals", "learning_rate")
SETTINGS = (
    (4, 32, 2000, 1e-3),
    (4, 64, 4000, 1e-3),
    (3, 32, 2000, 1e-3),
    (4, 16, 1000, 1e-3),
    (5, 64, 2000, 1e-3),
    (4, 64, 2000, 2e-3),
    (8, 64, 1000, 1e-3),
    (4, 32, 1500, 1e-3),
    (4, 32, 2000, 1.5e-3),
    (6, 64, 1500, 1e-3),
    (3, 32, 3000, 1e-3),
    (4, 32, 3000, 7e-4),
    (4, 32, 4000, 7e-4),
    (4, 32, 3000, 8e-4),
    (4, 32, 3500, 7e-4),
    (4, 32, 3000, 7.5e-4),
    (4, 32, 3200, 7e-4),
)
NEAR = 0.01  # differences of the distance below this say nothing: three seeds differ by more


def score(folder: Path) -> dict[str, float]:
    """How near a study comes: the distance, the ratios at the last epoch, the plateau of depth 8."""
    ours = by_cell(pd.read_parquet(folder / "history.parquet"), "validation_mse")
    cells = compare(ours, theirs())
    last = np.abs([cell.log_ratio for cell in cells])
    exits = [(cell.our_exit, cell.their_exit) for cell in cells if cell.depth == 8]
    late = [np.inf if our is None or their is None else abs(our - their) for our, their in exits]
    return {
        "distance": distance(cells),
        "last_median": float(np.median(last)),
        "last_most": float(last.max()),
        "plateau_epochs_apart": float(max(late)),
    }


def closest(rows: list[dict[str, Any]]) -> dict[str, Any]:
    """Of the settings nearly at the lowest distance, the one that leaves the plateau most as theirs."""
    lowest = min(row["distance"] for row in rows)
    near = [row for row in rows if row["distance"] < lowest + NEAR]
    return min(near, key=lambda row: row["plateau_epochs_apart"])


def main(workers: int) -> None:
    """Try what was not tried yet."""
    rows: list[dict[str, Any]] = pd.read_csv(TRIED).to_dict("records") if TRIED.exists() else []
    done = {tuple(row[name] for name in NAMES) for row in rows}
    for values in SETTINGS:
        if values in done:
            continue
        chosen: dict[str, Any] = dict(zip(NAMES, values, strict=True))
        settings = Settings(preset="reproduction", n_test=2, workers=workers, **chosen)
        launch(settings)
        row = {
            **chosen,
            **{name: round(value, 4) for name, value in score(report_of(settings).parent).items()},
        }
        print(row)
        rows.append(row)
        pd.DataFrame(rows).sort_values("distance").to_csv(TRIED, index=False)
    print("closest:", closest(rows))


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 2)
