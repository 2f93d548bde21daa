"""What people see who trigger a deployment: its values and its form."""

from typing import Any

import pytest
import yaml
from prefect.utilities.importtools import import_object

from flows.settings import FIELDS, PRESETS, PROJECT, Settings

DEPLOYMENTS: dict[str, dict[str, Any]] = {
    deployment["name"]: deployment
    for deployment in yaml.safe_load((PROJECT / "prefect.yaml").read_text())["deployments"]
}


def test_there_is_a_deployment_for_each_preset_and_one_for_the_report() -> None:
    assert set(DEPLOYMENTS) == {*PRESETS, "report"}


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
    assert sorted(properties, key=lambda name: properties[name]["position"]) == list(FIELDS)
    for name, field in Settings.model_fields.items():
        assert properties[name]["description"] == field.description
        assert "default" in properties[name]
    assert (properties["epochs"]["minimum"], properties["epochs"]["default"]) == (1, 50)
    assert (properties["alphas"]["items"]["minimum"], properties["alphas"]["items"]["maximum"]) == (0, 1)
    assert properties["alphas"]["minItems"] == 1
    assert properties["signals"]["enum"] == ["formula", "pictures"]
    assert properties["learning_rate"]["exclusiveMinimum"] == 0
