"""A Dask cluster of this machine for one run, whose scheduler and workers are processes beside this one."""

import contextlib
import logging
import pickle
from collections.abc import Iterator
from multiprocessing.connection import Connection
from typing import Any

import distributed

from tasks.run.child import Child, KilledError

START_SECONDS = 120.0
STOP_SECONDS = 20.0
FAILED_HEARTBEAT = "Failed to communicate with scheduler during heartbeat."  # in Dask's words

LOCAL: dict[str, Any] = {
    "threads_per_worker": 1,
    "memory_limit": None,  # as with the other runners
    "dashboard_address": ":0",
    "silence_logs": logging.ERROR,
    "preload": [__name__],
}


@contextlib.contextmanager
def local_cluster(**options: Any) -> Iterator[str]:
    """Start a cluster with these options of Dask beside `LOCAL`, and yield its scheduler's address.

    Raises:
        KilledError: it ended at once.
        TimeoutError: it did not start in time.
    """
    child = Child(serve)
    try:
        child.send(options)
        yield child.receive(START_SECONDS)
    finally:
        with contextlib.suppress(KilledError):
            child.send("close")
        child.end(STOP_SECONDS)


def serve(pipe: Connection, messages: Iterator[bytes]) -> None:
    """Run a cluster with the options that the parent sends first, until it sends something else."""
    with distributed.LocalCluster(**LOCAL, **pickle.loads(next(messages))) as cluster:
        pipe.send(cluster.scheduler_address)
        next(messages)


def dask_setup(_: distributed.Worker) -> None:
    """Say nothing of a failed heartbeat: closing a cluster cuts some off, and the run tells of a lost one."""
    logging.getLogger("distributed.worker").addFilter(lambda told: told.msg != FAILED_HEARTBEAT)
