"""The notebook's cells side by side: joblib with a process a core and one thread each.

python -m benchmarks.rivals.joblib_pool FOLDER [OPTIONS OF THE SWEEP]
"""

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import torch
from joblib import Parallel, delayed

from benchmarks.contest import settings_of
from benchmarks.rivals.notebook import Pairs, load, run_cell
from benchmarks.rivals.results import Result, write
from denoising.signals.dataset import Split
from denoising.study.cell import Cell
from flows.settings.study_settings import CORES


def run_on_one_thread(cell: Cell, signals: Mapping[Split, Pairs]) -> Result:
    """Train and test the network of a cell on one core."""
    torch.set_num_threads(1)
    return run_cell(cell, signals)


def main(folder: Path, options: Sequence[str]) -> None:
    """Run the study, deepest networks first, as they take longest."""
    settings = settings_of(options)
    signals = {level: load(level) for level in settings.compared}
    cells = sorted(settings.cells, key=lambda cell: -cell.cost)
    runs = (delayed(run_on_one_thread)(cell, signals[cell.level]) for cell in cells)
    write(Parallel(n_jobs=CORES)(runs), folder)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:])
