"""What trains cells side by side: one entry a runner."""

import contextlib
import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing.connection import wait
from queue import SimpleQueue
from typing import Any

from prefect.task_runners import TaskRunner, ThreadPoolTaskRunner

from flows.settings.study_settings import Runner, StudySettings
from tasks.cache.record import Made
from tasks.cache.stage import Input
from tasks.run.task import KilledError
from tasks.run.work import Work, execute, perform


class RunnerError(RuntimeError):
    """What is to train cells side by side cannot."""


@contextlib.contextmanager
def threads(settings: StudySettings) -> Iterator[TaskRunner[Any]]:
    """Threads of this process: training releases the interpreter's lock, and nothing has to be started."""
    runner: TaskRunner[Any] = ThreadPoolTaskRunner(max_workers=settings.workers)
    with runner:
        yield runner


@contextlib.contextmanager
def processes(settings: StudySettings) -> Iterator[TaskRunner[Any]]:
    """Threads that each have a process of their own to work in, which takes seconds to start."""
    pool = Processes(settings.workers)
    token = execute.set(pool.run)
    try:
        with threads(settings) as runner:
            yield runner
    finally:
        execute.reset(token)
        pool.close()


class Processes:
    """Processes that run the bodies of stages. One that dies takes no other with it and is replaced."""

    def __init__(self, number: int) -> None:
        self.idle: SimpleQueue[ProcessPoolExecutor | None] = SimpleQueue()
        self.number = number
        for _ in range(number):
            self.idle.put(None)  # started when it is needed

    def run(self, inputs: Mapping[str, Input], work: Work, code: str) -> Made:
        """Run a stage's body in a process that has nothing else to do; see `perform`.

        Raises:
            KilledError: the process was killed.
        """
        process = self.idle.get()
        try:
            process = process or start_process()
            return process.submit(perform, inputs, work, code).result()
        except BrokenProcessPool as error:
            process = None
            raise KilledError(
                "the process it ran in was killed, perhaps because the machine ran out of memory; "
                "if it happens again, use fewer workers"
            ) from error
        finally:
            self.idle.put(process)

    def close(self) -> None:
        """End every process, none of which has anything to do."""
        for _ in range(self.number):
            if process := self.idle.get():
                process.shutdown()


def start_process() -> ProcessPoolExecutor:
    """A process of its own."""
    context = multiprocessing.get_context("spawn")
    return ProcessPoolExecutor(max_workers=1, mp_context=context, initializer=follow_parent)


def follow_parent() -> None:
    """Leave Ctrl-C to the parent, and end when it does, however that ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = multiprocessing.parent_process()
    assert parent is not None

    def end_with_parent() -> None:
        wait([parent.sentinel])
        os._exit(1)

    threading.Thread(target=end_with_parent, daemon=True).start()


@contextlib.contextmanager
def dask(settings: StudySettings) -> Iterator[TaskRunner[Any]]:
    """Workers of a Dask cluster, which may be of other machines."""
    from flows.runners.cluster import cluster  # of an optional extra

    with cluster(settings) as runner:
        yield runner


RUNNERS: dict[Runner, Callable[[StudySettings], contextlib.AbstractContextManager[TaskRunner[Any]]]] = {
    "threads": threads,
    "processes": processes,
    "dask": dask,
}
