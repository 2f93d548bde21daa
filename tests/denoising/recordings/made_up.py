"""Recordings that tests make up."""

import numpy as np
from scipy.signal import lfilter

from denoising.recordings.channels import Channel
from denoising.recordings.survey import Signal, look
from denoising.recordings.windowing import WindowSet

LENGTH = 16
RATE = 1000.0


def channel_of(samples: np.ndarray, name: str = "1", rate: float | None = None) -> Channel:
    """A channel that holds these samples, and refuses to be read beyond them."""

    def read(start: int, stop: int) -> np.ndarray:
        assert 0 <= start <= stop <= len(samples)
        return samples[start:stop].astype(float)

    return Channel(name, len(samples), rate, read)


def signal_of(file: str, samples: np.ndarray, name: str = "1", length: int = LENGTH) -> Signal:
    return look(file, channel_of(samples, name), RATE, None, length, ())


def told_apart(n: int, start: int = 0) -> np.ndarray:
    """Samples that tell their own number, though no two windows of them look alike."""
    wobble = np.random.default_rng(start).uniform(0, 0.4, n)
    return start + np.arange(n) + wobble


def windows_from(
    samples: np.ndarray, file: str = "one", channel: str = "1", partner: np.ndarray | None = None
) -> WindowSet:
    """Windows, shape (n, length), as of one channel of a recording."""
    n, length = samples.shape
    names = (np.full(n, name, object) for name in (file, channel))
    return WindowSet(*names, np.arange(n) * length, np.zeros(n, int), samples, partner)


def filtered(coefficients: list[float], samples: np.ndarray) -> np.ndarray:
    """Samples of an autoregressive process of unit variance, made from white noise."""
    found: np.ndarray = lfilter([1], coefficients, samples)
    return found / found.std()
