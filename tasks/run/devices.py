"""GPU slots, which limit how many trainings share a GPU, across all processes of this machine.

Each slot is a file lock, which the operating system frees when the process that holds it ends in any way. The
result of a training does not depend on the GPU that it runs on. The locks lie in a folder that nobody else
can use: all users share the one around it, and what another one put there could be a link to anything.
"""

import errno
import os
import stat
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from itertools import product
from pathlib import Path

from denoising.networks.settings import Device
from tasks.cache.files import POLL_SECONDS, CancelledError, locked

SLOTS = Path(tempfile.gettempdir()) / f"denoising-slots-{os.geteuid()}"


def foreign(folder: Path) -> str | None:
    """Return why what is there is no folder of this user's; None if it is, or if nothing is there."""
    try:
        status = folder.lstat()
    except FileNotFoundError:
        return None
    if stat.S_ISDIR(status.st_mode) and status.st_uid == os.geteuid():
        return None
    return "GPU slots go there, and it is no folder of yours; remove it, or set TMPDIR to another folder"


def make_private(folder: Path) -> None:
    """Make a folder that nobody else can use, unless it is there.

    Raises:
        PermissionError: something else is there.
    """
    with suppress(FileExistsError):
        folder.mkdir(mode=0o700)
    if why := foreign(folder):
        raise PermissionError(errno.EACCES, why, str(folder))
    folder.chmod(0o700)


@contextmanager
def on_device(device: Device, slots: int, cancelled: Callable[[], bool]) -> Iterator[None]:
    """Make `cuda` stand for a GPU with a free slot within the block; do nothing for the CPU.

    Args:
        device: the device of the training.
        slots: slots of each GPU.
        cancelled: called while waiting; true ends the waiting.

    Raises:
        CancelledError: `cancelled` returned true.
    """
    if device != "cuda":
        yield
        return
    import torch

    cards = [str(torch.cuda.get_device_properties(n).uuid) for n in range(torch.cuda.device_count())]
    with slot(cards, slots, cancelled) as number, torch.cuda.device(number):
        yield


@contextmanager
def slot(cards: Sequence[str], slots: int, cancelled: Callable[[], bool]) -> Iterator[int]:
    """Hold a slot of the least used of these GPUs within the block; yields the index of that GPU."""
    with ExitStack() as held:
        yield take(cards, slots, cancelled, held)


def take(cards: Sequence[str], slots: int, cancelled: Callable[[], bool], held: ExitStack) -> int:
    """Wait for a free slot, hold it until `held` is closed, and return the index of its GPU."""
    make_private(SLOTS)
    while True:
        for level, (number, card) in product(range(slots), enumerate(cards)):
            with suppress(CancelledError):
                held.enter_context(locked(SLOTS / f"{card}-{level}", blocking=False))
                return number
        if cancelled():
            raise CancelledError("gave up waiting for a GPU")
        time.sleep(POLL_SECONDS)
