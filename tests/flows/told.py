"""What the API tells of the runs of a command."""

from collections import Counter
from typing import Any

from prefect import get_client

from tests.flows.commands import Command


def flow_runs(command: Command) -> list[dict[str, Any]]:
    """The flow runs whose folders are a command's."""
    with get_client(sync_client=True) as client:
        runs = client.request("POST", "/flow_runs/filter", json={"sort": "START_TIME_ASC"}).json()
    return [run for run in runs if run["parameters"].get("data_dir") == str(command.folder / "data")]


def log_lines(runs: list[dict[str, Any]]) -> list[str]:
    """What the tasks of flow runs said."""
    lines: list[str] = []
    with get_client(sync_client=True) as client:
        for run in runs:
            only = {"logs": {"flow_run_id": {"any_": [run["id"]]}}, "limit": 200}
            lines += [log["message"] for log in client.request("POST", "/logs/filter", json=only).json()]
    return lines


def task_states(runs: list[dict[str, Any]]) -> Counter[tuple[str, str]]:
    """How many task runs there are of each stage and state."""
    only = {"flow_runs": {"id": {"any_": [run["id"] for run in runs]}}, "limit": 200}
    with get_client(sync_client=True) as client:
        found = client.request("POST", "/task_runs/filter", json=only).json()
    return Counter((run["name"].split()[0], run["state_name"]) for run in found)
