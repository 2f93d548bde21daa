"""The runner that trains cells on a Dask cluster, through Prefect's Dask integration."""

import contextlib
from collections.abc import Iterable, Iterator
from importlib.metadata import version
from typing import Any, TypeVar

import distributed
import httpx
from prefect import get_client
from prefect.context import SettingsContext, get_settings_context
from prefect.exceptions import PrefectHTTPStatusError
from prefect.settings import PREFECT_API_URL
from prefect.states import Crashed
from prefect.tasks import Task
from prefect.utilities.annotations import BaseAnnotation
from prefect_dask.task_runners import DaskTaskRunner, PrefectDaskFuture

from flows.graph import graph_of
from flows.runners.local import RunnerError
from flows.runners.local_cluster import local_cluster
from flows.runners.processes import STOP_SECONDS
from flows.server.embedded import drain
from flows.settings.study_settings import StudySettings, store_of
from tasks.cache.code import code_of
from tasks.cache.key import versions
from tasks.cache.places import place, read
from tasks.cache.store import study_settings
from tasks.run.child import KilledError
from tasks.run.task import RETRY_DELAYS

WORKER_SECONDS = 30.0
API_SECONDS = 10.0
LOST = (
    "the Dask cluster lost it: its workers were killed, perhaps for want of memory, or its scheduler is gone"
)

R = TypeVar("R")
CodeOfWorker = dict[tuple[str, ...], tuple[str, dict[str, str]]]  # digest of code and versions, by modules


class ClusterFuture(PrefectDaskFuture[R]):
    """A future whose task run is marked Crashed when the cluster gives it up."""

    def wait(self, timeout: float | None = None) -> None:
        """Wait for the end of the task run; once its final state is known, the cluster is not asked again."""
        if self._final_state:
            return
        try:
            self._final_state = self.wrapped_future.result(timeout=timeout)
        except distributed.TimeoutError:
            pass
        except Exception as error:
            self._final_state = Crashed(message=f"{LOST} ({type(error).__name__})")
            # The server does not know a task run that had not started.
            with get_client(sync_client=True) as client, contextlib.suppress(PrefectHTTPStatusError):
                client.set_task_run_state(self.task_run_id, self._final_state, force=True)


class ClusterRunner(DaskTaskRunner):
    """Prefect's Dask runner, with futures that end even if the cluster loses their task runs."""

    def submit(  # type: ignore[override]
        self, task: Task[..., Any], parameters: dict[str, Any], *args: Any, **kwargs: Any
    ) -> ClusterFuture[Any]:
        """Submit a task without Prefect's annotations, which are tuples that Dask would take apart."""
        plain = {
            name: value.unwrap() if isinstance(value, BaseAnnotation) else value
            for name, value in parameters.items()
        }
        future = super().submit(task, plain, *args, **kwargs)
        return ClusterFuture(wrapped_future=future.wrapped_future, task_run_id=future.task_run_id)


class SettingsAsTheyAre(SettingsContext):
    """Prefect's settings, which are sent to workers as an object.

    Prefect would convert them to plain values and back for every task, which takes longer than everything
    else about a small task.
    """

    def serialize(self, include_secrets: bool = True) -> dict[str, Any]:  # noqa: ARG002
        """Return the arguments from which `SettingsContext` can be made."""
        return {"profile": self.profile, "settings": self.settings}


@contextlib.contextmanager
def cluster(settings: StudySettings) -> Iterator[DaskTaskRunner]:
    """Yield a runner on the Dask scheduler of the settings or, without one, on a new one of this machine.

    Raises:
        RunnerError: a worker cannot run the study.
    """
    current = get_settings_context()
    with (
        scheduler(settings) as address,
        SettingsAsTheyAre(profile=current.profile, settings=current.settings),
        ClusterRunner(address=address) as runner,
    ):
        check_workers(runner.client, settings)
        try:
            yield runner
        finally:
            drain_workers(runner.client)


@contextlib.contextmanager
def scheduler(settings: StudySettings) -> Iterator[str]:
    """Yield the address of the Dask scheduler of the settings or, without one, of one that is started here.

    Raises:
        RunnerError: it cannot be started.
    """
    if settings.dask_scheduler:
        yield settings.dask_scheduler
        return
    with contextlib.ExitStack() as stack:
        failures = {"allowed_failures": len(RETRY_DELAYS)}
        started = local_cluster(n_workers=settings.workers, scheduler_kwargs=failures)
        try:
            address = stack.enter_context(started)
        except (KilledError, TimeoutError) as error:
            raise RunnerError("the Dask cluster of this run does not start; use another runner") from error
        yield address


def check_workers(client: distributed.Client, settings: StudySettings) -> None:
    """Check that every worker has our code and libraries and can reach our files and the Prefect API.

    Raises:
        RunnerError: a worker does not, or there is no worker.
    """
    try:
        client.wait_for_workers(1, timeout=WORKER_SECONDS)
    except TimeoutError as error:
        raise RunnerError(
            f"dask_scheduler {settings.dask_scheduler}: no worker has joined it; start one with 'dask worker'"
        ) from error
    note = store_of(settings).resolve(study_settings(settings.study))
    modules = tuple(dict.fromkeys(step.code for step in graph_of(settings).steps))
    ours = (code(modules), PREFECT_API_URL.value(), str(note), read(note))
    for worker, lacks in client.run(what_lacks, *ours, on_error="return").items():
        if isinstance(lacks, Exception):
            raise RunnerError(
                f"Dask worker {worker}: {type(lacks).__name__}: {lacks}; set it up like this machine"
            )
        if lacks:
            raise RunnerError(f"Dask worker {worker}: {lacks}")


def what_lacks(ours: CodeOfWorker, url: str, note: str, content: bytes) -> str | None:
    """Return why a worker's process cannot run a study; None if it can.

    Args:
        ours: the code and library versions of this run.
        url: the URL of the Prefect API.
        note: the full path of a file of the study.
        content: the content of that file.
    """
    if code(tuple(ours)) != ours:
        return (
            "its code or libraries are not those of this run; set it up like this machine and start it again"
        )
    try:
        same = read(place(note)) == content
    except OSError:
        same = False
    if not same:
        return f"it does not see {note}; keep data and artifacts where all machines see them, or in s3://"
    try:
        httpx.get(f"{url}/health", trust_env=False, timeout=API_SECONDS).raise_for_status()
    except httpx.HTTPError as error:
        return (
            f"no Prefect API answers it at {url} ({type(error).__name__}); "
            "set PREFECT_API_URL to a server that all machines reach"
        )
    return None


def code(several: Iterable[tuple[str, ...]]) -> CodeOfWorker:
    """Return the digest of this process's code and its library versions, by the modules of each stage."""
    prefect = {"prefect": version("prefect")}
    return {modules: (code_of(*modules).digest, versions(*modules) | prefect) for modules in several}


def drain_workers(client: distributed.Client) -> None:
    """Send the logs and events that are queued in the workers, once each has ended what it is at."""
    # A worker or the scheduler may be gone.
    gone = (OSError, distributed.CancelledError, distributed.client.ClosedClientError)
    with contextlib.suppress(*gone), client.as_current():
        workers = client.scheduler_info(n_workers=-1)["workers"]
        drained = [client.submit(drain, workers=[worker], pure=False, priority=1) for worker in workers]
        distributed.wait(drained, timeout=STOP_SECONDS)
