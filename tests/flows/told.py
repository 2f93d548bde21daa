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
    return Counter((run["name"].split()[0], run["state_name"]) for run in task_runs_of(runs))


def repeated(runs: list[dict[str, Any]]) -> Counter[str]:
    """How many attempts after the first there were at the task runs of each stage."""
    found = Counter[str]()
    for run in task_runs_of(runs):
        found[run["name"].split()[0]] += max(run["run_count"] - 1, 0)
    return +found


def task_runs_of(runs: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """What the API tells of the task runs of flow runs."""
    only = {"flow_runs": {"id": {"any_": [run["id"] for run in runs]}}, "limit": 200}
    with get_client(sync_client=True) as client:
        found: list[dict[str, Any]] = client.request("POST", "/task_runs/filter", json=only).json()
    return found
