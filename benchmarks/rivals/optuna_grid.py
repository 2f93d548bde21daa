"""The notebook's cells as the trials of an Optuna study: a process a core, one thread each.

python -m benchmarks.rivals.optuna_grid FOLDER [OPTIONS OF THE SWEEP]

Optuna's documentation recommends processes over `n_jobs`, which is threads, where the objective is bound by
the CPU; they share a study through a journal file. It also recommends a seed for GridSampler, which decides
the order of the trials.
"""

import sys
from collections.abc import Mapping, Sequence
from functools import partial
from multiprocessing import Pool
from pathlib import Path
from typing import Any

import optuna
import torch
from optuna.storages import JournalStorage
from optuna.storages.journal import JournalFileBackend
from optuna.study import MaxTrialsCallback
from optuna.trial import TrialState

from benchmarks.contest import settings_of
from benchmarks.rivals.notebook import Pairs, load, run_cell
from benchmarks.rivals.results import Result, write
from denoising.signals.dataset import Split
from denoising.study.variants import cells_of, levels_of
from flows.settings.study_settings import CORES
from flows.settings.sweep_settings import Settings


def study_in(folder: Path, settings: Settings) -> Any:
    """The study that the processes share."""
    axes = {"depth": settings.depths, "alpha": settings.alphas, "seed": settings.seeds}
    return optuna.create_study(
        study_name="sweep",
        storage=JournalStorage(JournalFileBackend(str(folder / "journal.log"))),
        sampler=optuna.samplers.GridSampler(axes, seed=1),
        load_if_exists=True,
    )


def objective(trial: Any, settings: Settings, signals: Mapping[float | None, Mapping[Split, Pairs]]) -> float:
    """Train and test the network of a cell."""
    depth = trial.suggest_categorical("depth", settings.depths)
    alpha = trial.suggest_categorical("alpha", settings.alphas)
    seed = trial.suggest_categorical("seed", settings.seeds)
    values = settings.model_dump()
    (cell,) = cells_of(values, [depth], levels_of(values, [alpha]), [seed])
    result = run_cell(cell, signals[alpha])
    trial.set_user_attr("validation_mse", result.validation_mse)
    return result.test_mse


def optimise(_: int, folder: Path, settings: Settings) -> None:
    """Be one of the processes: run trials until each cell has been begun by somebody."""
    torch.set_num_threads(1)
    signals = {level.alpha: load(level) for level in settings.compared}
    begun = MaxTrialsCallback(len(settings.cells), states=(TrialState.COMPLETE, TrialState.RUNNING))
    study = study_in(folder, settings)
    study.optimize(partial(objective, settings=settings, signals=signals), callbacks=[begun])


def main(folder: Path, options: Sequence[str]) -> None:
    """Run the study."""
    folder.mkdir(parents=True, exist_ok=True)
    settings = settings_of(options)
    with Pool(CORES) as pool:
        pool.map(partial(optimise, folder=folder, settings=settings), range(CORES))
    trials = study_in(folder, settings).get_trials(states=(TrialState.COMPLETE,))
    results = {
        tuple(trial.params.values()): Result(
            **trial.params, test_mse=trial.value, validation_mse=trial.user_attrs["validation_mse"]
        )
        for trial in trials
    }
    write(list(results.values()), folder)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:])
