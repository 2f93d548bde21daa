"""What the body of a stage works with, and how it is run in the process that is to do so."""

import logging
import sys
from collections.abc import Callable, Mapping
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from tasks.cache.code import CodeChangedError, code_of, pin
from tasks.cache.record import Made
from tasks.cache.stage import Input, Step
from tasks.cache.store import Store
from tasks.run.progress import Run


@dataclass(frozen=True)
class Work:
    """What a stage's body works with.

    Attributes:
        step: what is run.
        store: where files lie.
        folder: a folder in it for what is made here, of its own.
        run: the run that this is a part of.
    """

    step: Step
    store: Store
    folder: str
    run: Run


def perform(inputs: Mapping[str, Input], work: Work, code: str) -> Made:
    """Run the body of a stage in this process, on the code that its key speaks of.

    Args:
        inputs: what it reads, by the names of its parameters.
        work: what it works with.
        code: the digest of that code.

    Raises:
        CodeChangedError: this process has other code.
    """
    step = work.step
    if step.code not in pinned:
        pin(*step.code)
        pinned.add(step.code)
    if code_of(*step.code).digest != code:
        raise CodeChangedError(
            f"{step}: this process runs other code than the run was begun with; start both again"
        )
    return step.stage.body(step.settings, work, **inputs)


def run_logger() -> "logging.Logger | logging.LoggerAdapter[logging.Logger]":
    """The task run's log; one that nobody reads where there is no task run.

    A process that only runs bodies never imports Prefect, which would take it a second.
    """
    if "prefect" in sys.modules:
        from prefect import get_run_logger
        from prefect.exceptions import MissingContextError

        try:
            return get_run_logger()
        except MissingContextError:
            pass
    return logging.getLogger(__name__)


pinned: set[tuple[str, ...]] = set()  # the modules whose import was held to the files, once

# How bodies are run that are called in this context: here, or by handing them to another process.
execute: ContextVar[Callable[[Mapping[str, Any], Work, str], Made]] = ContextVar("execute", default=perform)
