"""The Prefect task of a stage: its cache, lock, record and retries."""

import hashlib
import inspect
from collections.abc import Mapping
from functools import cache
from typing import Any

from prefect import task
from prefect.client.schemas.objects import State
from prefect.context import TaskRunContext
from prefect.filesystems import WritableFileSystem
from prefect.tasks import Task
from pydantic import Field, PrivateAttr

from tasks.cache.key import Key, key_of
from tasks.cache.places import place, read, write
from tasks.cache.record import Record
from tasks.cache.stage import Input, Stage, Step
from tasks.cache.store import Store
from tasks.run.progress import Run
from tasks.run.work import Work, execute, run_logger

RETRY_DELAYS = [1.0, 4.0]  # seconds; short, because a waiting task keeps its worker


class OutOfMemoryError(MemoryError):
    """There was not enough memory."""


class KilledError(Exception):
    """The process that a stage ran in was killed."""


class RecordStorage(WritableFileSystem):
    """Prefect's storage of results, with records that are whole or not there, and none of failures."""

    _block_type_name = "Record storage"
    _block_type_slug = "record-storage"

    folder: str = Field(description="Full name of the place of the records.")
    _kept: bytes = PrivateAttr(b"")  # digest of what was written last, until Prefect comes with the same

    def read_path(self, path: str, _sync: bool = True) -> bytes:  # type: ignore[override]
        """The content of a record."""
        return read(place(self.folder) / path)

    def write_path(self, path: str, content: bytes, _sync: bool = True) -> None:  # type: ignore[override]
        """Write a record, unless it is that of a failure: its key is random and names no stage.

        The body has kept its record itself when Prefect comes to do so: it is not written twice. What a body
        keeps always is, lest it be older than the files that it is of.
        """
        digest = hashlib.sha256(content).digest()
        again = digest == self._kept
        self._kept = b"" if again else digest
        if "/" in path and not again:
            write(place(self.folder) / path, content)

    def _resolve_path(self, path: str) -> str | None:
        """What records call themselves: their keys, so that they can be moved."""
        return path or None


@cache
def task_of(stage: Stage) -> Task[..., Record]:
    """The cached and retried Prefect task of a stage: `task(step, store, run, **inputs)`."""

    def body(step: Step, store: Store, run: Run, **inputs: Input) -> Record:
        return produce(step, store, run, inputs)

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


def cache_key(context: TaskRunContext, parameters: dict[str, Any]) -> str:
    """The step's key. A record that is not whole is dropped on the way, which makes it a miss."""
    step, store = parameters["step"], parameters["store"]
    key = str(key_of(step, {name: parameters[name] for name in step.stage.reads}))
    keep_records_of(context, store)
    if damage := store.forget_damaged(key):
        run_logger().warning("made again: %s", damage)
    return key


def keep_records_of(context: TaskRunContext, store: Store) -> None:
    """Let Prefect keep and look for the records of a task run where the store has them."""
    context.result_store.result_storage = RecordStorage(folder=str(store.records))


def produce(step: Step, store: Store, run: Run, inputs: Mapping[str, Input]) -> Record:
    """Run a step, unless another run has finished the same meanwhile, and keep its record."""
    key = key_of(step, inputs)
    context = TaskRunContext.get()
    fresh = context is not None and context.task.refresh_cache

    def finished() -> Record | None:
        """The record of another run, where that is as good."""
        if fresh or (record := store.whole_record(str(key))) is None:
            return None
        run_logger().info("another run has finished this meanwhile")
        return record

    with store.lock(str(key), run.stopped):
        if record := finished():
            return record
        record = make(key, step, store, run, inputs)
        if not store.locks and (other := finished()):
            return other  # whoever is first decides, lest runs side by side go by different records
        if context:  # kept here and not only by Prefect later, so that what is finished is known to be
            keep_records_of(context, store)  # once more, should Prefect not have come to ask for the key
            context.result_store.write(record, key=str(key))
        store.tidy(key.folder)
    return record


def make(key: Key, step: Step, store: Store, run: Run, inputs: Mapping[str, Input]) -> Record:
    """Run the body of a step; what it made, as a record.

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
    """Whether a failed attempt is worth another: if what ended it may pass (disk, memory, time, a kill)."""
    error = state.data if isinstance(state.data, BaseException) else getattr(state.data, "result", None)
    if isinstance(error, FileNotFoundError | PermissionError | NotADirectoryError | IsADirectoryError):
        return False
    return isinstance(error, OSError | MemoryError | KilledError)


def is_out_of_memory(error: Exception) -> bool:
    """Whether an error means that there was not enough memory, on the device or off it."""
    known = isinstance(error, MemoryError) or type(error).__name__ == "OutOfMemoryError"
    return known or "can't allocate" in str(error)
