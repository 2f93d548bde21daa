"""Windows of a real recording as clean signals: a first check of what was found on sinusoids."""

from functools import cache
from importlib.resources import files
from io import BytesIO

import numpy as np
from numpy.typing import NDArray

from denoising.signals.sinusoids import Array

FILE = files("denoising.signals").joinpath("recordings/ecg_360hz.npz").read_bytes()
TEST_SHARE = 0.2  # the end of the recording, which serves for tests alone

Starts = NDArray[np.int64]  # the first samples of windows


@cache
def recording() -> Array:
    """Return the electrocardiogram, shape (n,), with mean 0 and mean square 1 over all but its test part."""
    samples = np.load(BytesIO(FILE))["samples"].astype(np.float64)
    learned = samples[: test_start(len(samples))]
    standardised: Array = (samples - learned.mean()) / learned.std()
    return standardised


def test_start(n: int) -> int:
    """Return the first of n samples that belongs to the test part."""
    return round(n * (1 - TEST_SHARE))


def draw_starts(generator: np.random.Generator, n: int, length: int, *, test: bool) -> Starts:
    """Draw n windows of the test part or of the rest, which share no sample, shape (n,).

    The first windows do not depend on n.

    Raises:
        ValueError: that part of the recording is shorter than a window.
    """
    total = len(recording())
    first, end = (test_start(total), total) if test else (0, test_start(total))
    if length > end - first:
        raise ValueError(
            f"signal_length {length}: the recording has {end - first} samples; use at most these"
        )
    return generator.integers(first, end - length + 1, n)


def windows(starts: Starts, length: int) -> Array:
    """Return the windows that start there, shape (n, length)."""
    found: Array = np.lib.stride_tricks.sliding_window_view(recording(), length)[starts]
    return found


def in_time(starts: Starts, n_first: int, length: int) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return the rows of the first windows in time, and those of later ones that share no sample with them.

    Where every later window does, the last one is kept.
    """
    order = np.argsort(starts, kind="stable")
    first, later = order[:n_first], order[n_first:]
    apart = later[starts[later] >= starts[first[-1]] + length]
    return first, apart if len(apart) else later[-1:]
