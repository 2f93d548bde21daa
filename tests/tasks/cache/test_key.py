import json
from typing import Any

import pytest
from tasks.fingerprint import Fingerprint

from denoising.networks.settings import NetworkSettings, TrainingSettings
from denoising.signals.settings import DatasetSettings
from denoising.study.cell import Cell
from tasks.cache import key as keys
from tasks.cache.key import (
    baseline_key,
    dataset_name,
    evaluate_key,
    generate_key,
    limits_key,
    report_key,
    split_key,
    train_key,
    transfer_key,
    verdict_key,
)
from tasks.cache.record import FORMAT, Output, Record

DATASET = DatasetSettings()
NETWORK = NetworkSettings()
TRAINING = TrainingSettings()
CELL = Cell(4, 0.2, 0)


def record(key: str = "split/x/1", **digests: str) -> Record:
    outputs = {name: Output(path=f"data/{name}", bytes=1, sha256=digest) for name, digest in digests.items()}
    return Record(
        format=FORMAT,
        key=key,
        ingredients={"settings": {**DATASET.model_dump(), "alpha": 0.2}, "when": "ignored"},
        definitions={},
        outputs=outputs,
        values={"train_seconds": 1.0},
    )


SPLIT = record(train="a", validation="b", test="c")


def test_keys_read_well() -> None:
    assert str(train_key(CELL, NETWORK, TRAINING, SPLIT)).startswith("train/depth=4,alpha=0.2,seed=0/")
    assert str(generate_key(DATASET, 0.1)).startswith("generate/formula,alpha=0.1/")
    assert Cell(4, 0.2, 0, "skips").label == "depth=4,alpha=0.2,seed=0,variant=skips"


def test_training_depends_on_its_settings_and_on_what_it_reads() -> None:
    base = str(train_key(CELL, NETWORK, TRAINING, SPLIT))
    changed = [
        train_key(Cell(6, 0.2, 0), NETWORK, TRAINING, SPLIT),
        train_key(Cell(4, 0.2, 1), NETWORK, TRAINING, SPLIT),
        train_key(Cell(4, 0.2, 0, "skips"), NETWORK, TRAINING, SPLIT),
        train_key(CELL, NetworkSettings(channels=8), TRAINING, SPLIT),
        train_key(CELL, NetworkSettings(kernel_size=5), TRAINING, SPLIT),
        train_key(CELL, NetworkSettings(stride=1), TRAINING, SPLIT),
        train_key(CELL, NetworkSettings(latent_size=64), TRAINING, SPLIT),
        train_key(CELL, NetworkSettings(skips=True), TRAINING, SPLIT),
        train_key(CELL, NetworkSettings(normalisation="batch"), TRAINING, SPLIT),
        train_key(CELL, NetworkSettings(initialisation="orthogonal"), TRAINING, SPLIT),
        *(
            train_key(CELL, NETWORK, TRAINING.model_copy(update={name: value}), SPLIT)
            for name, value in {
                "epochs": 51,
                "batch_size": 32,
                "learning_rate": 0.01,
                "device": "cuda",
                "schedule": "one_cycle",
                "fresh": True,
                "objective": "noise2noise",
                "blind": True,
            }.items()
        ),
        train_key(CELL, NETWORK, TRAINING, record(train="A", validation="b", test="c")),
        train_key(CELL, NETWORK, TRAINING, record(train="a", validation="B", test="c")),
    ]
    assert len({base, *map(str, changed)}) == len(changed) + 1


def test_training_does_not_depend_on_what_it_does_not_read() -> None:
    base = str(train_key(CELL, NETWORK, TRAINING, SPLIT))
    other = {
        **record(key="split/other/2", train="a", validation="b", test="C"),
        "values": {"train_seconds": 9.0},
    }
    assert str(train_key(CELL, NETWORK, TRAINING, other)) == base


@pytest.mark.parametrize("reads", [{"fresh": True}, {"blind": True}, {"objective": "noise2noise"}])
def test_training_on_signals_or_noise_of_its_own_depends_on_where_they_come_from(
    reads: dict[str, Any],
) -> None:
    def key(training: dict[str, Any], **changes: Any) -> str:
        settings = {**DATASET.model_dump(), "alpha": 0.2, **changes}
        dataset: Any = {**SPLIT, "ingredients": {"settings": settings}}
        return str(train_key(CELL, NETWORK, TRAINING.model_copy(update=training), dataset))

    sources = [{}, {"signals": "pictures"}, {"signal_length": 99}, {"data_seed": 5}]
    assert len({key(reads, **source) for source in sources}) == len(sources)
    assert len({key({}, **source) for source in sources}) == 1
    assert key(reads, n_test=7) == key(reads)


def test_epochs_do_not_enter_the_keys_of_the_data() -> None:
    generated = record(signals="s")
    ingredients = [generate_key(DATASET, 0.1).ingredients, split_key(DATASET, 0.1, generated).ingredients]
    assert all("epochs" not in json.dumps(made) for made in ingredients)
    assert str(generate_key(DATASET, 0.1)) != str(generate_key(DATASET, 0.2))
    assert str(split_key(DATASET, 0.1, generated)) != str(split_key(DATASET, 0.1, record(signals="S")))


def test_an_evaluation_depends_on_the_weights_and_the_test_signals() -> None:
    trained = record(network="n", last="l", best="b", history="h")
    base = str(evaluate_key(CELL, TRAINING, SPLIT, trained))
    assert base == str(
        evaluate_key(CELL, TrainingSettings(epochs=3), SPLIT, record(**{**DIGESTS, "history": "H"}))
    )
    for name in ("network", "last", "best"):
        assert str(evaluate_key(CELL, TRAINING, SPLIT, record(**{**DIGESTS, name: "X"}))) != base
    assert str(evaluate_key(CELL, TRAINING, record(train="a", validation="b", test="C"), trained)) != base
    plain = TRAINING.model_copy(update={"objective": "plain"})
    assert str(evaluate_key(CELL, plain, SPLIT, trained)) != base, "its output has another gain"


def test_a_transfer_depends_on_the_weights_and_on_every_level_that_is_tested() -> None:
    def at(alpha: float, test: str) -> Any:
        return {**record(test=test), "ingredients": {"settings": {"alpha": alpha}}}

    trained = record(**DIGESTS)
    keys = [
        transfer_key(CELL, TRAINING, [at(0.1, "a"), at(0.2, "b")], trained),
        transfer_key(CELL, TRAINING, [at(0.1, "A"), at(0.2, "b")], trained),
        transfer_key(CELL, TRAINING, [at(0.1, "a")], trained),
        transfer_key(CELL, TRAINING, [at(0.1, "a"), at(0.2, "b")], record(**{**DIGESTS, "last": "L"})),
    ]
    assert len(set(map(str, keys))) == len(keys)
    other_best = record(**{**DIGESTS, "best": "B"})
    assert str(transfer_key(CELL, TRAINING, [at(0.1, "a"), at(0.2, "b")], other_best)) == str(keys[0])


DIGESTS = {"network": "n", "last": "l", "best": "b", "history": "h"}


def test_a_report_depends_on_every_result_and_every_failure() -> None:
    done = {
        "label": CELL.label,
        "axes": CELL.axes,
        "failure": None,
        "trained": record("train/x/1", **DIGESTS),
        "evaluated": record("evaluate/x/1", metrics="m"),
    }
    failed = {**done, "failure": "OSError: disk full", "trained": None, "evaluated": None}
    limits, wavelet = record("limits/x/1", limits="l"), record("baseline/x,wavelet/1", metrics="w")
    moved = record("transfer/x/1", transfer="t")
    base = {
        "generated": [], "datasets": [SPLIT], "limits": [limits], "baselines": [wavelet],
        "transfers": [moved], "cells": [done],
    }  # fmt: skip
    reports = [
        key("post-1", {"epochs": 50}, {**base, **changes})
        for key in (report_key, verdict_key)
        for changes in (
            {},
            {"cells": [failed]},
            {"cells": [{**failed, "failure": "DivergedError"}]},
            {"cells": [{**done, "evaluated": record("evaluate/x/1", metrics="M")}]},
            {"limits": []},
            {"limits": [record("limits/x/2", limits="L")]},
            {"baselines": []},
            {"baselines": [record("baseline/x,wavelet/2", metrics="W")]},
            {"transfers": [record("transfer/x/2", transfer="T")]},
        )
    ]
    assert len(set(map(str, reports))) == len(reports) == 18


def test_limits_depend_on_the_test_signals_alone() -> None:
    base = str(limits_key(DATASET, 0.1))
    assert base == str(limits_key(DATASET.model_copy(update={"n_signals": 7}), 0.1))
    for change in ({"n_test": 7}, {"data_seed": 7}, {"signals": "pictures"}, {"signal_length": 77}):
        assert base != str(limits_key(DATASET.model_copy(update=change), 0.1))
    assert base != str(limits_key(DATASET, 0.2))


def test_a_baseline_depends_on_its_name_and_its_signals() -> None:
    base = str(baseline_key("wavelet", DATASET, 0.1, SPLIT))
    assert base != str(baseline_key("pca", DATASET, 0.1, SPLIT))
    assert base != str(baseline_key("wavelet", DATASET, 0.2, SPLIT))
    for name in ("train", "validation", "test"):
        other = record(**{"train": "a", "validation": "b", "test": "c", name: "X"})
        assert base != str(baseline_key("wavelet", DATASET, 0.1, other))


def test_library_versions_and_code_are_ingredients(monkeypatch: pytest.MonkeyPatch) -> None:
    base = train_key(CELL, NETWORK, TRAINING, SPLIT)
    monkeypatch.setattr(keys, "versions", lambda _: {"torch": "99"})
    newer = train_key(CELL, NETWORK, TRAINING, SPLIT)
    monkeypatch.setattr(keys, "code_of", lambda _: Fingerprint("other code", {}, [], []))
    edited = train_key(CELL, NETWORK, TRAINING, SPLIT)
    assert len({str(base), str(newer), str(edited)}) == 3
    assert set(base.ingredients["versions"]) >= {"python", "numpy", "torch"}


def test_different_datasets_have_different_folders() -> None:
    changes = {"signals": "pictures", "n_signals": 10, "n_test": 10, "signal_length": 10, "data_seed": 1}
    names = {dataset_name(DatasetSettings(**{name: value})) for name, value in changes.items()}
    assert len(names | {dataset_name(DATASET)}) == 6
