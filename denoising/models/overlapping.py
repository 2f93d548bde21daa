"""Signals of any length, denoised in windows that overlap.

Windows begin at the multiples of a hop, counted from the signal's first sample. Each sample is the mean of
what the windows around it make of it, weighted by Hann's curve, so that there is no step between two. A
sample thus depends on less than a window to either side, and the result is the same in whichever pieces a
signal is denoised. At its ends, and where samples are missing, a signal is continued by its mirror image.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from denoising.models.model_file import ModelError

Array = NDArray[np.float64]
OVERLAP = 0.5  # of a window, which two neighbours share
AT_ONCE = 2**18  # samples in windows
BLOCK_SAMPLES = 2**17


@dataclass(frozen=True)
class Overlapping:
    """Denoises in windows.

    Attributes:
        denoise: returns denoised windows of shape (n, window).
        window: samples of a window.
        overlap: the share of a window that two neighbours have in common, from 0 to below 1.
    """

    denoise: Callable[[Array], NDArray[np.floating[Any]]]
    window: int
    overlap: float = OVERLAP

    @property
    def hop(self) -> int:
        """Samples from one window to the next."""
        return max(1, round(self.window * (1 - self.overlap)))

    def between(self, read: Callable[[int, int], Array], n: int, start: int, stop: int) -> Array:
        """Return some samples of a signal, denoised; those that are missing stay so.

        Args:
            read: returns the signal's samples from one to before another; those that are missing are nan.
            n: how many samples the signal has.
            start, stop: the first sample to return, and the one behind the last.
        """
        first = max(0, start - self.window)
        samples = read(first, min(n, stop + self.window))
        denoised = samples[start - first : stop - first].copy()
        for begin, end in runs(np.isfinite(samples)):
            low, high = max(first + begin, start), min(first + end, stop)
            if low < high:
                own = self.of_run(samples[begin:end], first + begin, low, high)
                denoised[low - start : high - start] = own
        return denoised

    def of_run(self, samples: Array, first: int, low: int, high: int) -> Array:
        """Return the samples from `low` to before `high` of a run without gaps; its first one is `first`.

        Raises:
            ModelError: the denoiser gives no finite number.
        """
        hop, window = self.hop, self.window
        total, weights = np.zeros(high - low), np.zeros(high - low)
        curve = np.square(np.sin(np.pi * (np.arange(window) + 0.5) / window))
        numbers = np.arange((low - window) // hop + 1, (high - 1) // hop + 1)
        most = max(1, AT_ONCE // window)
        for begin in range(0, len(numbers), most):
            places = numbers[begin : begin + most, None] * hop + np.arange(window)
            denoised = self.denoise(samples[mirrored(places - first, len(samples))])
            inside = (places >= low) & (places < high)
            into = places[inside] - low
            total += np.bincount(into, (denoised * curve)[inside], len(total))
            weights += np.bincount(into, np.broadcast_to(curve, places.shape)[inside], len(total))
        found: Array = total / weights
        if not np.isfinite(found).all():
            raise ModelError("the denoiser gives no finite number there; use another one")
        return found


def runs(there: NDArray[np.bool_]) -> Iterator[tuple[int, int]]:
    """Yield where each run of samples that are there begins, and the place behind its end."""
    edges = np.flatnonzero(np.diff(np.r_[False, there, False]))
    yield from zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True)


def mirrored(places: NDArray[np.int64], n: int) -> NDArray[np.int64]:
    """Return places within n samples, for places beyond their ends those of the mirror image."""
    if n == 1:
        return np.zeros_like(places)
    period = 2 * (n - 1)
    folded = np.mod(places, period)
    found: NDArray[np.int64] = np.minimum(folded, period - folded)
    return found


def pieces(n: int) -> Iterator[tuple[int, int]]:
    """Yield the ends of the pieces in which a signal of n samples is denoised."""
    for start in range(0, n, BLOCK_SAMPLES):
        yield start, min(start + BLOCK_SAMPLES, n)
