"""What people see who trigger a deployment: its values, its form and what comes of a run."""

import os
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pytest
import yaml
from prefect import get_client
from prefect.client.schemas.objects import State
from prefect.deployments import run_deployment
from prefect.exceptions import PrefectHTTPStatusError
from prefect.settings import PREFECT_API_URL
from prefect.utilities.importtools import import_object

from flows.settings import PRESETS, Settings
from flows.study_settings import PROJECT
from tests.flows.sweeps import WHOLE, Sweeps, task_runs

DEPLOYMENTS: dict[str, dict[str, Any]] = {
    deployment["name"]: deployment
    for deployment in yaml.safe_load((PROJECT / "prefect.yaml").read_text())["deployments"]
}


def test_there_is_a_deployment_for_each_preset_one_for_the_verdict_and_one_for_the_report() -> None:
    assert set(DEPLOYMENTS) == {*PRESETS, "verdict", "report"}


@pytest.mark.parametrize("preset", PRESETS)
def test_a_deployments_values_are_those_of_its_preset(preset: str) -> None:
    expected = {"preset": preset, **Settings(preset=preset).science}
    assert DEPLOYMENTS[preset]["parameters"] == expected
    assert list(DEPLOYMENTS[preset]["parameters"]) == list(expected), "in the order of the form"


@pytest.mark.parametrize("deployment", DEPLOYMENTS.values(), ids=DEPLOYMENTS)
def test_an_entrypoint_leads_to_a_flow_that_takes_the_values(deployment: dict[str, Any]) -> None:
    flow = import_object(str(PROJECT / deployment["entrypoint"]))
    assert flow.validate_parameters(deployment["parameters"])


def test_the_form_shows_every_setting_in_order_with_its_text_default_and_bounds() -> None:
    flow = import_object(str(PROJECT / "flows/study.py:sweep"))
    properties = flow.parameters.properties
    assert sorted(properties, key=lambda name: properties[name]["position"]) == list(Settings.fields)
    for name, field in Settings.model_fields.items():
        assert properties[name]["description"] == field.description
        assert "default" in properties[name]
    assert (properties["epochs"]["minimum"], properties["epochs"]["default"]) == (1, 50)
    assert (properties["alphas"]["items"]["minimum"], properties["alphas"]["items"]["maximum"]) == (0, 1)
    assert properties["alphas"]["minItems"] == 1
    assert properties["signals"]["enum"] == ["formula", "pictures"]
    assert properties["learning_rate"]["exclusiveMinimum"] == 0


@pytest.fixture
def triggered(server: None) -> Callable[[dict[str, Any]], State[Any]]:
    """Triggers a run of the deployment `quick`, as README's commands made it, and lets a worker run it."""

    def prefect(*command: str) -> None:
        environment = {**os.environ, "PREFECT_API_URL": str(PREFECT_API_URL.value())}
        done = subprocess.run(
            [sys.executable, "-m", "prefect", *command],
            cwd=PROJECT, env=environment, capture_output=True, text=True,
        )  # fmt: skip
        assert done.returncode == 0, done.stdout + done.stderr

    def trigger(parameters: dict[str, Any]) -> State[Any]:
        run: Any = run_deployment("sweep/quick", parameters=parameters, timeout=0)
        prefect("worker", "start", "--pool", "local", "--run-once")
        with get_client(sync_client=True) as client:
            state = client.read_flow_run(run.id).state
        assert state is not None
        return state

    prefect("work-pool", "create", "local", "--type", "process", "--overwrite")
    prefect("--no-prompt", "deploy", "--all")
    return trigger


def test_a_triggered_run_shares_the_cache_with_the_command(
    triggered: Callable[[dict[str, Any]], State[Any]], sweeps: Sweeps
) -> None:
    state = triggered(sweeps.settings)
    assert state.is_completed(), state.message
    assert sweeps.not_cached(state, sum(WHOLE.values())) == WHOLE
    assert sweeps.ran() == {"publish": 1}


def test_a_triggered_run_refuses_what_cannot_be(
    triggered: Callable[[dict[str, Any]], State[Any]], sweeps: Sweeps
) -> None:
    with pytest.raises(PrefectHTTPStatusError, match="409"):
        triggered({**sweeps.settings, "epochs": 0})
    state = triggered({**sweeps.settings, "depths": [6]})
    assert state.is_failed()
    assert state.message == ("depths 6: too deep for signal_length 32; use depths up to 5 or a longer signal")
    assert task_runs(state.state_details.flow_run_id, 0) == []
