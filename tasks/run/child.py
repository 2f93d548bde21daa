"""A process of this project beside the one that starts it, with a pipe between the two.

It imports nothing of the user's program, as processes of `multiprocessing` do: that may be a script that
would run all over again, a notebook, or the standard input.
"""

import contextlib
import fcntl
import os
import pickle
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from queue import SimpleQueue
from typing import Any

FROM_TERMINAL = {signal.SIGINT, signal.SIGHUP}  # the parent handles these for its children
QUIET = "ignore::UserWarning:multiprocessing.resource_tracker"  # which counts what a killed process held
BEGIN = """
import sys
sys.path[:] = {path}
from {child} import begin
from {module} import {name}
begin({name}, {end})
"""

Function = Callable[[Connection, Iterator[bytes]], None]


class KilledError(Exception):
    """The other process was killed."""


class Child:
    """A process that runs a function with its end of a pipe, and ends when this process ends in any way."""

    def __init__(self, function: Function) -> None:
        """Start the process.

        Args:
            function: a function of a module, called with its end of the pipe and all messages that this
                process sends, pickled.
        """
        self.pipe, theirs = Pipe()
        code = BEGIN.format(
            path=[*map(str, sys.path)],
            module=function.__module__,
            name=function.__name__,
            child=__name__,
            end=theirs.fileno(),
        )
        with theirs, blocked():
            self.process = subprocess.Popen(
                [sys.executable, "-P", "-c", code], stdin=subprocess.PIPE, pass_fds=[theirs.fileno()],
                env={**os.environ, "PYTHONWARNINGS": f"{os.environ.get('PYTHONWARNINGS', '')},{QUIET}"},
            )  # fmt: skip

    def send(self, message: Any) -> None:
        """Send an object.

        Raises:
            KilledError: the process was killed.
        """
        content = pickle.dumps(message)
        try:
            self.pipe.send_bytes(content)
        except OSError as error:
            raise KilledError from error

    def receive(self, seconds: float | None = None) -> Any:
        """Return the next object that the process sends.

        Raises:
            KilledError: the process was killed.
            TimeoutError: it sent nothing within these seconds.
        """
        try:
            content = self.pipe.recv_bytes() if self.pipe.poll(seconds) else None
        except (EOFError, OSError) as error:  # in the middle of a message, too
            raise KilledError from error
        if content is None:
            raise TimeoutError
        return pickle.loads(content)

    def end(self, seconds: float = 0.0) -> None:
        """Wait some seconds for the end of the process, then kill it."""
        self.pipe.close()
        try:
            self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        finally:
            assert self.process.stdin is not None
            self.process.stdin.close()


@contextlib.contextmanager
def blocked() -> Iterator[None]:
    """Block the terminal's signals in this thread; a process that is started meanwhile never gets them."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, FROM_TERMINAL)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def begin(function: Function, end: int) -> None:
    """Run a function in a new process, and end this when its parent ends, whatever goes on in it.

    The parent holds the other end of the standard input and writes nothing there. When it ends, the system
    sends the signal SIGIO, which ends this process though it may be in C code that lets no thread of Python
    go on. Where no such signal comes, the thread that reads the messages ends it.

    Args:
        function: see `Child`.
        end: the file descriptor of its end of the pipe.
    """
    for heard in FROM_TERMINAL:
        signal.signal(heard, signal.SIG_IGN)  # for good: a library may unblock what was blocked
    with contextlib.suppress(OSError):
        fcntl.fcntl(0, fcntl.F_SETOWN, os.getpid())
        fcntl.fcntl(0, fcntl.F_SETFL, fcntl.fcntl(0, fcntl.F_GETFL) | os.O_ASYNC)
    pipe = Connection(end)
    messages: SimpleQueue[bytes] = SimpleQueue()

    def read() -> None:
        with contextlib.suppress(EOFError, OSError):
            while True:
                messages.put(pipe.recv_bytes())
        os._exit(1)

    threading.Thread(target=read, daemon=True).start()
    function(pipe, iter(messages.get, None))
