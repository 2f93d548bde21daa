"""The runners, which train cells in parallel: threads, processes and Dask."""

import contextlib
from collections.abc import Callable, Iterator
from typing import Any

from prefect.task_runners import TaskRunner, ThreadPoolTaskRunner

from flows.runners.elsewhere import Elsewhere
from flows.runners.processes import chosen, processes_for
from flows.settings.study_settings import Runner, StudySettings
from flows.walks.plan import make_plan
from tasks.run.work import execute


class RunnerError(RuntimeError):
    """A runner cannot be used."""


@contextlib.contextmanager
def threads(settings: StudySettings) -> Iterator[TaskRunner[Any]]:
    """Yield a runner with threads of this process, where small networks wait for the interpreter's lock."""
    runner: TaskRunner[Any] = ThreadPoolTaskRunner(max_workers=settings.workers)
    with runner:
        yield runner


@contextlib.contextmanager
def processes(settings: StudySettings) -> Iterator[TaskRunner[Any]]:
    """Yield a runner with threads that each run their work in a process."""
    with contextlib.ExitStack() as stack:
        pool = chosen.get() or stack.enter_context(processes_for(make_plan(settings).to_do, settings.workers))
        with bodies_elsewhere(pool, settings.workers) as runner:
            yield runner


@contextlib.contextmanager
def bodies_elsewhere(where: Elsewhere, at_once: int) -> Iterator[TaskRunner[Any]]:
    """Yield a runner with this many threads of this process, whose bodies run elsewhere."""
    token = execute.set(where.run)
    pool: TaskRunner[Any] = ThreadPoolTaskRunner(max_workers=at_once)
    try:
        with pool as runner:
            try:
                yield runner
            finally:
                where.close()  # the runner then waits for its threads
    finally:
        execute.reset(token)


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
