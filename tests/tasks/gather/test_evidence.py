"""What is found by running the networks of the controlled study once more."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest
import torch

from denoising.denoisers.network import Network
from denoising.measure.evaluation import evaluate
from denoising.measure.metrics import mse
from denoising.networks.autoencoder import Autoencoder
from denoising.networks.settings import NetworkSettings, TrainingSettings
from denoising.signals.dataset import generate
from denoising.signals.settings import DatasetSettings
from denoising.study.cell import Cell
from denoising.study.level import SinusoidLevel
from denoising.verdict.conduct import BEST, LINEAR, ORIGINALS, RESCALED
from denoising.verdict.design import Design
from denoising.verdict.evidence import PROBED, Evidence
from denoising.verdict.probe import CONDITIONS, TRAINED
from tasks.cache.record import Made, Outcome, Output, record_of
from tasks.cache.store import Store
from tasks.formats import frames
from tasks.gather.evidence import probe
from tests.tasks.networks import written

BASE = {"signals": "pictures", "n_signals": 2, "n_test": 30, "signal_length": 64, "data_seed": 0}
DATASET = DatasetSettings(**BASE)  # type: ignore[arg-type]
DESIGN = Design(depths=(2, 6), alphas=(0.2,), seeds=(0, 1))
ALPHA = 0.2
TEST = generate(DATASET, ALPHA, "test")
SHALLOW = Cell(2, SinusoidLevel(DATASET, ALPHA), 0, NetworkSettings(channels=2), TrainingSettings())
CELLS = (SHALLOW, replace(SHALLOW, seed=1), replace(SHALLOW, depth=6))


def network(cell: Cell) -> Autoencoder:
    """A cell's network: random weights that depend on the cell."""
    generator = torch.Generator().manual_seed(10 * cell.depth + cell.seed)
    return Autoencoder(depth=cell.depth, channels=2, kernel_size=3, signal_length=64, generator=generator)


def outcome(cell: Cell, outputs: dict[str, Output]) -> Outcome:
    record = record_of("", {}, [], {}, Made(outputs))
    return Outcome(axes=cell.columns, record=record, failure=None)


def trained(cell: Cell, store: Store) -> Outcome:
    """What a cell's training leaves."""
    folder = f"artifacts/cells/{cell.label}"
    shape = {"depth": cell.depth, "channels": 2, "kernel_size": 3, "signal_length": 64}
    last = written(shape, network(cell), TEST)
    return outcome(
        cell,
        {
            "last": store.write(f"{folder}/last.safetensors", last),
        },
    )


def evaluated(cell: Cell, store: Store) -> Outcome:
    """What a cell's evaluation leaves."""
    per_signal = frames.to_parquet(evaluate(Network(network(cell)).on, TEST, TEST).per_signal)
    path = f"artifacts/cells/{cell.label}/per_signal.parquet"
    return outcome(cell, {"per_signal": store.write(path, per_signal)})


def axes(cell: Cell) -> dict[str, Any]:
    return {"depth": cell.depth, "alpha": cell.alpha, "seed": cell.seed, "variant": cell.variant}


def found(cells: Sequence[Cell], store: Store, failed: Sequence[Cell] = ()) -> Evidence:
    """What is found of these cells, of which the shallower have the lower validation errors."""
    rows = [
        {
            **axes(c), "signals": "pictures", "objective": "denoising", "blind": False, "n_signals": 2,
            "validation_mse": 0.1 * c.depth, "test_mse": 0.1, "status": "done",
        }
        for c in cells
    ]  # fmt: skip
    lost = [{**axes(c), "status": "failed", "failure": "lost"} for c in failed]
    told = ("signals", "objective", "blind", "n_signals", "validation_mse", "test_mse", "status", "failure")
    columns = [*axes(SHALLOW), *told]
    evidence = Evidence(
        name="verdict-quick-0",
        settings={"preset": "quick", "base": BASE, "arms": []},
        design=DESIGN,
        results=pd.DataFrame([*rows, *lost], columns=columns),
        history=pd.DataFrame(),
        limits=pd.DataFrame(),
        baselines=pd.DataFrame(),
    )
    not_made = {c.label: Outcome(axes=c.columns, record=None, failure="lost") for c in failed}
    outcomes = {
        "train": {cell.label: trained(cell, store) for cell in cells} | not_made,
        "evaluate": {cell.label: evaluated(cell, store) for cell in cells} | not_made,
    }
    return probe(evidence, outcomes, store)


def test_every_denoiser_is_looked_at_with_its_reported_seeds(store: Store) -> None:
    evidence = found(CELLS, store)
    for name in ("filters", "local_filters"):
        table = getattr(evidence, name)
        assert list(table.columns) == list(PROBED[name])
        seeds = table.groupby("denoiser")["seed"].agg(lambda seeds: sorted(set(seeds.dropna())))
        shallow, _ = ORIGINALS
        assert seeds.to_dict() == {BEST: [0, 1], shallow: [0, 1], LINEAR: []}
        assert (table.groupby(["denoiser", "seed"], dropna=False).size() == 33).all()
    best = evidence.elsewhere[evidence.elsewhere["denoiser"] == BEST]
    assert set(best["variant"]) == {"base"}
    assert set(best["depth"]) == {2}
    assert set(evidence.elsewhere["denoiser"]) == {BEST, shallow, LINEAR, RESCALED}
    assert set(evidence.elsewhere["condition"]) == set(CONDITIONS)


def test_its_error_in_training_conditions_is_that_on_the_test_signals(store: Store) -> None:
    evidence = found(CELLS, store)
    rows = evidence.elsewhere
    own = rows[(rows["denoiser"] == BEST) & (rows["condition"] == TRAINED)].set_index("seed")["test_mse"]
    for seed in DESIGN.seeds:
        model = Network(network(replace(SHALLOW, seed=seed)))
        assert own[seed] == pytest.approx(mse(model(TEST.noisy), TEST.clean), rel=1e-6)
    bins = evidence.error_map
    assert np.average(bins["mse"], weights=bins["n"]) == pytest.approx(own.mean(), rel=1e-6)
    assert bins["n"].sum() == len(DESIGN.seeds) * len(TEST)


def test_the_example_is_the_same_for_all_and_of_the_median_noise(store: Store) -> None:
    table = found(CELLS, store).local_filters
    [signal_id] = set(table["signal_id"])
    errors = np.square(TEST.noisy - TEST.clean).mean(axis=1)
    row = int(np.flatnonzero(TEST.signal_id == signal_id)[0])
    assert (errors < errors[row]).sum() in (14, 15)
    assert set(table["f1"]) == {TEST.frequencies[row, 0]}


def test_what_failed_is_left_out(store: Store) -> None:
    one = found(CELLS[:1], store, failed=CELLS[1:])
    assert set(one.filters["seed"].dropna()) == {0}
    none = found((), store, failed=CELLS)
    for name, columns in PROBED.items():
        table = getattr(none, name)
        assert table.empty
        assert list(table.columns) == list(columns)


def test_the_signals_need_no_file(store: Store) -> None:
    found(CELLS[:1], store)
    assert not store.data.exists()
