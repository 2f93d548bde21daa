"""Windows of recordings: which there are, and their samples.

The grid of windows starts with a channel's first sample; windows of the grid share no sample.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from denoising.recordings.channels import Channel
from denoising.signals.sinusoids import Array

BLOCK_SAMPLES = 2**20  # read at once


@dataclass(frozen=True)
class WindowSet:
    """Windows of recordings that are for one part.

    Attributes:
        file, channel: shape (n,): where each is from.
        offset: shape (n,): its first sample.
        block: shape (n,): which stretch of time it is from; windows of different blocks share no sample.
        samples: shape (n, length), float64.
        partner: the same windows of another recording of the same thing, if there is one.
    """

    file: NDArray[Any]
    channel: NDArray[Any]
    offset: NDArray[np.int64]
    block: NDArray[np.int64]
    samples: Array
    partner: Array | None = None

    def __len__(self) -> int:
        return len(self.offset)


@dataclass(frozen=True)
class Grid:
    """The windows of a channel.

    Attributes:
        whole: shape (n_windows,): whether no sample of a window is missing.
        lowest, highest: of all samples that are not missing; nan if all are.
        missing: how many samples are missing.
    """

    whole: NDArray[np.bool_]
    lowest: float
    highest: float
    missing: int


def blocks(channel: Channel, length: int) -> Iterator[tuple[int, Array]]:
    """Yield a channel's samples in blocks of whole windows, each with its first sample's number."""
    size = max(1, BLOCK_SAMPLES // length) * length
    for start in range(0, channel.n_samples, size):
        yield start, channel.read(start, min(start + size, channel.n_samples))


def grid_of(channel: Channel, length: int) -> Grid:
    """Look through a channel's samples."""
    whole: list[NDArray[np.bool_]] = []
    lows, highs, missing = [np.inf], [-np.inf], 0
    for _, samples in blocks(channel, length):
        there = np.isfinite(samples)
        n = len(samples) // length
        whole.append(np.asarray(there[: n * length].reshape(n, length).all(axis=1)))
        missing += int((~there).sum())
        if there.any():
            lows.append(float(samples[there].min()))
            highs.append(float(samples[there].max()))
    known = len(lows) > 1
    return Grid(
        np.concatenate([*whole, np.zeros(0, np.bool_)]),
        min(lows) if known else np.nan,
        max(highs) if known else np.nan,
        missing,
    )


def windows_at(channel: Channel, starts: NDArray[np.intp], length: int) -> Array:
    """Return the windows of a channel that begin with these samples, in rising order, shape (n, length).

    The channel is read once, and only where there are windows.
    """
    found = np.empty((len(starts), length))
    size = max(BLOCK_SAMPLES, length)
    done = 0
    while done < len(starts):
        first = int(starts[done])
        until = int(np.searchsorted(starts, first + size - length, side="right"))
        samples = channel.read(first, int(starts[until - 1]) + length)
        found[done:until] = np.lib.stride_tricks.sliding_window_view(samples, length)[
            starts[done:until] - first
        ]
        done = until
    return found
