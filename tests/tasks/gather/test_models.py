"""The best denoisers of real small studies, as files that can be used."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from denoising.denoisers.catalogue import BASELINES
from denoising.models.classical import NOT_KNOWN
from denoising.models.loading import load
from denoising.models.model import Model, Models
from denoising.models.model_file import digest_of, from_bytes
from flows.graph import graph_of
from flows.settings.study_settings import StudySettings
from flows.settings.sweep_settings import Settings
from tasks.cache.code import load as denoiser
from tasks.cache.record import Outcome, Record
from tasks.cache.stage import Step
from tasks.cache.store import Store
from tasks.formats import signals
from tasks.gather.models import best_models
from tasks.gather.recordings import gather_recordings
from tasks.gather.tables import collect
from tasks.run.progress import Run
from tasks.run.task import produce
from tests.flows.recorded import electrocardiogram, small, write_csv
from tests.flows.sweeps import read

pytestmark = pytest.mark.slow  # two small studies are run

STUDY = "study-1"
SWEEP = Settings(
    n_signals=40, n_test=12, signal_length=64, alphas=(0.1, 0.3), depths=(1, 2), channels=4, epochs=2,
    batch_size=8, seeds=(0, 1),
)  # fmt: skip
KINDS = ("sinusoids", "recordings")
Outcomes = Mapping[str, Mapping[str, Outcome]]


@dataclass(frozen=True)
class Ran:
    """A study whose steps were run, but for its report."""

    settings: StudySettings
    store: Store
    outcomes: Outcomes

    @property
    def data(self) -> str:
        """The stage that makes its signals."""
        return "split" if "split" in self.outcomes else "mix"

    def records(self, stage: str, level: str) -> list[Record]:
        """Those of a stage at a level that ended well."""
        every = self.outcomes[stage].values()
        return [told["record"] for told in every if told["axes"]["level"] == level and told["record"]]

    def without(self, *stages: str) -> "Ran":
        """The same study if all steps of some stages had failed."""
        lost = {
            stage: {
                name: Outcome(axes=told["axes"], record=None, failure="stopped") for name, told in of.items()
            }
            for stage, of in self.outcomes.items()
            if stage in stages
        }
        return Ran(self.settings, self.store, {**self.outcomes, **lost})

    def best(self) -> tuple[dict[str, bytes], pd.DataFrame, pd.DataFrame]:
        """The files of the best denoisers by their names, and the tables of networks and of others."""
        gather: Any = collect if self.data == "split" else gather_recordings
        study = gather(STUDY, self.settings.science, self.outcomes, self.store)
        found = best_models(STUDY, study.results, study.baselines, self.outcomes, self.store)
        return found, study.results, study.baselines


def run_study(settings: StudySettings, folder: Path, *, networks_only: bool = False) -> Ran:
    """Run the steps of a study one after the other; with networks only, the others fail."""
    store, run = Store(folder / "data", folder / "artifacts"), Run(folder / "run")
    graph, outcomes = graph_of(settings), dict[Step, Outcome]()
    with run.open():
        for step in graph.steps[:-1]:
            is_lost = networks_only and step.stage.name in ("baseline", "limits")
            records = {before: outcomes[before]["record"] for before in graph.before(step)}
            record = None if is_lost else produce(step, store, run, graph.inputs(step, records))
            outcomes[step] = Outcome(axes=dict(step.axes), record=record, failure="" if is_lost else None)
    return Ran(settings, store, graph.inputs(graph.report, outcomes))


@pytest.fixture(scope="module")
def studies(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Ran]:
    folder = tmp_path_factory.mktemp("studies")
    file = write_csv(folder / "ecg.csv", electrocardiogram()[:7200])
    arguments = small(folder, "--signals", file, "--snr", "0", "10")
    return {
        "sinusoids": run_study(SWEEP, folder / "sweep"),
        "recordings": run_study(read(arguments), folder / "recordings"),
    }


def test_only_what_can_be_used_on_any_signals_is_kept(studies: dict[str, Ran]) -> None:
    for ran in studies.values():
        for name, told in ran.outcomes["baseline"].items():
            record = told["record"]
            assert record
            path = ran.settings.baselines[told["axes"]["denoiser"]]
            usable = NOT_KNOWN.isdisjoint(denoiser(path).told)
            assert ("model" in record["outputs"]) == (usable and bool(record["outputs"])), name


@pytest.mark.parametrize(
    "lost", [(), ("baseline",), ("train", "evaluate")], ids=["all", "networks", "others"]
)
@pytest.mark.parametrize("kind", KINDS)
def test_the_best_of_each_level_is_kept_with_the_name_of_the_study_and_has_the_error_of_its_tables(
    kind: str, lost: tuple[str, ...], studies: dict[str, Ran], tmp_path: Path
) -> None:
    ran = studies[kind].without(*lost)
    files, results, baselines = ran.best()
    levels = list(dict.fromkeys(results["level"]))
    assert sorted(files) == sorted(f"models/{level}.safetensors" for level in levels)
    for path, content in files.items():
        (tmp_path / path).parent.mkdir(exist_ok=True)
        (tmp_path / path).write_bytes(content)
    found = load(tmp_path)
    assert isinstance(found, Models)
    assert all(model.card.study == STUDY for model in found.models)
    for model in found.models:
        card, level = model.card, model.card.level
        is_network = card.kind == "network"
        assert is_network or lost != ("baseline",)
        assert not is_network or lost != ("train", "evaluate")
        networks = results[(results["level"] == level) & results["validation_mse"].notna()]
        usable = [name for name in baselines["denoiser"] if NOT_KNOWN.isdisjoint(told_of(ran, name))]
        others = baselines[(baselines["level"] == level) & baselines["denoiser"].isin(usable)]
        if is_network:
            [row] = networks.index[
                (networks["depth"] == card.design["depth"])
                & (networks["validation_mse"] == of_row(ran, model)["validation_mse"])
            ]
            medians = networks.groupby("depth")["validation_mse"].median()
            assert medians[card.design["depth"]] == medians.min()
            assert not len(others) or medians.min() <= others["validation_mse"].min()
            expected = networks.loc[row]
        else:
            expected = others.loc[others["validation_mse"].idxmin()]
            assert ran.settings.baselines[expected["denoiser"]] == card.denoiser
        assert mse_by(ran, model, "test") == pytest.approx(expected["test_mse"], rel=1e-6)
        assert mse_by(ran, model, "validation") == pytest.approx(expected["validation_mse"], rel=1e-6)


def told_of(ran: Ran, name: str) -> tuple[str, ...]:
    told: tuple[str, ...] = denoiser(ran.settings.baselines[name]).told
    return told


def of_row(ran: Ran, model: Model) -> dict[str, Any]:
    """What was measured of the cell whose network a model is; their files have one digest."""
    for label, told in ran.outcomes["train"].items():
        assert told["record"]
        card, tensors = from_bytes(ran.store.read(told["record"]["outputs"]["last"]))
        if digest_of(card.as_json(), tensors) == model.digest:
            assert card.study == "", "a cell may be that of several studies"
            assert card.as_json() | {"study": STUDY} == model.card.as_json()
            evaluated = ran.outcomes["evaluate"][label]["record"]
            assert evaluated
            metrics: dict[str, Any] = ran.store.read_json(evaluated["outputs"]["metrics"])
            return metrics
    raise AssertionError("it is no network of this study")


def mse_by(ran: Ran, model: Model, part: str) -> float:
    """The error of a model that is used window by window, at the centre and scale of each window."""
    [dataset] = ran.records(ran.data, model.card.level) or [None]
    assert dataset
    some = signals.from_parquet(ran.store.read(dataset["outputs"][part]))[part]
    n, alpha = len(some), model.card.data.get("alpha")
    centre = np.zeros(n) if some.centre is None else some.centre
    scale = np.full(n, model.card.reference) if some.scale is None else some.scale
    size = 1.0 if alpha is None else 1 - alpha  # of sinusoids in the noisy signal, at which they are left
    denoised = np.array(
        [
            model.denoise(row, model.card.rate, centre=c, scale=s, overlap=0)
            for row, c, s in zip(some.noisy.astype(float), centre, scale, strict=True)
        ]
    )
    return float(np.square(denoised / size - some.clean).mean())


def test_a_network_of_every_objective_is_used_as_it_was_measured(tmp_path: Path) -> None:
    """Some were trained at another scale than the one at which they are used."""
    vary = {"objective": ["plain", "plain_on_clean", "noise2noise", "blind_spot"]}
    few = SWEEP.model_dump() | {"alphas": (0.3,), "depths": (1,), "seeds": (0,), "epochs": 1, "vary": vary}
    ran = run_study(Settings(**few), tmp_path, networks_only=True)
    objectives = set()
    for label, told in ran.outcomes["train"].items():
        evaluated = ran.outcomes["evaluate"][label]["record"]
        assert told["record"]
        assert evaluated
        file = ran.store.resolve(told["record"]["outputs"]["last"]["path"])
        model = load(file)
        assert isinstance(model, Model)
        metrics = ran.store.read_json(evaluated["outputs"]["metrics"])
        assert mse_by(ran, model, "test") == pytest.approx(metrics["test_mse"], rel=1e-6)
        objectives.add(model.card.objective)
    assert objectives == set(vary["objective"])


def test_a_study_in_which_everything_failed_keeps_no_model(studies: dict[str, Ran]) -> None:
    for ran in studies.values():
        assert ran.without("train", "evaluate", "baseline").best()[0] == {}


def test_tests_choose_nothing(studies: dict[str, Ran]) -> None:
    """With any other errors on the test signals, the same denoisers are chosen."""
    for ran in studies.values():
        files, results, baselines = ran.best()
        other = [rows.assign(test_mse=1 / rows["validation_mse"]) for rows in (results, baselines)]
        assert best_models(STUDY, *other, ran.outcomes, ran.store) == files


def test_cards_tell_where_their_signals_are_from(studies: dict[str, Ran]) -> None:
    for kind, ran in studies.items():
        for content in ran.best()[0].values():
            card, _ = from_bytes(content)
            assert card.window == 64
            if kind == "recordings":
                assert (card.signals, card.rate, card.unit) == ("recordings", 360.0, "mV")
                assert card.level == f"snr={card.snr:g}"
            else:
                assert (card.signals, card.rate) == ("formula", None)
                assert card.level == f"alpha={card.data['alpha']:g}"
            assert card.denoiser in ("", *BASELINES.values(), *ran.settings.baselines.values())
