"""Wavelet shrinkage: small wavelet coefficients are taken for noise."""

from dataclasses import dataclass
from typing import ClassVar, Self

import numpy as np
import pywt

from denoising.denoisers.denoiser import Known, lowest_mse
from denoising.measure.metrics import Signals
from denoising.signals.scaling import rescale
from denoising.signals.sinusoids import Array

WAVELETS = ("haar", "db2", "db4", "sym8")
SHIFTS = 8  # circular shifts of cycle spinning


@dataclass(frozen=True)
class WaveletShrinkage:
    """Soft thresholding by BayesShrink (Chang, Yu & Vetterli 2000) with cycle spinning, using PyWavelets.

    A sub-band with mean square m has the threshold s^2 / sqrt(m - s^2), where s is the known noise level. It
    is set to 0 if m is not above s^2. Cycle spinning averages the results over circular shifts of the signal.

    Attributes:
        gain: factor of the noisy signals, 1 / (1 - alpha).
        noise_std: standard deviation of the noise after that factor.
        wavelet: name of the wavelet in PyWavelets.
        levels: number of decomposition levels.
    """

    label: ClassVar[str] = "wavelet shrinkage"

    gain: float
    noise_std: float
    wavelet: str
    levels: int

    @classmethod
    def fit(cls, known: Known) -> Self:
        length = known.train.noisy.shape[1]
        candidates = (
            cls(known.gain, known.noise_std, wavelet, levels)
            for wavelet in WAVELETS
            for levels in range(pywt.dwt_max_level(length, wavelet) + 1)
        )
        return lowest_mse(candidates, known.train)

    def __call__(self, noisy: Signals) -> Signals:
        rescaled = rescale(noisy, self.gain)
        total = np.zeros_like(rescaled)
        for shift in range(SHIFTS):
            total += np.roll(self.shrink(np.roll(rescaled, shift, axis=-1)), -shift, axis=-1)
        return total / SHIFTS

    def shrink(self, signals: Array) -> Array:
        """Shrink the wavelet details of signals of shape (n, signal_length)."""
        length = signals.shape[1]
        padded = np.pad(signals, [(0, 0), (0, -length % 2**self.levels)], mode="symmetric")
        coarse, *details = pywt.wavedec(padded, self.wavelet, "periodization", self.levels, axis=-1)
        kept = [np.sign(band) * np.maximum(np.abs(band) - self.threshold(band), 0) for band in details]
        shrunk: Array = pywt.waverec([coarse, *kept], self.wavelet, "periodization", axis=-1)
        return shrunk[:, :length]

    def threshold(self, band: Array) -> Array:
        """Return the threshold of each signal's sub-band, shape (n, 1)."""
        variance = self.noise_std**2
        above = np.square(band).mean(axis=-1, keepdims=True) - variance
        all_of_it: Array = np.abs(band).max(axis=-1, keepdims=True)
        deviation = np.sqrt(np.maximum(above, 0))
        thresholds: Array = np.divide(variance, deviation, out=all_of_it, where=deviation > 0)
        return thresholds
