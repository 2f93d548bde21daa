"""Whether another setting would do better in the time of the presets `tuned` and `best`.

python -m tests.presets.search [WORKERS]

Trains each preset and, with as many epochs as take the same time here, each of the changes of it below, and
adds a row to `tried.csv`, beside this file, for whatever has none. Only validation errors are looked at. The
changes of `tuned` take about three minutes on two cores, those of `best` an hour.
"""

import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from statistics import median
from typing import Any

import pandas as pd

from denoising.measure.comparison import decibels
from denoising.signals.dataset import split_sizes
from denoising.study.cell import Cell
from flows.settings.study_settings import report_of
from flows.settings.sweep_settings import Preset, Settings
from flows.terminal.launch import launch
from tests.presets.cost import training_seconds

TRIED = Path(__file__).with_name("tried.csv")
NAMES = (
    "depths", "n_signals", "channels", "kernel_size", "batch_size", "learning_rate", "schedule", "fresh",
)  # fmt: skip
GRIDS: dict[Preset, dict[str, Any]] = {
    "tuned": {"alphas": (0.1, 0.2, 0.3, 0.4), "seeds": (0, 1, 2)},
    "best": {"alphas": (0.1, 0.4)},
}
CHANGES: dict[Preset, dict[str, tuple[Any, ...]]] = {
    "tuned": {
        "depths": ((2,), (4,)), "channels": (8, 32), "kernel_size": (5, 9), "batch_size": (8, 32),
        "learning_rate": (1e-2, 4e-2), "schedule": ("constant",), "fresh": (True,),
    },
    "best": {
        "batch_size": (16, 64), "depths": ((5,), (7,)), "learning_rate": (2e-3, 8e-3), "kernel_size": (9, 13),
        "channels": (32, 64), "fresh": (False,), "schedule": ("constant",),
    },
}  # fmt: skip
TRIALS = 9  # of the time that each takes
NEAR_DB = 0.2  # differences below this say nothing: seeds differ by as much


def candidates(preset: Preset) -> Iterator[dict[str, Any]]:
    """The preset's settings, then with one change at a time."""
    settings = Settings(preset=preset)
    chosen = {name: getattr(settings, name) for name in NAMES}
    yield chosen
    for name, values in CHANGES[preset].items():
        for value in values:
            yield {**chosen, name: value}


def in_time_of(preset: Preset, values: dict[str, Any], workers: int) -> Settings:
    """What is run to try a candidate: as many epochs as take the time of the preset's."""
    grid: dict[str, Any] = {**GRIDS[preset], "n_test": 2, "workers": workers}
    chosen = Settings(preset=preset, **grid)
    tried = Settings(preset=preset, **grid, **values)
    if tried == chosen:
        return chosen
    cells = [chosen.cells[0], tried.cells[0]] * TRIALS
    with ThreadPoolExecutor(workers) as side_by_side:
        trials = list(side_by_side.map(seconds_an_epoch, cells))
    epochs = chosen.epochs * median(trials[::2]) / median(trials[1::2])
    return tried.model_copy(update={"epochs": round(epochs)})


def seconds_an_epoch(cell: Cell) -> float:
    """The core-seconds of an epoch, tried here."""
    training = cell.training.model_copy(update={"epochs": 1, "fresh": False})  # to draw them is not tried
    sizes = split_sizes(cell.level.dataset.n_signals)
    return training_seconds(cell.depth, cell.network, training, *sizes, cell.level.dataset.signal_length)


def score(settings: Settings) -> dict[str, float]:
    """What came of it: epochs, core-seconds of training and validation errors over the Bayes floor."""
    folder = report_of(settings).parent
    cells = pd.read_parquet(folder / "results.parquet")
    floors = pd.read_parquet(folder / "limits.parquet").set_index("alpha")["mmse"]
    above = decibels(cells["validation_mse"].to_numpy(), cells["alpha"].map(floors).to_numpy())
    by_alpha = cells.assign(above=above).groupby("alpha")["above"].mean()
    return {
        "epochs": settings.epochs,
        "core_seconds": round(cells["train_seconds"].sum(), 1),
        "validation_db_above_mmse": round(by_alpha.mean(), 2),
        **{f"at_{alpha}": round(db, 2) for alpha, db in by_alpha.items()},
    }


def main(workers: int) -> None:
    """Try what was not tried yet."""
    rows: list[dict[str, Any]] = pd.read_csv(TRIED).to_dict("records") if TRIED.exists() else []
    done = {label(row) for row in rows}
    for preset in GRIDS:
        for values in candidates(preset):
            row = row_of(preset, values)
            if label(row) in done:
                continue
            settings = in_time_of(preset, values, workers)
            if launch(settings):
                sys.exit(f"{settings.study}: this could not be tried")
            row |= score(settings)
            print(row)
            rows.append(row)
            table = pd.DataFrame(rows).sort_values(["preset", "validation_db_above_mmse"])
            table.to_csv(TRIED, index=False)


def row_of(preset: Preset, values: dict[str, Any]) -> dict[str, Any]:
    """A candidate as a row of the table: there is one depth."""
    (depth,) = values["depths"]
    return {"preset": preset, **values, "depths": depth}


def label(row: dict[str, Any]) -> tuple[Any, ...]:
    """What tells candidates apart."""
    return (row["preset"], *(row[name] for name in NAMES))


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 2)
