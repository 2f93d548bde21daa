"""How well a denoiser tells samples that it is not shown: a measure that needs no clean signal."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from denoising.measure.metrics import Denoiser, Energies, Signals
from denoising.settings import PERIOD
from denoising.signals.sinusoids import Array

MOST_PASSES = 16


def j_invariant_loss(denoise: Denoiser, noisy: Signals, width: int = 1) -> Energies:
    """Return the mean squared error with which hidden samples of each signal are told, shape (n,).

    In each of four passes every fourth sample is replaced by a line between its neighbours, and the
    denoiser's output there is held against the sample itself. For noise that is independent from sample to
    sample, the loss is the error that the denoiser has if it does not see the sample, plus the variance of
    the noise, on average (Batson & Royer 2019). In use a denoiser does see it, and its error differs. So
    ranks by this loss are near those by the error, but not always the same.

    For noise that neighbours share, more of them are hidden, and only the sample in the middle counts: its
    noise must not be told from the samples that are shown. Not every sample comes to be counted then.

    Args:
        denoise: the denoiser.
        noisy: shape (n, length).
        width: how many neighbouring samples are hidden together; at most a quarter of a signal is.
    """
    errors = []
    for hidden, counted in masks(noisy.shape[1], width):
        told = denoise(bridged(noisy, hidden))
        errors.append(told[:, counted].astype(np.float64) - noisy[:, counted])
    losses: Energies = np.square(np.concatenate(errors, axis=1)).mean(axis=1)
    return losses


def masks(length: int, width: int) -> Iterator[tuple[NDArray[np.bool_], NDArray[np.bool_]]]:
    """Yield which samples are hidden and which of them count, shape (length,) each, for every pass.

    No sample counts twice. Of width 1, each counts once.
    """
    width = width_in(length, width)
    period = PERIOD * width
    for start in range(0, period, max(1, period // MOST_PASSES)):
        place = (np.arange(length) - start) % period
        hidden, counted = place < width, place == width // 2
        if counted.any():
            yield hidden, counted


def width_in(length: int, width: int) -> int:
    """Return how many samples of a signal can be hidden together: at most a quarter of them, at least one."""
    return max(1, min(width, length // PERIOD))


def bridged(signals: Signals, hidden: NDArray[np.bool_]) -> Signals:
    """Return signals with lines in place of their hidden samples; beyond the last one shown, its value."""
    shown = np.flatnonzero(~hidden)
    at = np.flatnonzero(hidden)
    after = np.searchsorted(shown, at).clip(1, len(shown) - 1)
    left, right = shown[after - 1], shown[after]
    share = ((at - left) / np.maximum(right - left, 1)).clip(0, 1)
    lines: Array = signals[:, left] * (1 - share) + signals[:, right] * share
    result = signals.copy()
    result[:, at] = lines.astype(signals.dtype)
    return result
