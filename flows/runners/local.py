"""The runners, which train cells in parallel: threads, processes and Dask."""

import contextlib
import threading
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from prefect.task_runners import TaskRunner, ThreadPoolTaskRunner

from flows.settings.study_settings import Runner, StudySettings
from tasks.cache.files import CancelledError
from tasks.cache.record import Made
from tasks.cache.stage import Input
from tasks.run.bodies import Bodies
from tasks.run.child import KilledError
from tasks.run.work import Work, execute

STOP_SECONDS = 5.0
OVER = "the run is over"
LONG = 3e6  # cost of all cells; on two cores, that is about five seconds of training


class RunnerError(RuntimeError):
    """A runner cannot be used."""


@contextlib.contextmanager
def threads(settings: StudySettings) -> Iterator[TaskRunner[Any]]:
    """Yield a runner with threads of this process, which takes no time to start.

    Small networks spend much of their time in the interpreter, whose lock the threads share.
    """
    runner: TaskRunner[Any] = ThreadPoolTaskRunner(max_workers=settings.workers)
    with runner:
        yield runner


@contextlib.contextmanager
def processes(settings: StudySettings) -> Iterator[TaskRunner[Any]]:
    """Yield a runner with threads that each run their work in a process, which takes seconds to start."""
    pool = Processes()
    token = execute.set(pool.run)
    try:
        with threads(settings) as runner:
            try:
                yield runner
            finally:
                pool.close()  # the runner then waits for its threads
    finally:
        execute.reset(token)


@contextlib.contextmanager
def fastest(settings: StudySettings) -> Iterator[TaskRunner[Any]]:
    """Yield a runner with processes, or with threads if that is over before processes have started."""
    long = settings.workers > 1 and sum(cell.cost for cell in settings.cells) > LONG
    with processes(settings) if long else threads(settings) as runner:
        yield runner


class Processes:
    """Processes that run the bodies of stages; a process that dies affects no other and is replaced."""

    def __init__(self) -> None:
        self.idle: list[Bodies] = []
        self.busy: set[Bodies] = set()
        self.closed = False
        self.changed = threading.Condition()

    def run(self, inputs: Mapping[str, Input], work: Work, code: str) -> Made:
        """Run a stage's body in an idle process, or in a new one; see `perform`.

        Raises:
            KilledError: the process was killed.
            CancelledError: the processes are closed.
        """
        with self.changed:
            if self.closed:
                raise CancelledError(OVER)
            process = self.idle.pop() if self.idle else Bodies()
            self.busy.add(process)
        answered = False  # else its answer may still come, and be taken for that of the next body
        try:
            answer = process.perform(inputs, work, code)
            answered = True
        except KilledError as error:
            if self.closed:
                raise CancelledError(OVER) from error
            raise KilledError(
                "the process it ran in was killed, perhaps because the machine ran out of memory; "
                "if it happens again, use fewer workers"
            ) from error
        finally:
            with self.changed:
                self.busy.remove(process)
                if answered:
                    self.idle.append(process)
                self.changed.notify()
            if not answered:
                process.end()
        if isinstance(answer, Exception):
            raise answer
        return answer

    def close(self) -> None:
        """End every process; those that are still busy after some seconds are killed."""
        with self.changed:
            self.closed = True
            try:
                self.changed.wait_for(lambda: not self.busy, STOP_SECONDS)
            finally:
                for process in (*self.idle, *self.busy):
                    process.end()


@contextlib.contextmanager
def dask(settings: StudySettings) -> Iterator[TaskRunner[Any]]:
    """Yield a runner on a Dask cluster, whose workers may be on other machines."""
    from flows.runners.cluster import cluster  # needs the optional extra `dask`

    with cluster(settings) as runner:
        yield runner


RUNNERS: dict[Runner, Callable[[StudySettings], contextlib.AbstractContextManager[TaskRunner[Any]]]] = {
    "auto": fastest,
    "threads": threads,
    "processes": processes,
    "dask": dask,
}
