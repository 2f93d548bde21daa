"""The best linear filter of whole windows, for noise of any colour."""

from dataclasses import dataclass
from typing import ClassVar, Self

import numpy as np
from scipy.linalg import toeplitz

from denoising.denoisers.denoiser import Known, Told
from denoising.measure.metrics import Signals
from denoising.signals.scaling import rescale
from denoising.signals.sinusoids import Array


@dataclass(frozen=True, eq=False)
class WindowWiener:
    """Returns mean + K (K + N)^-1 (noisy / (1 - alpha) - mean), the filter of Wiener (1949) for a window.

    K is the covariance of the clean training signals, and N that of their noise, which is taken to be the
    same wherever a window begins.

    Attributes:
        gain: factor of the noisy signals, 1 / (1 - alpha).
        mean: of the clean signals, shape (signal_length,).
        weights: (K + N)^-1 K, shape (signal_length, signal_length).
    """

    label: ClassVar[str] = "Wiener filter of windows"
    told: ClassVar[tuple[Told, ...]] = ("noise level", "clean examples")

    gain: float
    mean: Array
    weights: Array

    @classmethod
    def fit(cls, known: Known) -> Self:
        clean = known.clean_examples.astype(np.float64)
        noise = rescale(known.train.noisy, known.gain) - clean
        covariance = np.cov(clean, rowvar=False, bias=True)
        both = covariance + toeplitz(autocovariance(noise))
        weights: Array = np.linalg.lstsq(both, covariance, rcond=None)[0].astype(np.float64)
        return cls(known.gain, clean.mean(axis=0), weights)

    def __call__(self, noisy: Signals) -> Signals:
        denoised: Array = self.mean + (rescale(noisy, self.gain) - self.mean) @ self.weights
        return denoised


def autocovariance(noise: Array) -> Array:
    """Return the mean product of samples at each distance, shape (length,), over length, as of no mean."""
    n, length = noise.shape
    power = np.square(np.abs(np.fft.rfft(noise, 2 * length))).sum(axis=0)
    found: Array = np.fft.irfft(power, 2 * length)[:length] / (n * length)
    return found
