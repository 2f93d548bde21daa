"""The runners, which train cells in parallel: threads, processes and Dask."""

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
    """A runner cannot be used."""


@contextlib.contextmanager
def threads(settings: StudySettings) -> Iterator[TaskRunner[Any]]:
    """Yield a runner with threads of this process.

    Training releases the interpreter's lock most of the time, and no process has to be started.
    """
    runner: TaskRunner[Any] = ThreadPoolTaskRunner(max_workers=settings.workers)
    with runner:
        yield runner


@contextlib.contextmanager
def processes(settings: StudySettings) -> Iterator[TaskRunner[Any]]:
    """Yield a runner with threads that each run their work in a process, which takes seconds to start."""
    pool = Processes(settings.workers)
    token = execute.set(pool.run)
    try:
        with threads(settings) as runner:
            yield runner
    finally:
        execute.reset(token)
        pool.close()


class Processes:
    """Processes that run the bodies of stages; a process that dies affects no other and is replaced."""

    def __init__(self, number: int) -> None:
        self.idle: SimpleQueue[ProcessPoolExecutor | None] = SimpleQueue()
        self.number = number
        for _ in range(number):
            self.idle.put(None)  # started when it is needed

    def run(self, inputs: Mapping[str, Input], work: Work, code: str) -> Made:
        """Run a stage's body in an idle process; see `perform`.

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
        """End every process; all of them have to be idle."""
        for _ in range(self.number):
            if process := self.idle.get():
                process.shutdown()


def start_process() -> ProcessPoolExecutor:
    """Return an executor with one new process."""
    context = multiprocessing.get_context("spawn")
    return ProcessPoolExecutor(max_workers=1, mp_context=context, initializer=follow_parent)


def follow_parent() -> None:
    """Ignore Ctrl-C, which the parent handles, and end when the parent ends in any way."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = multiprocessing.parent_process()
    assert parent is not None

    def end_with_parent() -> None:
        wait([parent.sentinel])
        os._exit(1)

    threading.Thread(target=end_with_parent, daemon=True).start()


@contextlib.contextmanager
def dask(settings: StudySettings) -> Iterator[TaskRunner[Any]]:
    """Yield a runner on a Dask cluster, whose workers may be on other machines."""
    from flows.runners.cluster import cluster  # needs the optional extra `dask`

    with cluster(settings) as runner:
        yield runner


RUNNERS: dict[Runner, Callable[[StudySettings], contextlib.AbstractContextManager[TaskRunner[Any]]]] = {
    "threads": threads,
    "processes": processes,
    "dask": dask,
}
