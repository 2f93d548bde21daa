"""What every stage's Prefect task has in common: the cache, the retries and the format of its record."""

import inspect
from collections.abc import Callable
from typing import Any, ParamSpec, TypeVar

from prefect import task
from prefect.client.schemas.objects import State
from prefect.context import TaskRunContext
from prefect.tasks import Task

from tasks.keys import Key

P = ParamSpec("P")
R = TypeVar("R")

RETRY_DELAYS = [1.0, 4.0]  # seconds; short, because a waiting task keeps its worker


def stage(key: Callable[..., Key], run_name: str) -> Callable[[Callable[P, R]], Task[P, R]]:
    """Make a function a cached, retried Prefect task.

    Args:
        key: makes the stage's key from those of the task's parameters whose names it shares.
        run_name: template of the task run's name.
    """
    names = tuple(inspect.signature(key).parameters)

    def cache_key(_: TaskRunContext, parameters: dict[str, Any]) -> str:
        """The stage's key. A record that is not whole is dropped on the way, which makes it a miss."""
        made = str(key(**{name: parameters[name] for name in names}))
        parameters["store"].forget_damaged(made)
        return made

    def decorate(function: Callable[P, R]) -> Task[P, R]:
        made: Task[P, R] = task(
            task_run_name=run_name,
            cache_key_fn=cache_key,
            persist_result=True,
            result_serializer="json",
            retries=len(RETRY_DELAYS),
            retry_delay_seconds=RETRY_DELAYS,
            retry_condition_fn=can_pass,
        )(function)
        return made

    return decorate


def can_pass(_: Task[..., Any], __: Any, state: State[Any]) -> bool:
    """Whether a failed attempt is worth another: only what time may mend is, input, output and memory."""
    error = state.data if isinstance(state.data, BaseException) else getattr(state.data, "result", None)
    if isinstance(error, FileNotFoundError | PermissionError | NotADirectoryError | IsADirectoryError):
        return False
    out_of_memory = type(error).__name__ == "OutOfMemoryError" or "can't allocate memory" in str(error)
    return isinstance(error, OSError | MemoryError) or out_of_memory
