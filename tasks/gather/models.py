"""The best denoiser of each noise level of a study, ready for use."""

from collections.abc import Iterator
from dataclasses import replace

import pandas as pd

from denoising.models.model_file import FOLDER, SUFFIX, from_bytes, to_bytes
from denoising.study.decision import best_of_levels
from tasks.cache.record import Output
from tasks.cache.store import Store
from tasks.gather.tables import Outcomes, made

OF_CELL = ("dataset", "level", "depth", "seed", "variant")
OF_BASELINE = ("dataset", "level", "denoiser")


def best_models(
    study: str, results: pd.DataFrame, baselines: pd.DataFrame, outcomes: Outcomes, store: Store
) -> dict[str, bytes]:
    """Return the files of a study's best denoisers, by their paths in its folder.

    Args:
        study: its name, which the files tell.
        results: a row a cell.
        baselines: a row a classical denoiser and level; those that know too much of the signals are left out.
        outcomes: of the study's steps.
        store: the store.
    """
    networks = dict(files_of(outcomes, "train", "last", OF_CELL))
    classical = dict(files_of(outcomes, "baseline", "model", OF_BASELINE))
    known = [key in classical for key in keys(baselines, OF_BASELINE)]
    usable = baselines[pd.Series(known, baselines.index, dtype=bool)]
    found = {}
    for best in best_of_levels(results, usable):
        table, names, files = (
            (results, OF_CELL, networks) if best.is_network else (baselines, OF_BASELINE, classical)
        )
        key = keys(table.loc[[best.row]], names)[0]
        card, tensors = from_bytes(store.read(files[key]))
        found[f"{FOLDER}/{best.level}{SUFFIX}"] = to_bytes(replace(card, study=study), tensors)
    return found


def files_of(
    outcomes: Outcomes, stage: str, name: str, axes: tuple[str, ...]
) -> Iterator[tuple[tuple[object, ...], Output]]:
    """Yield the file of this name that each step of a stage made, by its axes."""
    for told, record in made(outcomes, stage):
        if name in record["outputs"]:
            yield tuple(told[axis] for axis in axes), record["outputs"][name]


def keys(rows: pd.DataFrame, axes: tuple[str, ...]) -> list[tuple[object, ...]]:
    """Return what tells each row from the others."""
    return list(rows[list(axes)].itertuples(index=False, name=None))
