"""Keeps secrets out of what the Prefect server shows of a flow run."""

import json
from collections.abc import Mapping
from typing import Any

from prefect import get_client
from prefect.runtime import flow_run

from denoising.addresses import masked


def mask_parameters(parameters: Mapping[str, Any]) -> None:
    """Replace the parameters that the server stores of this flow run if an address in them holds secrets.

    The server has them before the flow can refuse them.
    """
    given = json.loads(json.dumps(parameters, default=str))
    if (harmless := without_secrets(given)) != given:
        with get_client(sync_client=True) as client:
            client.update_flow_run(flow_run.id, parameters=harmless)


def without_secrets(value: Any) -> Any:
    """Return a JSON value with what is secret in its texts masked."""
    if isinstance(value, dict):
        return {name: without_secrets(each) for name, each in value.items()}
    if isinstance(value, list):
        return [without_secrets(each) for each in value]
    return masked(value) if isinstance(value, str) else value
