"""The best linear filter of a short window, fitted to examples."""

from dataclasses import dataclass
from typing import ClassVar, Self

import numpy as np

from denoising.denoisers.denoiser import MAX_TUNING_SIGNALS, Known, Told
from denoising.measure.metrics import Signals
from denoising.signals.dataset import SignalSet
from denoising.signals.scaling import rescale
from denoising.signals.sinusoids import Array

TAPS = (1, 3, 5, 9, 17, 33, 65, 129, 255)
AT_ONCE = 64  # signals, since each sample stands in as many rows as there are weights


@dataclass(frozen=True, eq=False)
class FIRWiener:
    """Weights that are moved along a signal, the ones with the least squared error (Wiener 1949).

    The same weights serve every sample, as is right where a window may begin anywhere in a recording. They
    are found from examples, and so they fit noise of any colour. A signal's mean passes as it is; beyond its
    ends it is continued by its mirror image turned upside down. How many weights there are is chosen on the
    validation signals.

    Attributes:
        gain: factor of the noisy signals, 1 / (1 - alpha).
        weights: an odd number of them; the middle one is that of the sample itself.
    """

    label: ClassVar[str] = "moving Wiener filter"
    told: ClassVar[tuple[Told, ...]] = ("noise level", "clean examples")

    gain: float
    weights: Array

    @classmethod
    def fit(cls, known: Known) -> Self:
        examples = known.some(known.train, MAX_TUNING_SIGNALS)
        numbers = [n for n in TAPS if n <= known.train.noisy.shape[1]]
        return known.best((cls(known.gain, fitted(examples, known, n)) for n in numbers), known.validation)

    def __call__(self, noisy: Signals) -> Signals:
        centred, mean = about_mean(rescale(noisy, self.gain))
        return neighbourhoods(centred, len(self.weights)) @ self.weights + mean


def fitted(examples: SignalSet, known: Known, n: int) -> Array:
    """Return the n weights with the least squared error on examples.

    If the clean signals are not known, their products with the noisy ones are those of the noisy signals with
    themselves, less the noise's variance in the middle: so it is for white noise.
    """
    noisy, mean = about_mean(rescale(examples.noisy, known.gain))
    target = examples.clean - mean if known.has_target else noisy
    squares, products = np.zeros((n, n)), np.zeros(n)
    for first in range(0, len(noisy), AT_ONCE):
        some = slice(first, first + AT_ONCE)
        near = neighbourhoods(noisy[some], n).reshape(-1, n)
        squares += near.T @ near
        products += near.T @ target[some].ravel()
    if not known.has_target:
        products[n // 2] -= noisy.size * known.noise_std**2
    return np.asarray(np.linalg.lstsq(squares, products, rcond=None)[0], np.float64)


def about_mean(signals: Array) -> tuple[Array, Array]:
    """Return signals less their mean, and the mean, shape (n, 1)."""
    mean = signals.mean(axis=1, keepdims=True)
    return signals - mean, mean


def neighbourhoods(signals: Array, n: int) -> Array:
    """Return the n samples around each sample, shape (signals, length, n)."""
    half = n // 2
    longer = np.pad(signals, [(0, 0), (half, half)], mode="reflect", reflect_type="odd")
    return np.lib.stride_tricks.sliding_window_view(longer, n, axis=1)
