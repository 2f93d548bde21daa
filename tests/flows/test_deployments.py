"""What people see who trigger a deployment: its values, its form and what comes of a run."""

from itertools import groupby
from pathlib import Path
from typing import Any

import pytest
import yaml
from prefect.exceptions import PrefectHTTPStatusError
from prefect.utilities.importtools import import_object

from flows.settings.messages import help_texts
from flows.settings.recordings_settings import PRESETS as OWN_PRESETS
from flows.settings.recordings_settings import OwnSettings
from flows.settings.study_settings import PROJECT, RUN_FIELDS
from flows.settings.sweep_settings import PRESETS, Settings
from flows.settings.verdict_settings import VerdictSettings
from tests.flows.deployed import Deployed
from tests.flows.recorded import ECG

DEPLOYMENTS: dict[str, dict[str, Any]] = {
    deployment["name"]: deployment
    for deployment in yaml.safe_load((PROJECT / "prefect.yaml").read_text())["deployments"]
}


def test_there_is_a_deployment_for_each_preset_and_for_what_else_is_run() -> None:
    assert set(DEPLOYMENTS) == {*PRESETS, *OWN_PRESETS, "denoise", "compare", "verdict", "report"}


def test_tags_tell_sweeps_from_what_reads_ones_own_files() -> None:
    tagged = {name: set(deployment["tags"]) for name, deployment in DEPLOYMENTS.items()}
    assert {name for name in tagged if "sweep" in tagged[name]} == {*PRESETS}
    assert {name for name in tagged if "files" in tagged[name]} == {"recordings", "denoise"}
    for name in ("compare", "verdict", "report"):
        assert tagged[name] == {name}


@pytest.mark.parametrize("preset", PRESETS)
def test_a_deployments_values_are_those_of_its_preset(preset: str) -> None:
    expected = {"preset": preset, **Settings(preset=preset).science}
    assert DEPLOYMENTS[preset]["parameters"] == expected
    assert list(DEPLOYMENTS[preset]["parameters"]) == list(expected), "in the order of the form"


def test_the_deployment_for_recordings_lacks_nothing_but_their_paths() -> None:
    expected = OwnSettings(signals=("somewhere",)).parameters | {"signals": []}
    assert DEPLOYMENTS["recordings"]["parameters"].items() < expected.items()
    form = import_object(str(PROJECT / "flows/study.py:recordings")).parameters.properties
    assert list(form) == list(OwnSettings.fields)
    assert set(expected) - set(DEPLOYMENTS["recordings"]["parameters"]) == set(RUN_FIELDS)
    assert (form["signals"]["type"], form["signals"]["items"]) == ("array", {"type": "string"})
    assert form["snr"]["description"].endswith("Each from -60 to 100.")


@pytest.mark.parametrize("deployment", DEPLOYMENTS.values(), ids=DEPLOYMENTS)
def test_an_entrypoint_leads_to_a_flow_that_takes_the_values(deployment: dict[str, Any]) -> None:
    flow = import_object(str(PROJECT / deployment["entrypoint"]))
    assert flow.validate_parameters(deployment["parameters"])


def test_the_form_shows_every_setting_in_order_with_its_text_default_and_bounds() -> None:
    flow = import_object(str(PROJECT / "flows/study.py:sweep"))
    properties = flow.parameters.properties
    assert sorted(properties, key=lambda name: properties[name]["position"]) == list(Settings.fields)
    for name, field in Settings.model_fields.items():
        assert properties[name]["description"].startswith(str(field.description))
        assert properties[name]["description"].startswith(help_texts(Settings)[name])
        assert "default" in properties[name]
    assert (properties["epochs"]["minimum"], properties["epochs"]["default"]) == (1, 50)
    assert (properties["alphas"]["items"]["minimum"], properties["alphas"]["items"]["maximum"]) == (0, 1)
    assert properties["alphas"]["minItems"] == 1
    assert properties["signals"]["enum"] == ["formula", "pictures"]
    assert properties["learning_rate"]["exclusiveMinimum"] == 0
    assert (properties["vary"]["type"], properties["vary"]["default"]) == ("object", {})
    assert flow.validate_parameters({"vary": {"channels": [4, 8], "skips": [True, False]}})


def test_the_form_tells_the_bounds_that_it_does_not_show() -> None:
    properties = import_object(str(PROJECT / "flows/study.py:sweep")).parameters.properties
    told = {name: properties[name]["description"] for name in properties}
    assert told["epochs"] == "Passes over the training signals. From 1 to 100,000."
    assert told["alphas"] == "Noise levels: 0 is clean, 1 is noise only. Each from 0 to 1."
    assert told["learning_rate"] == "Step size of the optimiser, Adam. Above 0, up to 1."
    assert told["checkpoint_seconds"].endswith(" 0 or more.")
    assert told["time_limit"].endswith(" Above 0.")
    bounded = {
        name
        for name, schema in Settings.model_json_schema()["properties"].items()
        if {"minimum", "maximum", "exclusiveMinimum"} & {**schema, **schema.get("items", {})}.keys()
    }
    texts = {name: field.description for name, field in Settings.model_fields.items()}
    assert {name for name in told if told[name] != texts[name]} == bounded | {"preset"}


def test_titles_tell_the_group_of_a_setting_and_keep_groups_together() -> None:
    for flow, kind in (("sweep", Settings), ("recordings", OwnSettings), ("verdict", VerdictSettings)):
        properties = import_object(str(PROJECT / f"flows/study.py:{flow}")).parameters.properties
        titles = {name: properties[name]["title"] for name in kind.fields}
        assert all(title.split(" · ")[-1] == name for name, title in titles.items())
        groups = [title.partition(" · ")[0] for title in titles.values() if " · " in title]
        assert [group for group, _ in groupby(groups)] == list(dict.fromkeys(groups))
        assert titles["workers"] == "run · workers"
    grouped = import_object(str(PROJECT / "flows/study.py:sweep")).parameters.properties
    assert grouped["vary"]["title"] == "grid · vary"
    assert grouped["n_test"]["title"] == "signals · n_test"
    assert grouped["skips"]["title"] == "network · skips"
    assert grouped["epochs"]["title"] == "training · epochs"
    assert grouped["preset"]["title"] == "preset"


def test_the_form_says_that_another_preset_in_it_is_but_a_name() -> None:
    told = import_object(str(PROJECT / "flows/study.py:sweep")).parameters.properties["preset"]["description"]
    assert told.endswith(
        "This form gives all of them, so another preset would change nothing but the name: "
        "to start from that preset, use its deployment."
    )


@pytest.mark.slow
def test_the_api_refuses_what_is_out_of_bounds(deployed: Deployed) -> None:
    with pytest.raises(PrefectHTTPStatusError, match=r"409.*0 is less than the minimum of 1"):
        deployed.trigger({"epochs": 0})


@pytest.mark.slow
def test_the_deployments_for_recordings_need_their_paths_and_show_the_decision_and_what_is_denoised(
    deployed: Deployed, tmp_path: Path
) -> None:
    folders = {"data_dir": str(tmp_path / "data"), "artifacts_dir": str(tmp_path / "artifacts")}
    given = {
        "signals": [str(ECG)], "rate": 360, "snr": [5], "depths": [1, 2], "epochs": 1, "channels": 4,
        "signal_length": 64, "n_test": 40, "vary": {}, "workers": 2, **folders,
    }  # fmt: skip
    name = "recordings/recordings"
    state, message = deployed.end_of(deployed.trigger(folders, name))
    assert (state, message) == (
        "Failed",
        "signals: give recordings, clean ones with --signals or noisy ones with --noisy",
    )
    run = deployed.trigger(given, name)
    assert deployed.end_of(run)[0] == "Completed"
    artifacts = deployed.ask("/artifacts/filter", body={"flow_runs": {"id": {"any_": [run]}}})
    by_key = {artifact["key"]: artifact["data"] for artifact in artifacts}
    assert "# What denoises these recordings best?\n" in by_key["recordings-report"]
    assert "snr=5" in by_key["recordings-decisions"]
    assert "What denoises these recordings best?</h1>" in by_key[None]["html"]
    state, message = deployed.end_of(deployed.trigger(folders, "denoise/denoise"))
    assert state == "Failed"
    assert message.startswith("files: give some")
    files = {"files": [str(ECG)], "rate": 360, "output_dir": str(tmp_path / "out")}
    run = deployed.trigger({**files, **folders}, "denoise/denoise")
    assert deployed.end_of(run)[0] == "Completed"
    assert {path.name for path in (tmp_path / "out").iterdir()} == {
        "ecg.csv",
        "ecg.csv.json",
        "denoised.html",
    }
    artifacts = deployed.ask("/artifacts/filter", body={"flow_runs": {"id": {"any_": [run]}}})
    assert "denoised-files" in {artifact["key"] for artifact in artifacts}
