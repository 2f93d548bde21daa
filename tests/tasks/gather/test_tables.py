"""The tables of a study, made from what real stages left."""

from pathlib import Path
from typing import Any

import pytest
from prefect.logging import disable_run_logger

from denoising.networks.settings import NetworkSettings, TrainingSettings
from denoising.signals.settings import DatasetSettings
from denoising.study.cell import Cell
from denoising.study.results import Study
from tasks.cache.key import dataset_name
from tasks.cache.record import Outcome, Record, StudyRecords
from tasks.cache.store import Store
from tasks.gather.tables import collect, signals_of_all
from tasks.run.progress import Run
from tasks.stages.baseline import baseline
from tasks.stages.evaluate import evaluate
from tasks.stages.generate import generate
from tasks.stages.limits import limits
from tasks.stages.split import split
from tasks.stages.train import train

ALPHA = 0.2
BASE = DatasetSettings(n_signals=20, n_test=10, signal_length=64)
DATASETS = {
    "base": BASE,
    "n_signals=30": BASE.model_copy(update={"n_signals": 30}),
    "signals=pictures": BASE.model_copy(update={"signals": "pictures"}),
}
NETWORK, TRAINING = NetworkSettings(channels=4), TrainingSettings(epochs=1, batch_size=8)
SETTINGS: dict[str, Any] = {
    **BASE.model_dump(), **NETWORK.model_dump(), **TRAINING.model_dump(),
    "alphas": [ALPHA], "depths": [1, 2], "seeds": [0],
}  # fmt: skip


def outcome(
    cell: Cell, trained: Record | None = None, evaluated: Record | None = None, failure: str | None = None
) -> Outcome:
    return Outcome(label=cell.label, axes=cell.axes, failure=failure, trained=trained, evaluated=evaluated)


@pytest.fixture
def study(store: Store, tmp_path: Path) -> Study:
    """A variant of each dataset; of each, depth 1 was trained and depth 2 failed."""
    run = Run(tmp_path / "runs" / "1")
    run.folder.mkdir(parents=True)
    records = StudyRecords(generated=[], datasets=[], limits=[], baselines=[], transfers=[], cells=[])
    with disable_run_logger():
        for variant, dataset in DATASETS.items():
            data = split.fn(dataset, ALPHA, generate.fn(dataset, ALPHA, store), store)
            cell, lost = Cell(1, ALPHA, 0, variant), Cell(2, ALPHA, 0, variant)
            trained = train.fn(cell, NETWORK, TRAINING, data, store, run)
            evaluated = evaluate.fn(cell, TRAINING, data, trained, store)
            records["datasets"].append(data)
            records["baselines"].append(baseline.fn("best_gain", dataset, ALPHA, data, store))
            records["cells"].append(outcome(cell, trained=trained, evaluated=evaluated))
            records["cells"].append(outcome(lost, failure="it was stopped"))
            if dataset.n_signals == BASE.n_signals:
                records["limits"].append(limits.fn(dataset, ALPHA, store))
    return collect("study-1", SETTINGS, records, store)


def test_every_table_tells_the_dataset_that_its_rows_rest_on(study: Study) -> None:
    names = {variant: dataset_name(dataset) for variant, dataset in DATASETS.items()}
    told = study.results.groupby("variant")["dataset"].unique().map(list)
    assert told.to_dict() == {variant: [name] for variant, name in names.items()}, "also where a cell failed"
    for table in (study.limits, study.baselines, study.baseline_examples, study.samples):
        assert set(table["dataset"]) == set(names.values())
    signals = signals_of_all(study)
    assert set(signals["dataset"]) == set(names.values())


def test_datasets_of_other_numbers_of_signals_share_their_limits(study: Study) -> None:
    mmse = study.limits.set_index("dataset")["mmse"]
    assert mmse[dataset_name(BASE)] == mmse[dataset_name(DATASETS["n_signals=30"])]
    assert mmse[dataset_name(BASE)] != mmse[dataset_name(DATASETS["signals=pictures"])]


def test_each_network_is_compared_with_the_limits_of_its_dataset(study: Study) -> None:
    done = study.results[study.results["status"] == "done"].set_index("dataset")
    mmse = study.limits.set_index("dataset")["mmse"]
    ratio = 10 ** (done["db_above_mmse"] / 10)
    assert (ratio * mmse).to_dict() == pytest.approx(done["test_mse"].to_dict())


def test_the_networks_of_each_variant_are_told(study: Study) -> None:
    assert set(study.architectures) == {(variant, 1) for variant in DATASETS}
