import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from denoising.denoisers.catalogue import BASELINES
from denoising.networks.settings import NetworkSettings, TrainingSettings
from denoising.signals.settings import DatasetSettings
from denoising.study.cell import Cell
from denoising.study.level import SinusoidLevel
from denoising.study.variants import GROUPS
from flows.graph import (
    Graph,
    graph_of,
    level_names,
    of_level,
    of_network,
    to_compare,
    to_limit,
    to_train,
)
from flows.settings.study_settings import StudySettings
from flows.settings.sweep_settings import Settings
from tasks.cache import key as keys
from tasks.cache.code import code_of
from tasks.cache.key import Key, key_of
from tasks.cache.record import Made, Outcome, Output, Record, parse_record, record_of
from tasks.cache.stage import Step
from tasks.stages.evaluate import evaluate
from tasks.stages.generate import generate
from tasks.stages.report import ReportSettings, report
from tasks.stages.split import split
from tasks.stages.transfer import transfer
from tasks.stages.verdict import verdict

DATASET = DatasetSettings()
LEVEL = SinusoidLevel(DATASET, 0.2)
CELL = Cell(4, LEVEL, 0, NetworkSettings(), TrainingSettings())
DIGESTS = {"last": "l", "best": "b", "history": "h"}


def record(key: str = "split/x/1", **digests: str) -> Record:
    outputs = {
        name: Output(path=f"data/{name}", bytes=1, sha256=digest, state="")
        for name, digest in digests.items()
    }
    ingredients = {"settings": {**DATASET.model_dump(), "alpha": 0.2}, "when": "ignored"}
    return record_of(key, ingredients, [], {}, Made(outputs, {"train_seconds": 1.0}))


SPLIT = record(train="a", validation="b", test="c")


def train_key(cell: Cell = CELL, dataset: Record = SPLIT) -> str:
    return str(key_of(to_train(cell), {"dataset": dataset}))


def trained_with(**changes: Any) -> Cell:
    return replace(CELL, training=CELL.training.model_copy(update=changes))


def level_key(make: Any, level: SinusoidLevel = LEVEL, **inputs: Record) -> str:
    return str(key_of(make(level, level_names([level])), inputs))


def generate_key(level: SinusoidLevel = LEVEL) -> str:
    return level_key(lambda *level: of_level(generate, *level), level)


def split_key(generated: Record) -> str:
    return level_key(lambda *level: of_level(split, *level), generated=generated)


def evaluate_key(cell: Cell = CELL, dataset: Record = SPLIT, **digests: str) -> str:
    inputs = {"dataset": dataset, "trained": record(**{**DIGESTS, **digests})}
    return str(key_of(of_network(evaluate, cell), inputs))


def test_keys_read_well() -> None:
    assert train_key().startswith("train/depth=4,alpha=0.2,seed=0/")
    assert generate_key(SinusoidLevel(DATASET, 0.1)).startswith("generate/formula,alpha=0.1/")
    assert replace(CELL, variant="skips=true").label == "depth=4,alpha=0.2,seed=0,skips=true"


def test_training_depends_on_its_settings_and_on_what_it_reads() -> None:
    network = {
        "channels": 8,
        "growth": 2,
        "max_channels": 32,
        "kernel_size": 5,
        "stride": 1,
        "latent_size": 64,
        "skips": True,
        "normalisation": "batch",
        "initialisation": "orthogonal",
        "activation": "none",
    }
    training = {
        "epochs": 51,
        "batch_size": 32,
        "learning_rate": 0.01,
        "device": "cuda",
        "schedule": "one_cycle",
        "fresh": True,
        "objective": "noise2noise",
        "mask_width": 3,
        "blind": True,
    }
    assert network.keys() == NetworkSettings.model_fields.keys()
    assert training.keys() == TrainingSettings.model_fields.keys()
    changed = [
        train_key(replace(CELL, depth=6)),
        train_key(replace(CELL, seed=1)),
        *(
            train_key(replace(CELL, network=NetworkSettings(**{name: value})))  # type: ignore[arg-type]
            for name, value in network.items()
        ),
        *(train_key(trained_with(**{name: value})) for name, value in training.items()),
        train_key(dataset=record(train="A", validation="b", test="c")),
        train_key(dataset=record(train="a", validation="B", test="c")),
    ]
    assert len({train_key(), *changed}) == len(changed) + 1


def test_what_a_variant_is_called_is_no_part_of_a_key() -> None:
    named = replace(CELL, variant="channels=16")
    assert train_key(named) == train_key()
    assert evaluate_key(named) == evaluate_key()
    moved = {"tested": {"alpha=0.1": SPLIT}, "trained": record(**DIGESTS)}
    assert str(key_of(of_network(transfer, named), moved)) == str(key_of(of_network(transfer, CELL), moved))


def test_training_does_not_depend_on_what_it_does_not_read() -> None:
    other: Any = {
        **record(key="split/other/2", train="a", validation="b", test="C"),
        "values": {"train_seconds": 9.0},
    }
    assert train_key(dataset=other) == train_key()


@pytest.mark.parametrize("reads", [{"fresh": True}, {"blind": True}, {"objective": "noise2noise"}])
def test_training_on_signals_or_noise_of_its_own_depends_on_where_they_come_from(
    reads: dict[str, Any],
) -> None:
    def key(training: dict[str, Any], **changes: Any) -> str:
        return train_key(
            replace(trained_with(**training), level=SinusoidLevel(DATASET.model_copy(update=changes), 0.2))
        )

    sources: list[dict[str, Any]] = [{}, {"signals": "pictures"}, {"signal_length": 99}, {"data_seed": 5}]
    assert len({key(reads, **source) for source in sources}) == len(sources)
    assert len({key({}, **source) for source in sources}) == 1
    assert key(reads, n_test=7) == key(reads)
    assert key(reads, n_signals=7) == key(reads)


def test_data_depend_on_their_level_and_on_what_was_generated() -> None:
    assert generate_key() != generate_key(SinusoidLevel(DATASET, 0.1))
    assert split_key(record(signals="s")) != split_key(record(signals="S"))


def test_an_evaluation_depends_on_the_weights_and_the_test_signals() -> None:
    assert evaluate_key() == evaluate_key(trained_with(epochs=3), history="H")
    for name in ("last", "best"):
        assert evaluate_key(**{name: "X"}) != evaluate_key()
    assert evaluate_key(dataset=record(train="a", validation="b", test="C")) != evaluate_key()
    assert evaluate_key(dataset=record(train="A", validation="b", test="c")) == evaluate_key()
    assert evaluate_key(trained_with(objective="plain")) != evaluate_key(), "its output has another gain"


def test_a_transfer_depends_on_the_weights_and_on_every_level_that_is_tested() -> None:
    def key(tests: Mapping[str, str], **digests: str) -> str:
        tested = {level: record(test=test) for level, test in tests.items()}
        inputs = {"tested": tested, "trained": record(**{**DIGESTS, **digests})}
        return str(key_of(of_network(transfer, CELL), inputs))

    both = {"alpha=0.1": "a", "alpha=0.2": "b"}
    changed = [key({**both, "alpha=0.1": "A"}), key({"alpha=0.1": "a"}), key(both, last="L")]
    assert len({key(both), *changed}) == 4
    assert key(both, best="B") == key(both)


@pytest.mark.parametrize("stage", [report, verdict])
def test_a_report_depends_on_every_result_and_every_failure(stage: Any) -> None:
    def outcome(found: Record | None, failure: str | None = None) -> Outcome:
        return Outcome(axes={}, record=found, failure=failure)

    def key(**changes: Mapping[str, Outcome]) -> str:
        told = ReportSettings(study="post-1", science={"epochs": 50})
        return str(key_of(Step(stage, "post-1", "post-1", told), {**base, **changes}))

    results: dict[str, dict[str, str]] = {
        "split": {"train": "a"},
        "limits": {"limits": "l"},
        "baseline": {"metrics": "w"},
        "train": DIGESTS,
        "evaluate": {"metrics": "m"},
        "transfer": {"transfer": "t"},
    }
    base = {name: {"x": outcome(record(**results[name]))} for name in stage.reads}
    lost = [{name: {"x": outcome(None)}} for name in base]
    failed = [{name: {"x": outcome(None, why)}} for name in base for why in ("OSError", "DivergedError")]
    others = [
        {name: {"x": outcome(record(**{**results[name], file: "X"}))}}
        for name in base
        for file in results[name]
    ]
    two = {"x": outcome(record(limits="l")), "y": outcome(record(limits="l"))}
    more = [{"limits": two}, {"limits": dict(reversed(two.items()))}]
    named = [{name: {"x": {**base[name]["x"], "axes": {"alpha": 0.3}}}} for name in base]
    changes: list[dict[str, Any]] = [{}, *lost, *failed, *others, *more, *named]
    assert len({key(**change) for change in changes}) == len(changes) > 20


def test_limits_depend_on_the_test_signals_alone() -> None:
    def key(alpha: float = 0.1, **changes: Any) -> str:
        return level_key(to_limit, SinusoidLevel(DATASET.model_copy(update=changes), alpha))

    assert key() == key(n_signals=7)
    for change in ({"n_test": 7}, {"data_seed": 7}, {"signals": "pictures"}, {"signal_length": 77}):
        assert key() != key(**change)
    assert key() != key(0.2)


def test_a_baseline_depends_on_its_name_and_its_signals() -> None:
    def key(name: str = "wavelet", alpha: float = 0.1, **digests: str) -> str:
        dataset = record(**{"train": "a", "validation": "b", "test": "c", **digests})
        return level_key(
            lambda *level: to_compare(name, BASELINES[name], *level),
            SinusoidLevel(DATASET, alpha),
            dataset=dataset,
        )

    changed = [key("pca"), key(alpha=0.2), *(key(**{name: "X"}) for name in SPLIT["outputs"])]
    assert len({key(), *changed}) == 6


def test_library_versions_and_code_are_ingredients(monkeypatch: pytest.MonkeyPatch) -> None:
    base = key_of(to_train(CELL), {"dataset": SPLIT})
    monkeypatch.setattr(keys, "versions", lambda *_: {"torch": "99"})
    newer = train_key()
    monkeypatch.setattr(keys, "code_of", lambda *modules: replace(code_of(*modules), digest="other code"))
    assert len({str(base), newer, train_key()}) == 3
    assert set(base.ingredients["versions"]) >= {"python", "numpy", "torch"}


def test_different_datasets_have_different_folders() -> None:
    changes = {"signals": "pictures", "n_signals": 10, "n_test": 10, "signal_length": 10, "data_seed": 1}
    names = {DatasetSettings.model_validate({name: value}).folder for name, value in changes.items()}
    assert len(names | {DATASET.folder}) == 6


# Each setting with another value, and the stages whose results it decides where what they read is the same.
# Every other stage sees it, if at all, in what it reads.
DRAWN = {"generate", "split", "limits"}
DECIDES: dict[str, tuple[Any, set[str]]] = {
    "signals": ("pictures", {*DRAWN, "baseline"}),  # denoisers are told of the family
    "signal_length": (32, DRAWN),
    "data_seed": (1, DRAWN),
    "n_signals": (40, {"generate", "split"}),
    "n_test": (20, DRAWN),
    "channels": (8, {"train"}),
    "growth": (2, {"train"}),
    "max_channels": (32, {"train"}),
    "kernel_size": (5, {"train"}),
    "stride": (1, {"train"}),
    "latent_size": (8, {"train"}),
    "skips": (True, {"train"}),
    "normalisation": ("batch", {"train"}),
    "initialisation": ("orthogonal", {"train"}),
    "activation": ("none", {"train"}),
    "epochs": (2, {"train"}),
    "batch_size": (8, {"train"}),
    "learning_rate": (0.01, {"train"}),
    "schedule": ("one_cycle", {"train"}),
    "objective": ("plain", {"train", "evaluate"}),  # with its gain
    "mask_width": (3, {"train", "evaluate"}),
    "blind": (True, {"train"}),
    "fresh": (True, {"train"}),
    "device": ("cuda", {"train", "evaluate"}),
}
SMALL = {"alphas": (0.2, 0.4), "depths": (2, 3), "epochs": 1, "n_signals": 20, "n_test": 10}


def test_every_setting_enters_the_keys_of_the_stages_whose_results_it_decides_and_no_other() -> None:
    assert DECIDES.keys() == {name for group in GROUPS for name in group.model_fields}
    base = digests_by_stage(**SMALL)
    stale = {
        name: {
            stage
            for stage, found in digests_by_stage(**SMALL | {name: value}).items()
            if found != base[stage]
        }
        for name, (value, _) in DECIDES.items()
    }
    assert stale == {name: {*stages, "report"} for name, (_, stages) in DECIDES.items()}


@pytest.mark.parametrize("reads", [{"fresh": True}, {"blind": True}, {"objective": "noise2noise"}])
def test_where_signals_come_from_enters_the_keys_of_trainings_that_draw_their_own(
    reads: dict[str, Any],
) -> None:
    base = digests_by_stage(**SMALL, **reads)
    for name in DatasetSettings.model_fields:
        changed = digests_by_stage(**{**SMALL, **reads, name: DECIDES[name][0]})
        stale = {stage for stage in base if changed[stage] != base[stage]}
        drawn = {"train"} if name in ("signals", "signal_length", "data_seed") else set()
        assert stale == {*DECIDES[name][1], *drawn, "report"}


def digests_by_stage(kind: type[StudySettings] = Settings, **settings: Any) -> dict[str, list[str]]:
    """The digests of a study's keys, by stage, as they are if every stage finds the same in what it reads."""
    graph = graph_of(kind(**settings))
    found: dict[str, list[str]] = {}
    for step, key in keys_of(graph).items():
        found.setdefault(step.stage.name, []).append(key.digest)
    return {stage: sorted(digests) for stage, digests in found.items()}


def keys_of(graph: Graph) -> dict[Step, Key]:
    """The key of each step if every step has left the same files."""
    same = record(signals="s", train="a", validation="b", test="c", survey="d", **DIGESTS)
    outcome = Outcome(axes={}, record=same, failure=None)
    results = {True: dict.fromkeys(graph.steps, outcome), False: dict.fromkeys(graph.steps, same)}
    return {
        step: key_of(step, graph.inputs(step, results[step.stage.despite_failures])) for step in graph.steps
    }


def test_records_share_what_they_tell_of_the_code() -> None:
    """Ten thousand cells tell it: it is in memory once."""
    files, made = {"a.py": "1" * 64}, Made({})
    first = record_of("train/a/0", {"versions": {"python": "3"}}, ["a"], files, made)
    written = {"metadata": {"serializer": {"type": "json"}}, "result": json.dumps(first)}
    kept = parse_record(json.dumps(written).encode())
    assert kept == first
    assert kept["files"] is first["files"]
    assert kept["modules"] is first["modules"]
    assert kept["ingredients"]["versions"] is first["ingredients"]["versions"]
    other = record_of("train/a/1", {}, [], {}, made)
    assert (other["files"], other["modules"]) == ({}, [])
