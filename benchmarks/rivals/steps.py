"""The notebook's work in steps that leave files, each a process of its own, for Snakemake and DVC to run.

python -m benchmarks.rivals.steps data|train|evaluate|report FILE ... [OPTIONS OF THE SWEEP]

The last file is written, from those before; the options tell of one cell.
"""

import json
import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict
from itertools import takewhile
from pathlib import Path

from benchmarks.contest import settings_of
from flows.settings.sweep_settings import Settings

# Each step imports what it needs: a process that draws does not wait for torch.


def data(settings: Settings, signals: Path) -> None:
    """Make the signals of a noise level."""
    import torch

    from benchmarks.rivals.notebook import load

    (level,) = settings.compared
    torch.save(load(level), signals)


def train(settings: Settings, signals: Path, trained: Path) -> None:
    """Train the network of a cell."""
    import torch

    from benchmarks.rivals import notebook

    (cell,) = settings.cells
    network = notebook.build(cell)
    history = notebook.train(network, torch.load(signals), cell.training, cell.seed)
    torch.save({"weights": network.state_dict(), "validation_mse": history}, trained)


def evaluate(settings: Settings, signals: Path, trained: Path, result: Path) -> None:
    """Test the network of a cell."""
    import torch

    from benchmarks.rivals import notebook
    from benchmarks.rivals.results import Result

    (cell,) = settings.cells
    network = notebook.build(cell)
    found = torch.load(trained)
    network.load_state_dict(found["weights"])
    test = notebook.batches(torch.load(signals)["test"], cell.training.batch_size)
    test_mse = notebook.measure(network, test)
    told = Result(cell.depth, cell.alpha, cell.seed, test_mse, found["validation_mse"])
    result.write_text(json.dumps(asdict(told)))


def report(_: Settings, *paths: Path) -> None:
    """Draw the results of cells; the last path is a folder."""
    from benchmarks.rivals.results import Result, write

    *results, folder = paths
    write([Result(**json.loads(path.read_bytes())) for path in results], folder)


STEPS: dict[str, Callable[..., None]] = {"data": data, "train": train, "evaluate": evaluate, "report": report}


def run_step(name: str, paths: Sequence[str], options: Sequence[str]) -> None:
    """Run a step."""
    Path(paths[-1]).parent.mkdir(parents=True, exist_ok=True)
    STEPS[name](settings_of(options), *map(Path, paths))


if __name__ == "__main__":
    paths = list(takewhile(lambda word: not word.startswith("--"), sys.argv[2:]))
    run_step(sys.argv[1], paths, sys.argv[2 + len(paths) :])
