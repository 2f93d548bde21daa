"""Runs the bodies of stages in a process of their own, which imports no Prefect.

What a body says and what becomes of it are messages, which Dask workers send too.
"""

import gc
import logging
import pickle
import signal
import traceback
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from multiprocessing.connection import Connection
from typing import NamedTuple

from tasks.cache.code import CodeChangedError, import_as_read
from tasks.cache.record import Made
from tasks.cache.stage import Input
from tasks.run.child import Child, KilledError
from tasks.run.garbage import look_seldom
from tasks.run.work import Work, perform, run_logger


class Said(NamedTuple):
    """A line of a body's log."""

    level: int
    text: str


class Bodies(Child):
    """A process that runs one body of a stage after the other."""

    def __init__(self) -> None:
        super().__init__(serve)

    def prepare(self, codes: list[tuple[str, ...]]) -> None:
        """Let the process import the modules of each of some stages, while this one goes on."""
        with suppress(KilledError):  # as the first body will tell
            self.send(codes)

    def perform(self, inputs: Mapping[str, Input], work: Work, code: str) -> Made | Exception:
        """Run a body there, log here what it says, and return what it made or raised; see `perform`.

        Raises:
            KilledError: the process was killed.
        """
        self.send((inputs, work, code))
        while isinstance(told := self.receive(), Said):
            run_logger().log(told.level, "%s", told.text)
        assert isinstance(told, Made | Exception)
        return told


class ToParent(logging.Handler):
    """Sends what is logged to the parent."""

    def __init__(self, pipe: Connection) -> None:
        super().__init__()
        self.pipe = pipe

    def emit(self, record: logging.LogRecord) -> None:
        self.pipe.send(Said(record.levelno, self.format(record)))


def serve(pipe: Connection, messages: Iterator[bytes]) -> None:
    """Run the bodies that the parent sends, and send it what they say and make."""
    look_seldom()
    signal.signal(signal.SIGTERM, signal.SIG_IGN)  # the parent is told, too, and ends this process
    logger = run_logger()
    assert isinstance(logger, logging.Logger)
    logger.addHandler(ToParent(pipe))
    logger.setLevel(logging.DEBUG)  # the parent's logger chooses
    for message in messages:
        answer = answer_to(message, perform)
        if answer is not None:
            pipe.send_bytes(answer)


def answer_to(message: bytes, run: Callable[..., Made]) -> bytes | None:
    """Return what a body made, or the error that it raised, pickled.

    Args:
        message: the pickled arguments of `perform`, or modules to import, which nobody waits for.
        run: `perform`, or what calls it.
    """
    try:
        told = pickle.loads(message)
        if isinstance(told, list):
            prepare(told)
            return None
        return pickle.dumps(run(*told))
    except Exception as error:
        return pickle.dumps(to_send(error))


def prepare(codes: list[tuple[str, ...]]) -> None:
    """Import the modules of each of some stages."""
    for code in codes:
        with suppress(CodeChangedError):  # which a body is refused for, too
            import_as_read(*code)
    gc.freeze()  # what was imported stays, and is no garbage


def to_send(error: Exception) -> Exception:
    """Return an error with its traceback as a note, or one that says the same if it cannot be sent."""
    note = "".join(traceback.format_exception(error))
    try:
        sent: Exception = pickle.loads(pickle.dumps(error))
    except Exception:
        sent = RuntimeError(f"{type(error).__name__}: {error}")
    sent.add_note(note)
    return sent
