"""The runner that trains cells on a Dask cluster: Prefect's tasks stay here, their bodies go there."""

import contextlib
import pickle
from collections.abc import Iterator, Mapping
from queue import SimpleQueue
from typing import Any
from uuid import uuid4

import distributed
from prefect.task_runners import TaskRunner

from flows.graph import graph_of
from flows.runners.elsewhere import OVER, Elsewhere
from flows.runners.local import RunnerError, bodies_elsewhere
from flows.runners.local_cluster import local_cluster
from flows.runners.worker import TOPIC, code, what_lacks, work_on
from flows.settings.study_settings import StudySettings, store_of
from tasks.cache.code import import_as_read
from tasks.cache.files import CancelledError
from tasks.cache.places import read
from tasks.cache.record import Made
from tasks.cache.stage import Input
from tasks.cache.store import study_settings
from tasks.run.bodies import Said
from tasks.run.child import KilledError
from tasks.run.work import Work, perform, run_logger

WORKER_SECONDS = 30.0
AT_ONCE = 2  # tasks in progress a thread of the cluster: while one runs there, the next is on its way
LOST = (
    "the Dask cluster lost it: its workers were killed, perhaps for want of memory, or its scheduler is gone"
)
GONE = "the Dask scheduler is gone; start yours again, then run the same again to go on from what is done"


@contextlib.contextmanager
def cluster(settings: StudySettings) -> Iterator[TaskRunner[Any]]:
    """Yield a runner on the Dask scheduler of the settings or, without one, on a new one of this machine.

    Raises:
        RunnerError: a worker cannot run the study.
    """
    with scheduler(settings) as address, distributed.Client(address, set_as_default=False) as client:
        check_workers(client, settings)
        import_as_read(*graph_of(settings).report.code)  # which is drawn here
        with bodies_elsewhere(Workers(client), AT_ONCE * sum(client.nthreads().values())) as runner:
            yield runner


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
        try:
            address = stack.enter_context(local_cluster(n_workers=settings.workers))
        except (KilledError, TimeoutError) as error:
            raise RunnerError("the Dask cluster of this run does not start; use another runner") from error
        yield address


def check_workers(client: distributed.Client, settings: StudySettings) -> None:
    """Check that every worker has our code and libraries and can reach our files.

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
    ours = (code(modules), str(note), read(note))
    for worker, lacks in client.run(what_lacks, *ours, on_error="return").items():
        if isinstance(lacks, Exception):
            raise RunnerError(
                f"Dask worker {worker}: {type(lacks).__name__}: {lacks}; set it up like this machine"
            )
        if lacks:
            raise RunnerError(f"Dask worker {worker}: {lacks}")


class Workers(Elsewhere):
    """The workers of a Dask cluster, which run the bodies of stages."""

    def __init__(self, client: distributed.Client) -> None:
        super().__init__()
        self.client = client
        self.busy: dict[str, SimpleQueue[bytes | None]] = {}  # what is told of each body; None is its end

    def run(self, inputs: Mapping[str, Input], work: Work, code: str) -> Made:
        """Run a stage's body on a worker, that of the report here, and log what it says; see `perform`.

        Raises:
            KilledError: the worker was killed, or the connection to the scheduler was lost.
            CancelledError: the run is over.
            RunnerError: there is no scheduler any more.
        """
        if work.step.stage.despite_failures:
            return perform(inputs, work, code)  # the report, which reads a record or more of every cell
        key, told = f"{work.step.stage}-{uuid4()}", SimpleQueue[bytes | None]()
        with self.changed:
            self.require_open()
            self.busy[key] = told
        try:
            answer = self.answer(key, told, pickle.dumps((inputs, work, code)))
        except Exception as error:  # of any kind, where the client closes meanwhile
            if self.client.status == "closed":
                raise RunnerError(GONE) from error
            raise
        finally:
            with self.changed:
                del self.busy[key]
                self.changed.notify()
        if isinstance(answer, Exception):
            raise answer
        return answer

    def answer(self, key: str, told: "SimpleQueue[bytes | None]", message: bytes) -> Made | Exception:
        """Send a body to the cluster under a key, log what it says, and return what it made or raised."""
        self.client.subscribe_topic(TOPIC, self.hear)  # each time, for the scheduler may be a new one
        future = self.client.submit(work_on, message, key=key, pure=False)
        future.add_done_callback(lambda _: told.put(None))
        while content := told.get():
            answer = pickle.loads(content)
            if not isinstance(answer, Said):
                return KilledError(LOST) if isinstance(answer, KilledError) else answer
            run_logger().log(answer.level, "%s", answer.text)
        if self.closed:
            future.release()
            return CancelledError(OVER)
        with contextlib.suppress(distributed.KilledWorker, distributed.CancelledError):
            future.result()  # raises, since a body that ends has answered before
        raise KilledError(LOST)

    def hear(self, event: tuple[float, tuple[str, bytes]]) -> None:
        """Hand on what a worker tells of a body of this run; others may use the cluster, too."""
        _, (key, content) = event
        if told := self.busy.get(key):
            told.put(content)

    def end(self) -> None:
        """Wait no longer for what is told of the bodies."""
        for told in self.busy.values():
            told.put(None)
