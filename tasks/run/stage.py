"""What every stage's Prefect task has in common: the cache, the lock, the record and the retries."""

import hashlib
import inspect
import logging
import threading
from collections.abc import Callable
from contextvars import ContextVar
from functools import wraps
from importlib import import_module
from typing import Any, Concatenate, ParamSpec

from prefect import get_run_logger, task
from prefect.client.schemas.objects import State
from prefect.context import TaskRunContext
from prefect.exceptions import MissingContextError
from prefect.filesystems import WritableFileSystem
from prefect.tasks import Task
from pydantic import Field, PrivateAttr

from tasks.cache.key import Key, Stage, code_of
from tasks.cache.places import place, read, write
from tasks.cache.record import Made, Record
from tasks.cache.store import Store

P = ParamSpec("P")

RETRY_DELAYS = [1.0, 4.0]  # seconds; short, because a waiting task keeps its worker

importing = threading.Lock()
imported: set[Stage] = set()  # those whose modules are


class OutOfMemoryError(MemoryError):
    """There was not enough memory."""


class KilledError(Exception):
    """The process that a stage ran in was killed."""


def call(body: Callable[..., Made], key: Key, parameters: dict[str, Any]) -> Made:
    """Run a stage's body here."""
    import_all_of(key.stage)
    return body(key, **parameters)


def import_all_of(stage: Stage) -> None:
    """Import the modules that a stage can reach, while no other thread does.

    Threads that come upon a library's circle of imports from two sides are handed modules that are half made.
    """
    with importing:
        if stage not in imported:
            for module in code_of(stage).modules:
                import_module(module)
            imported.add(stage)


# How the bodies of the stages are run that are called in this context.
execute: ContextVar[Callable[[Callable[..., Made], Key, dict[str, Any]], Made]] = ContextVar(
    "execute", default=call
)


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
        """Write a record; a failure has a key of chance without a stage, under which nobody would look.

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


def stage(
    key: Callable[..., Key], run_name: str
) -> Callable[[Callable[Concatenate[Key, P], Made]], Task[P, Record]]:
    """Make a function, which is given its key, a cached and retried Prefect task, which is not.

    Args:
        key: makes the stage's key from those of the task's parameters whose names it shares.
        run_name: template of the task run's name.
    """
    names = tuple(inspect.signature(key).parameters)

    def key_of(parameters: dict[str, Any]) -> Key:
        return key(**{name: parameters[name] for name in names})

    def cache_key(context: TaskRunContext, parameters: dict[str, Any]) -> str:
        """The stage's key. A record that is not whole is dropped on the way, which makes it a miss."""
        made, store = key_of(parameters), parameters["store"]
        keep_records_of(context, store)
        if damage := store.forget_damaged(str(made)):
            run_logger().warning("made again: %s", damage)
        return str(made)

    def decorate(function: Callable[Concatenate[Key, P], Made]) -> Task[P, Record]:
        signature = inspect.signature(function)
        own = signature.replace(parameters=list(signature.parameters.values())[1:], return_annotation=Record)

        @wraps(function)
        def body(*args: P.args, **kwargs: P.kwargs) -> Record:
            parameters = dict(own.bind(*args, **kwargs).arguments)
            return produce(function, key_of(parameters), parameters)

        body.__signature__ = own  # type: ignore[attr-defined]
        made: Task[P, Record] = task(
            task_run_name=run_name,
            cache_key_fn=cache_key,
            persist_result=True,
            result_serializer="json",
            retries=len(RETRY_DELAYS),
            retry_delay_seconds=RETRY_DELAYS,
            retry_condition_fn=can_pass,
        )(body)
        return made

    return decorate


def keep_records_of(context: TaskRunContext, store: Store) -> None:
    """Let Prefect keep and look for the records of a task run where the store has them."""
    context.result_store.result_storage = RecordStorage(folder=str(store.records))


def produce(body: Callable[..., Made], key: Key, parameters: dict[str, Any]) -> Record:
    """Run a stage's body, unless another run has finished the same meanwhile, and keep its record."""
    context = TaskRunContext.get()
    store: Store = parameters["store"]
    cancelled = parameters["run"].stopped if "run" in parameters else lambda: False
    fresh = context is not None and context.task.refresh_cache

    def finished() -> Record | None:
        """The record of another run, where that is as good."""
        if fresh or (record := store.whole_record(str(key))) is None:
            return None
        run_logger().info("another run has finished this meanwhile")
        return record

    with store.lock(str(key), cancelled):
        if record := finished():
            return record
        try:
            made = execute.get()(body, key, parameters)
        except Exception as error:
            if is_out_of_memory(error):
                raise OutOfMemoryError(
                    f"out of memory ({error}); use fewer workers, a smaller batch_size or fewer channels"
                ) from error
            raise
        if not store.locks and (record := finished()):
            return record  # whoever is first decides, lest runs side by side go by different records
        record = key.record(made)
        if context:  # kept here and not only by Prefect later, so that what is finished is known to be
            keep_records_of(context, store)  # once more, should Prefect not have come to ask for the key
            context.result_store.write(record, key=str(key))
        store.tidy(key.folder)
    return record


def run_logger() -> "logging.Logger | logging.LoggerAdapter[logging.Logger]":
    """The task run's log; one that nobody reads where there is no task run."""
    try:
        return get_run_logger()
    except MissingContextError:
        return logging.getLogger(__name__)


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
