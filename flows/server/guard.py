"""Ends a run whose Prefect server is gone, which would go on for minutes from error to error."""

import contextlib
import io
import logging
import signal
import threading
from collections.abc import Callable, Iterator
from types import FrameType

import httpx

from flows.server.api import ServerError, surroundings

LOOK_SECONDS = 1.0
LOOKS = 5  # at the process, for each question to the server
ANSWER_SECONDS = 5.0
NOT_ITSELF = (502, 503, 504)  # what a proxy answers whose server is gone
MISSES = 6  # so that a server that is started again is waited for
AT_ONCE = {"PREFECT_CLIENT_MAX_RETRIES": "0"}

gone = threading.Event()  # whether the server of the last run of this process was lost


class ServerGone(KeyboardInterrupt):
    """The server is gone; Prefect takes it for an interrupt, and so ends the run."""


@contextlib.contextmanager
def guarded(url: str, lives: Callable[[], bool] = lambda: True) -> Iterator[None]:
    """Look after the server in the block. Only the main thread can be called away from its work.

    Args:
        url: the URL of its API.
        lives: whether its process lives, as far as that is known.

    Raises:
        ServerError: it is gone.
    """
    gone.clear()
    main = threading.main_thread()
    if threading.current_thread() is not main:
        yield
        return
    over, turn = threading.Event(), threading.Lock()

    def look() -> None:
        misses = looks = 0
        while lives() and misses < MISSES:
            if over.wait(LOOK_SECONDS):
                return
            looks += 1
            if looks % LOOKS == 0:
                misses = 0 if answers(url) else misses + 1
        with turn:  # not after the block, when the signal would be another's
            if not over.is_set():
                gone.set()
                signal.pthread_kill(main.ident or 0, signal.SIGUSR1)

    def leave() -> None:
        with turn:
            over.set()

    with contextlib.ExitStack() as after:

        def call_away(_: int, __: FrameType | None) -> None:
            after.enter_context(surroundings(AT_ONCE))
            after.enter_context(contextlib.redirect_stderr(io.StringIO()))  # Prefect's many words on it
            after.callback(logging.disable, logging.root.manager.disable)
            logging.disable()
            raise ServerGone

        after.callback(signal.signal, signal.SIGUSR1, signal.signal(signal.SIGUSR1, call_away))
        after.callback(leave)
        threading.Thread(target=look, daemon=True).start()
        try:
            yield
        except BaseException as error:
            if not gone.is_set():
                raise
            raise ServerError(
                f"the Prefect server at {url} is gone; what is done is kept, and the same command goes on "
                "from there"
            ) from error


def answers(url: str) -> bool:
    """Whether a server answers, whatever it says; not if only something before it does."""
    try:
        status = httpx.get(f"{url}/health", timeout=ANSWER_SECONDS, verify=False).status_code
    except httpx.TransportError:
        return False
    return status not in NOT_ITSELF
