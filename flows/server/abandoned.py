"""Abandoned runs: a run ends when its worker ends, and killed runs are marked as crashed."""

import os
import signal
import threading
import time
from collections.abc import Sequence
from uuid import UUID

from prefect import get_client
from prefect.exceptions import ObjectNotFound
from prefect.states import Crashed

POLL_SECONDS = 1.0
GRACE_SECONDS = 10.0
GOING_ON = ("RUNNING", "CANCELLING")
FLOW_RUN_VARIABLE = "PREFECT__FLOW_RUN_ID"  # set in the process that a Prefect worker starts for a flow run
KILLED = "The process that ran this was killed; run the same again to go on from what is done."


def end_with_worker() -> None:
    """If a Prefect worker started this process, end it when the worker ends in any way.

    The process first gets SIGTERM, so that its run is marked Crashed and frees its slot; after ten seconds it
    is killed.
    """
    if FLOW_RUN_VARIABLE in os.environ:
        threading.Thread(target=follow, args=(os.getppid(),), daemon=True).start()


def follow(parent: int) -> None:
    """Wait until the parent has ended, then end this process."""
    while os.getppid() == parent:
        time.sleep(POLL_SECONDS)
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(GRACE_SECONDS)
    os.kill(os.getpid(), signal.SIGKILL)


def mark_crashed(runs: Sequence[str]) -> None:
    """Mark killed flow runs, and their task runs that have not ended, as Crashed.

    Args:
        runs: ids of flow runs; those that this API does not know are skipped.
    """
    if not runs:
        return
    with get_client(sync_client=True) as client:
        for run in runs:
            going_on = {"state": {"type": {"any_": list(GOING_ON)}}}
            only = {"flow_runs": {"id": {"any_": [run]}}, "task_runs": going_on, "limit": 200}
            try:
                state = client.read_flow_run(UUID(run)).state
            except (ObjectNotFound, ValueError):  # a run of another API, or not the id of a run
                continue
            if state is None or state.type not in GOING_ON:
                continue
            for task_run in client.request("POST", "/task_runs/filter", json=only).json():
                client.set_task_run_state(UUID(task_run["id"]), Crashed(message=KILLED), force=True)
            client.set_flow_run_state(UUID(run), Crashed(message=KILLED), force=True)
