"""The networks of a study that run in the page of its report."""

from collections.abc import Mapping
from math import isnan
from typing import Literal

import pandas as pd

from denoising.figures.grid import representative
from denoising.models.card import Card
from denoising.models.model_file import Tensors, from_bytes
from denoising.report.playground.held import FILTER, n_early_epochs
from denoising.report.playground.in_page import Playable
from denoising.signals.dataset import SignalSet
from tasks.cache.store import Store
from tasks.formats.signals import read_split
from tasks.formats.weights import by_epoch
from tasks.gather.models import OF_CELL, files_of, keys
from tasks.gather.tables import Outcomes, made

Axis = Literal["alpha", "snr"]  # what tells the noise levels apart


def networks_of(rows: pd.DataFrame, axis: Axis, outcomes: Outcomes, store: Store) -> list[Playable]:
    """Return networks with their weights; trainings of earlier versions have none of early epochs.

    Args:
        rows: of the results, those of the networks that a page holds.
        axis: the column of their noise levels.
        outcomes: of the study's steps.
        store: the store.
    """
    last, early = (dict(files_of(outcomes, "train", name, OF_CELL)) for name in ("last", "milestones"))
    n_early = n_early_epochs(rows)
    columns = rows[["variant", "depth", axis, "epochs"]].itertuples(index=False, name=None)
    return [
        Playable(
            variant, int(depth), float(level), int(epochs), *from_bytes(store.read(last[key])),
            milestones=some_of(by_epoch(store.read(early[key])), n_early) if n_early and key in early else {},
        )
        for key, (variant, depth, level, epochs) in zip(keys(rows, OF_CELL), columns, strict=True)
    ]  # fmt: skip


def some_of(milestones: Mapping[int, Tensors], most: int) -> dict[int, Tensors]:
    """Return the weights of at most so many of some epochs, the first one among them."""
    return {epoch: milestones[epoch] for epoch in representative(list(milestones), most)}


def filters_of(rows: pd.DataFrame, axis: Axis, outcomes: Outcomes, store: Store) -> dict[float, Card]:
    """Return the Savitzky-Golay filter of each noise level, for the dataset of the first one of the rows."""
    return {
        level_of(told[axis]): from_bytes(store.read(record["outputs"]["model"]))[0]
        for told, record in made(outcomes, "baseline")
        if told["denoiser"] == FILTER
        and "model" in record["outputs"]
        and told["dataset"] in set(rows["dataset"][:1])
    }


def windows_of(rows: pd.DataFrame, outcomes: Outcomes, store: Store) -> dict[float, SignalSet]:
    """Return the test windows of each noise level, of the recordings of the first one of the rows."""
    return {
        level_of(told["snr"]): read_split(record["outputs"]["test"], store)
        for told, record in made(outcomes, "mix")
        if told["dataset"] in set(rows["dataset"][:1])
    }


def level_of(value: float | None) -> float:
    """Return a noise level; 0 where no noise is added, so that none is told."""
    return 0.0 if value is None or isnan(value) else float(value)
