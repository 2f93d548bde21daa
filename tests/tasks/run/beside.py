"""What the processes of `test_child.py` run; it imports little, so that they start quickly."""

import ctypes
import os
import time
from collections.abc import Iterator
from multiprocessing.connection import Connection


def idle(pipe: Connection, _: Iterator[bytes]) -> None:
    """Say who we are, and do nothing more."""
    pipe.send(os.getpid())
    time.sleep(600)


def stuck(pipe: Connection, _: Iterator[bytes]) -> None:
    """Say who we are, then let no thread of Python go on."""
    pipe.send(os.getpid())
    ctypes.PyDLL(None).sleep(600)


def echo(pipe: Connection, messages: Iterator[bytes]) -> None:
    """Send back what the parent sends."""
    for message in messages:
        pipe.send_bytes(message)
