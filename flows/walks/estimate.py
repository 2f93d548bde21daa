"""How long a run will take, before it starts."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor

from denoising.networks.settings import TrainingSettings
from denoising.study.cell import BASE
from flows.settings.grid import Grid
from flows.settings.study_settings import StudySettings
from flows.walks.plan import make_plan

# What has no part in what an epoch takes.
ALIKE = TrainingSettings.model_validate({}).model_dump(
    include={"objective", "blind", "fresh", "learning_rate", "schedule"}
)


def core_seconds(settings: StudySettings) -> float:
    """The core-seconds of training that a run has before it; 0 if every network is cached.

    Where threads train them, networks are tried side by side as well: caches and the interpreter's lock,
    which they share, slow them.
    """
    by_name = {str(cell): (grid, cell.depth) for cell, grid in settings.cells.items()}
    steps = [step for step in make_plan(settings).steps if step.stage == "train" and step.status != "cached"]
    epochs: Counter[tuple[Grid, int]] = Counter()
    for step in steps:
        grid, depth = by_name[step.of]
        epochs[alike(grid), depth] += grid.training.epochs
    at_once = settings.workers if settings.runner == "threads" else 1
    with ThreadPoolExecutor(at_once) as side_by_side:
        an_epoch = side_by_side.map(lambda kind: core_seconds_of_one(*kind), epochs)
        return sum(number * seconds for number, seconds in zip(epochs.values(), an_epoch, strict=True))


def alike(grid: Grid) -> Grid:
    """A grid of one epoch that stands for all whose epochs take as long."""
    kind = grid.training.model_copy(update={**ALIKE, "epochs": 1})
    return Grid(grid.dataset, grid.network, kind, (), (), (), BASE)


def core_seconds_of_one(grid: Grid, depth: int) -> float:
    """The core-seconds of training one network of a depth, cached or not.

    A few steps are tried; drawing fresh signals counts for nothing.
    """
    from denoising.cost import training_seconds
    from denoising.signals.dataset import split_sizes

    sizes = split_sizes(grid.dataset.n_signals)
    return training_seconds(depth, grid.network, grid.training, *sizes, grid.dataset.signal_length)
