"""The tables of a study, made from what real stages left."""

import pytest

from denoising.study.results import Study
from flows.graph import graph_of
from flows.settings.sweep_settings import Settings
from tasks.cache.record import Outcome
from tasks.cache.stage import Step
from tasks.cache.store import Store
from tasks.gather.tables import collect, signals_of_all, with_signals
from tasks.run.progress import Run
from tasks.run.task import produce

SETTINGS = Settings(
    n_test=10, signal_length=64, alphas=(0.2,), depths=(1, 2), channels=4, epochs=1, batch_size=8,
    vary={"signals": ["formula", "pictures"], "n_signals": [20, 30]},
)  # fmt: skip
DATASETS = {cell.variant: cell.level.dataset for cell in SETTINGS.cells}


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Study:
    """A variant of each dataset; of each, depth 1 was trained and depth 2 failed."""
    folder = tmp_path_factory.mktemp("study")
    store, run = Store(folder / "data", folder / "artifacts"), Run(folder / "run")
    graph, outcomes = graph_of(SETTINGS), dict[Step, Outcome]()
    with run.open():
        for step in graph.steps[:-1]:
            lost = step.axes.get("depth") == 2
            records = {before: outcomes[before]["record"] for before in graph.before(step)}
            record = None if lost else produce(step, store, run, graph.inputs(step, records))
            outcomes[step] = Outcome(
                axes=dict(step.axes), record=record, failure="it was stopped" if lost else None
            )
    told = graph.inputs(graph.report, outcomes)
    return with_signals(collect("study-1", SETTINGS.science, told, store), told, store)


def test_every_table_tells_the_dataset_that_its_rows_rest_on(study: Study) -> None:
    names = {variant: dataset.folder for variant, dataset in DATASETS.items()}
    told = study.results.groupby("variant")["dataset"].unique().map(list)
    assert told.to_dict() == {variant: [name] for variant, name in names.items()}, "also where a cell failed"
    for table in (study.limits, study.baselines, study.baseline_examples, study.samples):
        assert set(table["dataset"]) == set(names.values())
    signals = signals_of_all(study)
    assert set(signals["dataset"]) == set(names.values())


def test_datasets_of_other_numbers_of_signals_share_their_limits(study: Study) -> None:
    mmse = study.limits.set_index("dataset")["mmse"]
    few, many, pictures, _ = (mmse[dataset.folder] for dataset in DATASETS.values())
    assert few == many != pictures


def test_each_network_is_compared_with_the_posterior_mean_on_its_own_test_signals(study: Study) -> None:
    done = study.results[study.results["status"] == "done"].set_index("dataset")
    bayes = study.baselines[study.baselines["denoiser"] == "bayes"].set_index("dataset")
    ratio = 10 ** (done["db_above_mmse"] / 10)
    assert (ratio * bayes["test_mse"]).to_dict() == pytest.approx(done["test_mse"].to_dict())
    assert bayes["db_above_mmse"].tolist() == [0] * len(DATASETS)


def test_the_networks_of_each_variant_are_told(study: Study) -> None:
    assert set(study.architectures) == {(variant, 1) for variant in DATASETS}
