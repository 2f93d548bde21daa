"""A command among other processes: its streams, the signals that end it, and its exit status."""

import errno
import gc
import io
import logging
import os
import select
import signal
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from types import FrameType, TracebackType
from typing import TYPE_CHECKING, NoReturn, TextIO

from denoising.addresses import masked
from flows.server.api import ServerError
from flows.terminal.status import Status
from tasks.run.garbage import look_seldom

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer

GO_ON = "run the same command again to go on from what is done"
SIGNALS = {
    signal.SIGINT: f"interrupted: {GO_ON}",
    signal.SIGTERM: f"ended by SIGTERM: {GO_ON}",
    signal.SIGHUP: f"ended because its terminal is gone (SIGHUP): {GO_ON}",
}
NOBODY_READS = (errno.EPIPE, errno.EIO)  # of a pipe or a terminal that nobody reads any more
SAME_SECONDS = 1.0  # a signal is often sent to a process and to its group


class Ended(KeyboardInterrupt):
    """A signal asks this process to end."""

    def __init__(self, number: int = signal.SIGINT) -> None:
        super().__init__()
        self.signal = signal.Signals(number)


class Ending:
    """Ends this process at a signal: in good order at the first one, without waiting at a later one."""

    ended: Ended | None = None  # by the first signal
    began = 0.0  # when that came

    def __call__(self, number: int, _: FrameType | None) -> None:
        """Handle a signal."""
        now = time.monotonic()
        if self.ended is None:
            self.began, self.ended = now, Ended(number)
            raise self.ended
        if number != signal.SIGHUP and now > self.began + SAME_SECONDS:
            os._exit(tell(Ended(number)))


ending = Ending()


def go_on() -> None:
    """Raise what a signal has raised before, if a library took it for an error of its own and dropped it."""
    if ending.ended:
        raise ending.ended


class Lasting(io.FileIO):
    """An output that outlives its reader: what nobody can read any more counts as written.

    Attributes:
        failure: why something could not be written.
    """

    failure: OSError | None = None

    def write(self, content: "ReadableBuffer", /) -> int:
        """Write to the output."""
        try:
            while (written := super().write(content)) is None:  # a reader that does not wait is slow
                select.select([], [self], [])
        except OSError as error:
            self.failure = error
            return memoryview(content).nbytes
        return written


def take_over() -> None:
    """Let the streams of this process last, and signals end it in good order, its imports included.

    A short run does without two things that would take a fifth of its time: Python looks for garbage less
    often, and pydantic for no plugins among all that is installed.
    """
    look_seldom()
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:  # it is closed; the next file that is opened would get its number, and what is said
            os.open(os.devnull, os.O_RDWR)
    sys.stdout, sys.stderr = lasting(1, sys.stdout), lasting(2, sys.stderr)
    sys.excepthook = tell_early
    sys.unraisablehook = tell_dropped
    logging.raiseExceptions = False  # else Prefect prints the server's address where it cannot send a log
    for number in SIGNALS:
        if signal.getsignal(number) is not signal.SIG_IGN:  # as it is under nohup
            signal.signal(number, ending)


def lasting(number: int, stream: TextIO | None) -> io.TextIOWrapper:
    """Return a stream of text that lasts and takes every character, to an output of this process."""
    raw = Lasting(number, "w", closefd=False)
    encoding = stream.encoding if stream else "utf-8"
    by_line = number == 2 or raw.isatty()
    return io.TextIOWrapper(io.BufferedWriter(raw), encoding, errors="replace", line_buffering=by_line)


def tell_early(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    """Tell in a line what ended this process before its command began; a fault of ours as usual.

    That is a signal, or that the machine lacks something, such as the folder in which this was started.
    """
    if isinstance(error, KeyboardInterrupt):
        os._exit(tell(error))
    if isinstance(error, OSError):
        tell_error(error)
    else:
        sys.__excepthook__(kind, error, trace)


def tell_dropped(dropped: "sys.UnraisableHookArgs") -> None:
    """Tell of an error that Python drops, as usual, but not of a signal's: `go_on` raises that again."""
    if not isinstance(dropped.exc_value, Ended):
        sys.__unraisablehook__(dropped)


def command_line(main: Callable[[Sequence[str]], Status]) -> NoReturn:
    """Run a command on the arguments of this process, and exit with its status."""
    try:
        status: int = main(sys.argv[1:])
    except KeyboardInterrupt as ended:
        status = tell(ended)
    except Exception as error:
        status = tell(ending.ended) if ending.ended else tell_error(error)  # a library may wrap the former
    lost = lost_output()
    status = status or lost
    guard = sys.modules.get("flows.server.guard")
    if ending.ended or (guard and guard.gone.is_set()):
        os._exit(status)  # a library's thread may wait for ever, or Prefect ask for its server once more
    gc.freeze()  # else Python's end takes a second, in which it takes apart all that was imported
    sys.exit(status)


def tell_error(error: Exception) -> Status:
    """Tell in a line what ended a command and return its exit status; raise what is a fault of ours."""
    name = Path(sys.argv[0]).name
    if isinstance(error, ServerError):
        print(f"{name}: {masked(str(error))}", file=sys.stderr)
        return Status.BAD_PARAMETERS
    if isinstance(error, OSError | MemoryError):  # the machine lacks something, such as open files
        from tasks.cache.failures import told

        print(f"{name}: {told(error)}; what is done is kept", file=sys.stderr)
        return Status.NOT_ALL_DONE
    raise error


def lost_output() -> int:
    """Return the exit status of a command that did its work, by whether what it said could be written."""
    sys.stdout.flush()
    sys.stderr.flush()
    raw = getattr(sys.stdout.buffer, "raw", None)
    if not isinstance(raw, Lasting) or raw.failure is None or raw.failure.errno in NOBODY_READS:
        return Status.DONE
    print(f"{Path(sys.argv[0]).name}: what it said is not complete ({raw.failure.strerror})", file=sys.stderr)
    return Status.NOT_ALL_DONE


def tell(ended: KeyboardInterrupt) -> int:
    """Say which signal ended the command, and return its exit status."""
    number = ended.signal if isinstance(ended, Ended) else signal.SIGINT
    with suppress(OSError):  # nobody may be there; not `print`, which this may have interrupted
        os.write(2, f"{SIGNALS[number]}\n".encode())
    return 128 + number
