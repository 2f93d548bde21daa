"""Wavelet shrinkage."""

from dataclasses import dataclass
from typing import ClassVar, Self

import numpy as np
import pywt

from denoising.denoisers.denoiser import Known, lowest_mse, rescale
from denoising.measure.metrics import Signals
from denoising.signals.sinusoids import Array

WAVELETS = ("haar", "db2", "db4", "sym8")
SHIFTS = 8  # cycle spinning: the mean over as many circular shifts


@dataclass(frozen=True)
class WaveletShrinkage:
    """Soft thresholds by BayesShrink (Chang, Yu & Vetterli 2000) with cycle spinning, over PyWavelets.

    A sub-band of a signal, its mean square m, has the threshold s^2 / sqrt(m - s^2), s the known noise; it is
    dropped where nothing above the noise is left.

    Attributes:
        gain: what the noisy signals are multiplied by first.
        noise_std: of the noise after that.
        wavelet: its name in PyWavelets.
        levels: how often the signal is halved.
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
        """Shrink the details of signals of shape (n, signal_length)."""
        length = signals.shape[1]
        padded = np.pad(signals, [(0, 0), (0, -length % 2**self.levels)], mode="symmetric")
        coarse, *details = pywt.wavedec(padded, self.wavelet, "periodization", self.levels, axis=-1)
        kept = [np.sign(band) * np.maximum(np.abs(band) - self.threshold(band), 0) for band in details]
        shrunk: Array = pywt.waverec([coarse, *kept], self.wavelet, "periodization", axis=-1)
        return shrunk[:, :length]

    def threshold(self, band: Array) -> Array:
        """The threshold of each signal's sub-band, shape (n, 1)."""
        variance = self.noise_std**2
        above = np.square(band).mean(axis=-1, keepdims=True) - variance
        all_of_it: Array = np.abs(band).max(axis=-1, keepdims=True)
        deviation = np.sqrt(np.maximum(above, 0))
        thresholds: Array = np.divide(variance, deviation, out=all_of_it, where=deviation > 0)
        return thresholds
