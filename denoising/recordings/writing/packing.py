"""How the formats of WFDB pack a sample into bytes."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from denoising.recordings.channels import Channel
from denoising.recordings.writing.patching import changes, whole
from denoising.signals.sinusoids import Array


class Packing(NamedTuple):
    """How a format writes a sample: its bits, the number that it writes for 0, and its order of bytes."""

    bits: int
    zero: int = 0
    order: str = "<"


TWELVE = "212"  # two samples of 12 bits in three bytes
PACKINGS = {
    "80": Packing(8, zero=128),
    "16": Packing(16),
    "61": Packing(16, order=">"),
    "160": Packing(16, zero=2**15),
    TWELVE: Packing(12),
    "24": Packing(24),
    "32": Packing(32),
}


def encoded(values: Array, packing: Packing, gain: float, baseline: int) -> NDArray[Any]:
    """Return physical values as the numbers of a format, of which the lowest bits count."""
    most, zero = 2 ** (packing.bits - 1) - 1, packing.zero
    return whole(values * gain + baseline + zero, zero - most, zero + most, f"{packing.order}i4")


def patch_twelve(
    path: Path,
    first: int,
    frame: int,
    before: int,
    old: Channel,
    new: Channel,
    numbers: Callable[[Array], NDArray[Any]],
) -> None:
    """Overwrite the samples of a channel that differ in a file of format 212.

    Args:
        path: the file.
        first: its first byte that holds samples.
        frame: samples of all channels at one time.
        before: how many of these lie before the channel's.
        old, new: see `changes`.
        numbers: returns samples as the numbers of the file.
    """
    for start, differs, values in changes(old, new, 2):
        raw = np.memmap(path, np.uint8, "r+", first + start * frame // 2 * 3)
        places = np.flatnonzero(differs) * frame + before
        codes = numbers(values) & 0xFFF
        for odd in (0, 1):  # the first and the second of a pair, whose highest bits share a byte
            own = places % 2 == odd
            at, code = places[own] // 2 * 3, codes[own]
            raw[at + 2 * odd] = code & 0xFF
            raw[at + 1] = raw[at + 1] & (0x0F if odd else 0xF0) | code >> 8 << 4 * odd
