"""GPUs shared by the trainings of this machine, however many processes those run in.

A card has so many slots, each a lock of the operating system: it is free again when its process ends, however
that ends. Which card a training runs on decides nothing of what comes of it.
"""

import os
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from itertools import product
from pathlib import Path

from denoising.networks.settings import Device
from tasks.cache.files import POLL_SECONDS, CancelledError, locked

SLOTS = Path(tempfile.gettempdir()) / f"denoising-slots-{os.getuid()}"


@contextmanager
def on_device(device: Device, slots: int, cancelled: Callable[[], bool]) -> Iterator[None]:
    """Let `cuda` mean a card with a free slot for as long as the block lasts; the CPU needs no slot.

    Args:
        device: what is to be used.
        slots: how many at a time may use a card.
        cancelled: whether to give up waiting.

    Raises:
        CancelledError: waiting was given up.
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
    """Hold a slot of one of these cards, the emptiest first; its number among them."""
    with ExitStack() as held:
        yield take(cards, slots, cancelled, held)


def take(cards: Sequence[str], slots: int, cancelled: Callable[[], bool], held: ExitStack) -> int:
    """Take the first slot that is or becomes free, until `held` is closed; the number of its card."""
    while True:
        for level, (number, card) in product(range(slots), enumerate(cards)):
            with suppress(CancelledError):
                held.enter_context(locked(SLOTS / f"{card}-{level}", blocking=False))
                return number
        if cancelled():
            raise CancelledError("gave up waiting for a GPU")
        time.sleep(POLL_SECONDS)
