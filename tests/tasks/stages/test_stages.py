"""The stages' bodies, run without a server: real files in, real files out."""

import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import torch
from prefect.client.schemas.objects import State, StateType

from denoising.models.model_file import from_bytes
from denoising.models.networks_made import network_of
from denoising.networks.autoencoder import denoise
from denoising.networks.settings import NetworkSettings, TrainingSettings
from denoising.networks.training import DivergedError, StoppedError, TimeLimitError, Training
from denoising.signals.dataset import generate_fresh
from denoising.signals.settings import DatasetSettings
from denoising.study.cell import Cell
from denoising.study.level import SinusoidLevel
from flows.graph import of_level, of_network, to_train
from tasks.cache.record import DamagedError, Record
from tasks.cache.sources import ROOT
from tasks.cache.store import Store
from tasks.formats import frames, signals
from tasks.formats.parquet import table_from_parquet
from tasks.run.child import KilledError
from tasks.run.progress import Run
from tasks.run.task import OutOfMemoryError, can_pass, produce, task_of
from tasks.stages.evaluate import evaluate
from tasks.stages.generate import generate
from tasks.stages.split import split
from tasks.stages.train import train

DATASET = DatasetSettings(n_signals=20, n_test=10, signal_length=32)
LEVEL = SinusoidLevel(DATASET, 0.2)
NETWORK = NetworkSettings(channels=4)
TRAINING = TrainingSettings(epochs=3, batch_size=8)


@pytest.fixture
def run(tmp_path: Path) -> Run:
    opened = Run(tmp_path / "runs" / "1")
    opened.folder.mkdir(parents=True)
    return opened


def cell_of(depth: int, seed: int = 0, **changes: object) -> Cell:
    return Cell(depth, LEVEL, seed, NETWORK, TRAINING.model_copy(update=changes))


def make_dataset(store: Store, run: Run, **changes: object) -> Record:
    level = SinusoidLevel(DATASET.model_copy(update=changes), 0.2)
    generating, splitting = (of_level(stage, level, {level: "alpha=0.2"}) for stage in (generate, split))
    return produce(splitting, store, run, {"generated": produce(generating, store, run, {})})


def train_cell(cell: Cell, dataset: Record, store: Store, run: Run) -> Record:
    return produce(to_train(cell), store, run, {"dataset": dataset})


def evaluate_cell(cell: Cell, dataset: Record, trained: Record, store: Store, run: Run) -> Record:
    return produce(of_network(evaluate, cell), store, run, {"dataset": dataset, "trained": trained})


def contents(record: Record) -> dict[str, tuple[str, int, str]]:
    """What a stage wrote and where, whenever it did."""
    return {name: (o["path"], o["bytes"], o["sha256"]) for name, o in record["outputs"].items()}


def test_files_lie_where_the_contract_says_and_hold_what_it_says(store: Store, run: Run) -> None:
    dataset = make_dataset(store, run)
    folder = store.data / DATASET.folder / "alpha=0.2"
    assert {path.name for path in folder.iterdir()} == {"train.parquet", "validation.parquet", "test.parquet"}
    assert (store.data / "generated" / DATASET.folder / "alpha=0.2").is_dir()
    table = pd.read_parquet(store.data / DATASET.folder)
    assert table["split"].value_counts().to_dict() == {"train": 14, "validation": 6, "test": 10}
    assert table["signal_id"].is_unique
    assert set(table.columns) == {"signal_id", "split", "f1", "f2", "clean", "noisy", "alpha"}
    assert table_from_parquet(store.read(dataset["outputs"]["train"])).schema.metadata.keys() == {
        b"denoising"
    }


@pytest.mark.parametrize(
    ("change", "same"), [({"n_test": 7}, {"train", "validation"}), ({"n_signals": 31}, {"test"})]
)
def test_signals_that_a_setting_does_not_decide_stay_as_they_are(
    store: Store, run: Run, change: dict[str, object], same: set[str]
) -> None:
    base, changed = (make_dataset(store, run, **changes)["outputs"] for changes in ({}, change))
    assert {name for name in base if base[name]["sha256"] == changed[name]["sha256"]} == same


def test_stages_give_the_same_files_whenever_and_wherever_they_run(
    store: Store, run: Run, tmp_path: Path
) -> None:
    cell = cell_of(2, seed=1)
    elsewhere = Store(tmp_path / "d", tmp_path / "a")
    train_cell(cell_of(3), make_dataset(elsewhere, run), elsewhere, run)
    records = []
    for place in (store, elsewhere):
        dataset = make_dataset(place, run)
        trained = train_cell(cell, dataset, place, run)
        records.append([dataset, trained, evaluate_cell(cell, dataset, trained, place, run)])
    for ours, theirs in zip(*records, strict=True):
        assert contents(ours) == contents(theirs)
        assert ours["key"] == theirs["key"]


def test_training_on_fresh_signals_sees_those_of_its_alpha_and_seed(store: Store, run: Run) -> None:
    cell = cell_of(2, seed=3, fresh=True)
    trained = train_cell(cell, make_dataset(store, run), store, run)
    network = network_of(*from_bytes(store.read(trained["outputs"]["last"])))
    last = generate_fresh(DATASET, 0.2, 14, 3, TRAINING.epochs - 1)
    error = denoise(network, torch.from_numpy(last.noisy)).numpy().astype(float) - last.clean
    history = frames.from_parquet(store.read(trained["outputs"]["history"]))
    assert history["train_mse"].iloc[-1] == pytest.approx(np.mean(error**2), rel=1e-6)


def test_kept_weights_rebuild_the_network_that_was_measured(store: Store, run: Run) -> None:
    cell = cell_of(2)
    dataset = make_dataset(store, run)
    trained = train_cell(cell, dataset, store, run)
    evaluated = evaluate_cell(cell, dataset, trained, store, run)
    network = network_of(*from_bytes(store.read(trained["outputs"]["last"])))
    for name, metric in [("test", "test_mse"), ("validation", "validation_mse")]:
        split = signals.from_parquet(store.read(dataset["outputs"][name]))[name]
        with torch.no_grad():
            error = network(torch.from_numpy(split.noisy)).numpy().astype(float) - split.clean
        assert store.read_json(evaluated["outputs"]["metrics"])[metric] == pytest.approx(np.mean(error**2))
    history = frames.from_parquet(store.read(trained["outputs"]["history"]))
    assert history["epoch"].tolist() == [0, 1, 2]
    metrics = store.read_json(evaluated["outputs"]["metrics"])
    assert history["validation_mse"].iloc[-1] == pytest.approx(metrics["validation_mse"], rel=1e-6)


def test_a_stage_does_not_read_a_damaged_input(store: Store, run: Run) -> None:
    dataset = make_dataset(store, run)
    path = store.resolve(dataset["outputs"]["train"]["path"])
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    with pytest.raises(DamagedError, match=r"train\.parquet"):
        train_cell(cell_of(2), dataset, store, run)


def test_a_stopped_run_ends_its_training_and_keeps_no_result(store: Store, run: Run) -> None:
    dataset = make_dataset(store, run)
    run.close()
    with pytest.raises(StoppedError):
        train_cell(cell_of(2), dataset, store, run)
    assert not (store.artifacts / "cells").exists()


def test_a_training_that_is_cut_short_goes_on_from_its_checkpoint_and_ends_the_same(
    store: Store, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cell = cell_of(3)
    undisturbed = train_cell(cell, make_dataset(store, run), store, run)
    elsewhere = Store(tmp_path / "d", tmp_path / "a")
    dataset = make_dataset(elsewhere, run)
    keeping = replace(run, checkpoint_seconds=0)
    measured: list[int] = []
    measure = Training.measure

    def give_out(training: Training, *arguments: Any) -> float:
        measured.append(len(training.history))
        if len(measured) == 3:
            raise OSError(5, "Input/output error")
        return measure(training, *arguments)

    monkeypatch.setattr(Training, "measure", give_out)
    with pytest.raises(OSError, match="Input/output"):
        train_cell(cell, dataset, elsewhere, keeping)
    [checkpoint] = elsewhere.artifacts.rglob("checkpoint")
    resumed = train_cell(cell, dataset, elsewhere, keeping)
    assert measured == [0, 1, 2, 2, 2], "the epochs that were done are not done again"
    assert contents(resumed) == contents(undisturbed)
    assert resumed["values"]["train_seconds"] > 0
    assert not checkpoint.exists()


def test_a_damaged_checkpoint_is_not_taken(store: Store, run: Run) -> None:
    store.write_checkpoint("artifacts/c", b"the state of a training, which is rather longer than its digest")
    path = store.artifacts / "c"
    whole = path.read_bytes()
    for damaged in (b"", whole[:-1], whole[:40] + b"x" + whole[41:], whole[8:]):
        path.write_bytes(damaged)
        assert store.read_checkpoint("artifacts/c") is None
    path.unlink()
    assert store.read_checkpoint("artifacts/c") is None


@pytest.mark.parametrize(
    "error",
    [MemoryError(), RuntimeError("[enforce fail at alloc_cpu.cpp:121] DefaultCPUAllocator: can't allocate")],
)
def test_want_of_memory_is_told_with_a_remedy(
    store: Store, run: Run, error: Exception, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise error

    monkeypatch.setattr(Training, "measure", fail)
    with pytest.raises(OutOfMemoryError, match="use fewer workers"):
        train_cell(cell_of(2), make_dataset(store, run), store, run)


def failed(error: BaseException) -> State[None]:
    return State(type=StateType.FAILED, data=error)


@pytest.mark.parametrize(
    "error",
    [OSError(28, "No space left on device"), TimeLimitError(), MemoryError(), OutOfMemoryError(),
     KilledError()],
)  # fmt: skip
def test_what_can_pass_is_retried(error: Exception) -> None:
    assert can_pass(task_of(train), None, failed(error))


@pytest.mark.parametrize(
    "error",
    [ValueError("n_signals"), DivergedError(), StoppedError(), DamagedError(), PermissionError(),
     RuntimeError(), FileNotFoundError()],
)  # fmt: skip
def test_what_cannot_pass_is_not_retried(error: Exception) -> None:
    assert not can_pass(task_of(train), None, failed(error))


def test_stages_that_start_at_once_import_one_after_the_other() -> None:
    program = """
import sys, threading
from flows.graph import STAGES
from tasks.cache.code import import_as_read

assert not {"scipy", "torch", "matplotlib"} & sys.modules.keys()
named = [(stage.module, "denoising.denoisers.savitzky_golay") for stage in STAGES.values() for _ in range(2)]
threads = [threading.Thread(target=import_as_read, args=modules) for modules in named]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
assert {"scipy.signal", "torch", "matplotlib", *(module for module, _ in named)} <= sys.modules.keys()
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, cwd=ROOT)
    assert (done.returncode, done.stderr) == (0, "")
