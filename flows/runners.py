"""What trains cells side by side: one entry a runner."""

import multiprocessing
import os
import signal
import threading
from collections.abc import Callable
from multiprocessing.connection import wait
from typing import Any

from prefect.task_runners import ProcessPoolTaskRunner, TaskRunner, ThreadPoolTaskRunner

from flows.settings import Runner


def threads(workers: int) -> TaskRunner[Any]:
    """Threads of this process: training releases the interpreter's lock, and nothing has to be started."""
    return ThreadPoolTaskRunner(max_workers=workers)


def processes(workers: int) -> TaskRunner[Any]:
    """Processes of their own, which take seconds to start."""
    return ProcessPoolTaskRunner(max_workers=workers, initializer=follow_parent)


def follow_parent() -> None:
    """Leave Ctrl-C to the parent, and end when it does, however that ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = multiprocessing.parent_process()
    assert parent is not None

    def end_with_parent() -> None:
        wait([parent.sentinel])
        os._exit(1)

    threading.Thread(target=end_with_parent, daemon=True).start()


RUNNERS: dict[Runner, Callable[[int], TaskRunner[Any]]] = {"threads": threads, "processes": processes}
