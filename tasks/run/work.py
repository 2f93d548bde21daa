"""The arguments of a stage's body, and how the body is run in a process."""

import logging
import sys
from collections.abc import Callable, Mapping
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from tasks.cache.code import CodeChangedError, code_of, import_as_read
from tasks.cache.record import Made
from tasks.cache.stage import Input, Step
from tasks.cache.store import Store
from tasks.run.progress import Run


@dataclass(frozen=True)
class Work:
    """What a stage's body gets beside its settings and inputs.

    Attributes:
        step: the step that is run.
        store: the store of files.
        folder: path in the store for the step's own files.
        run: the run that the step belongs to.
    """

    step: Step
    store: Store
    folder: str
    run: Run


def perform(inputs: Mapping[str, Input], work: Work, code: str) -> Made:
    """Run the body of a stage in this process, if the process has the code that the step's key was made from.

    Args:
        inputs: the inputs of the body, by the names of its parameters.
        work: its step, store, folder and run.
        code: the digest of the code in the step's key.

    Raises:
        CodeChangedError: this process has other code.
    """
    step = work.step
    require_code(step, code)
    import_as_read(*step.code)
    return step.stage.body(step.settings, work, **inputs)


def require_code(step: Step, code: str) -> None:
    """Make sure that this process has the code of a step that has this digest.

    Raises:
        CodeChangedError: it has other code.
    """
    if code_of(*step.code).digest != code:
        raise CodeChangedError("this process has other code than the run began with; start the run again")


def run_logger() -> "logging.Logger | logging.LoggerAdapter[logging.Logger]":
    """Return the logger of the Prefect task run, or an ordinary one outside a task run.

    A process that only runs bodies does not import Prefect, which would take a second.
    """
    if "prefect" in sys.modules:
        from prefect import get_run_logger
        from prefect.exceptions import MissingContextError

        try:
            return get_run_logger()
        except MissingContextError:
            pass
    return logging.getLogger(__name__)


# Runs a stage's body: in this process, or as the runner has set it, in another one.
execute: ContextVar[Callable[[Mapping[str, Any], Work, str], Made]] = ContextVar("execute", default=perform)
