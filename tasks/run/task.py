"""The Prefect task of a stage: its cache, lock, record and retries."""

import hashlib
import inspect
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, TypeVar

from prefect import task
from prefect.client.schemas.objects import State
from prefect.context import TaskRunContext
from prefect.filesystems import WritableFileSystem
from prefect.states import Cancelled
from prefect.tasks import Task
from prefect.transactions import get_transaction
from pydantic import Field, PrivateAttr

from tasks.cache.files import CancelledError
from tasks.cache.key import Key, key_of
from tasks.cache.places import RefusedError, StoreError, place, read, write
from tasks.cache.record import Record
from tasks.cache.stage import Input, Stage, Step
from tasks.cache.store import Store
from tasks.run.child import KilledError
from tasks.run.progress import Run
from tasks.run.work import Work, execute, require_code, run_logger

RETRY_DELAYS = [1.0, 4.0]  # seconds; short, because a waiting task blocks its worker

T = TypeVar("T")


class OutOfMemoryError(MemoryError):
    """There was not enough memory."""


class RecordStorage(WritableFileSystem):
    """Prefect result storage that writes records atomically, and none for failures."""

    _block_type_name = "Record storage"
    _block_type_slug = "record-storage"

    folder: str = Field(description="Full path of the folder of the records.")
    _kept: bytes = PrivateAttr(b"")  # digest of what `produce` wrote, until Prefect writes the same

    def read_path(self, path: str, _sync: bool = True) -> bytes:  # type: ignore[override]
        """Return the content of a record."""
        return read(place(self.folder) / path)

    def write_path(self, path: str, content: bytes, _sync: bool = True) -> None:  # type: ignore[override]
        """Write a record, unless it is that of a failure, whose random key names no stage.

        `produce` writes each record first; when Prefect then writes the same content, that is skipped. What
        `produce` writes is never skipped, since a record must not be older than the files that it names.
        """
        digest = hashlib.sha256(content).digest()
        again = digest == self._kept
        self._kept = b"" if again else digest
        if "/" in path and not again:
            write(place(self.folder) / path, content)

    def _resolve_path(self, path: str) -> str | None:
        """Return the name of a record as Prefect stores it in the record: its key, not a full path."""
        return path or None


@cache
def task_of(stage: Stage) -> Task[..., Record | State[Any]]:
    """Return the Prefect task of a stage, cached and with retries: `task(step, code, store, run, **inputs)`.

    `code` is the digest of the step's code where the run began: a worker may have other code.
    """

    def body(step: Step, code: str, store: Store, run: Run, **inputs: Input) -> Record | State[Any]:
        require_code(step, code)

        def work() -> Record:
            if run.stopped():
                raise CancelledError("the run is over")
            return produce(step, store, run, inputs)

        return until_over(run, work)

    own = inspect.signature(body)
    named = [parameter for parameter in own.parameters.values() if parameter.name != "inputs"]
    reads = [inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY) for name in stage.reads]
    body.__signature__ = own.replace(parameters=[*named, *reads])  # type: ignore[attr-defined]
    body.__doc__ = inspect.getdoc(stage.body)
    return task(
        name=stage.name,
        task_run_name="{step}",
        cache_key_fn=cache_key,
        persist_result=True,
        result_serializer="json",
        retries=len(RETRY_DELAYS),
        retry_delay_seconds=RETRY_DELAYS,
        retry_condition_fn=can_pass,
    )(body)


def until_over(run: Run, work: Callable[[], T]) -> T | State[Any]:
    """Return what a task's work returns or, if it fails after its run is over, the state Cancelled."""
    try:
        return work()
    except Exception:
        if not run.stopped():
            raise
    if transaction := get_transaction():
        transaction.write_on_commit = False  # the key of the task speaks of what it would have made
    return Cancelled(message=f"stopped, because its run is over: {run.sign} is gone")


def cache_key(context: TaskRunContext, parameters: dict[str, Any]) -> str:
    """Return the step's key, after dropping its record if that is damaged, so that the step runs again."""
    step, store = parameters["step"], parameters["store"]
    require_code(step, parameters["code"])
    key = str(key_of(step, {name: parameters[name] for name in step.stage.reads}))
    keep_records_of(context, store)
    if damage := store.forget_damaged(key):
        run_logger().warning("made again: %s", damage)
    return key


def keep_records_of(context: TaskRunContext, store: Store) -> None:
    """Make Prefect use the store's folder of records for the results of a task run."""
    context.result_store.result_storage = RecordStorage(folder=str(store.records))


def produce(step: Step, store: Store, run: Run, inputs: Mapping[str, Input]) -> Record:
    """Run a step and keep its record, unless another run has finished the same step meanwhile."""
    key = key_of(step, inputs)
    context = TaskRunContext.get()
    fresh = context is not None and context.task.refresh_cache

    def finished() -> Record | None:
        """Return the record of another run, if there is one and this is no refresh."""
        if fresh or (record := store.whole_record(str(key))) is None:
            return None
        run_logger().info("another run has finished this meanwhile")
        return record

    with store.lock(str(key), run.stopped):
        if record := finished():
            return record
        record = make(key, step, store, run, inputs)
        if not store.locks and (other := finished()):
            return other  # without locks, the first one counts, so that parallel runs use the same record
        if context:
            # Prefect writes the record only after the task; it is written here, while the lock is held.
            keep_records_of(context, store)  # not yet done if Prefect did not ask for the cache key
            context.result_store.write(record, key=str(key))
        store.tidy(key.folder)
    return record


def make(key: Key, step: Step, store: Store, run: Run, inputs: Mapping[str, Input]) -> Record:
    """Run the body of a step and return the record of what it made.

    Raises:
        OutOfMemoryError: there was not enough memory.
    """
    try:
        made = execute.get()(inputs, Work(step, store, key.folder, run), key.ingredients["code"])
    except Exception as error:
        if is_out_of_memory(error):
            raise OutOfMemoryError(
                f"out of memory ({error}); use fewer workers, a smaller batch_size or fewer channels"
            ) from error
        raise
    return key.record(made)


def can_pass(_: Task[..., Any], __: Any, state: State[Any]) -> bool:
    """Whether to retry after a failure: yes if the cause may pass (disk, store, memory, time, a kill)."""
    error = state.data if isinstance(state.data, BaseException) else getattr(state.data, "result", None)
    lasting = FileNotFoundError | PermissionError | NotADirectoryError | IsADirectoryError | RefusedError
    return isinstance(error, OSError | StoreError | MemoryError | KilledError) and not isinstance(
        error, lasting
    )


def is_out_of_memory(error: Exception) -> bool:
    """Whether an error means that there was not enough memory, on the CPU or the GPU."""
    known = isinstance(error, MemoryError) or type(error).__name__ == "OutOfMemoryError"
    return known or "can't allocate" in str(error)
