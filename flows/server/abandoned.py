"""Runs that nobody looks after any more: they end with their worker, and killed ones are called crashed."""

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
WORKERS_CHILD = "PREFECT__FLOW_RUN_ID"  # a worker's child learns by this what it is to run
KILLED = "The process that ran this was killed; run the same again to go on from what is done."


def end_with_worker() -> None:
    """If a Prefect worker started this process, end when the worker does, however that ends.

    The run is told to end, so that it reads Crashed and frees its slot at once; after a grace it is killed.
    """
    if WORKERS_CHILD in os.environ:
        threading.Thread(target=follow, args=(os.getppid(),), daemon=True).start()


def follow(parent: int) -> None:
    """Wait until this process is an orphan, then end it."""
    while os.getppid() == parent:
        time.sleep(POLL_SECONDS)
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(GRACE_SECONDS)
    os.kill(os.getpid(), signal.SIGKILL)


def mark_crashed(runs: Sequence[str]) -> None:
    """Let killed flow runs, and their tasks that went on, read Crashed; this API may know none of them.

    Args:
        runs: ids of flow runs.
    """
    if not runs:
        return
    with get_client(sync_client=True) as client:
        for run in runs:
            going_on = {"state": {"type": {"any_": list(GOING_ON)}}}
            only = {"flow_runs": {"id": {"any_": [run]}}, "task_runs": going_on, "limit": 200}
            try:
                state = client.read_flow_run(UUID(run)).state
            except (ObjectNotFound, ValueError):  # of another API; no run's folder
                continue
            if state is None or state.type not in GOING_ON:
                continue
            for task_run in client.request("POST", "/task_runs/filter", json=only).json():
                client.set_task_run_state(UUID(task_run["id"]), Crashed(message=KILLED), force=True)
            client.set_flow_run_state(UUID(run), Crashed(message=KILLED), force=True)
