"""Wavelet shrinkage: small wavelet coefficients are taken for noise."""

from dataclasses import dataclass, replace
from typing import ClassVar, Literal, Self

import numpy as np
import pywt
from numpy.polynomial.polynomial import polyval

from denoising.denoisers.denoiser import Known, Told, in_chunks
from denoising.measure.metrics import Signals
from denoising.signals.scaling import rescale
from denoising.signals.sinusoids import Array

Rule = Literal["BayesShrink", "hard", "garrote"]
Ends = Literal["even", "odd"]

WAVELETS = ("haar", "sym8", "coif5")
MOST_LEVELS = 5
ENDS: tuple[Ends, ...] = ("even", "odd")
# With the threshold in standard deviations of a sub-band's noise; BayesShrink finds its own.
RULES: tuple[tuple[Rule, float], ...] = (("BayesShrink", 0), ("hard", 3), ("hard", 3.5), ("garrote", 2.5))
TUNING_SIGNALS = 100
MARGIN = 4  # a signal is continued at both ends by its length divided by this


@dataclass(frozen=True)
class WaveletShrinkage:
    """Thresholding of the undecimated wavelet transform, with the filters of PyWavelets.

    That transform is the average over all circular shifts of a signal, or cycle spinning in full (Coifman &
    Donoho 1995). Before it, a signal is continued at its ends by its mirror image; with "odd", that is turned
    upside down about the last sample. The rules are hard thresholds, the non-negative garrote (Gao 1998) and
    BayesShrink (Chang, Yu & Vetterli 2000), which is soft. For a sub-band of mean square m whose noise has
    the standard deviation s, its threshold is s^2 / sqrt(m - s^2); if m is not above s^2, nothing is kept.

    The wavelet, the levels and the ends are chosen first, then ends and rule.

    Attributes:
        gain: factor of the noisy signals, 1 / (1 - alpha).
        noise_std: standard deviation of the noise after that factor.
        wavelet: name of the wavelet in PyWavelets.
        levels: number of decomposition levels; with 0, nothing is changed.
        ends: how a signal is continued.
        rule: what becomes of a coefficient.
        factor: the threshold in standard deviations of the coefficient's noise.
    """

    label: ClassVar[str] = "wavelet shrinkage"
    told: ClassVar[tuple[Told, ...]] = ("noise level", "clean examples")

    gain: float
    noise_std: float
    wavelet: str
    levels: int
    ends: Ends = ENDS[0]
    rule: Rule = RULES[0][0]
    factor: float = RULES[0][1]

    @classmethod
    def fit(cls, known: Known) -> Self:
        some = known.some(known.train, TUNING_SIGNALS)
        most = min(MOST_LEVELS, known.train.noisy.shape[1].bit_length() - 1)
        transforms = [(WAVELETS[0], 0), *((wavelet, n) for wavelet in WAVELETS for n in range(1, most + 1))]
        first = [cls(known.gain, known.noise_std, *pair, ends) for pair in transforms for ends in ENDS]
        best = known.best(first, some)
        second = (
            replace(best, ends=ends, rule=rule, factor=factor) for ends in ENDS for rule, factor in RULES
        )
        return known.best(second, some)

    def __call__(self, noisy: Signals) -> Signals:
        rescaled = rescale(noisy, self.gain)
        if self.noise_std == 0 or self.levels == 0:
            return rescaled
        return in_chunks(self.shrunk, rescaled)

    def shrunk(self, signals: Signals) -> Signals:
        """Continue signals of shape (n, length), shrink their transform, and turn that back into signals."""
        length = signals.shape[1]
        before = length // MARGIN
        after = before + -(length + 2 * before) % 2**self.levels
        longer = np.pad(signals, [(0, 0), (before, after)], mode="reflect", reflect_type=self.ends)
        total = longer.shape[1]
        # The filters act on spectra. Each level's have those of the finer one at twice the frequency.
        wavelet = pywt.Wavelet(self.wavelet)
        turn = np.exp(-2j * np.pi * np.fft.rfftfreq(total))
        coarse = np.fft.rfft(longer)
        denoised, back = np.zeros_like(coarse), np.ones_like(turn)
        for level in range(1, self.levels + 1):
            low, high = (polyval(turn, taps) / np.sqrt(2) for taps in (wavelet.dec_lo, wavelet.dec_hi))
            band = np.fft.irfft(coarse * high, total)
            # Noise has half the variance in each next coarser sub-band.
            kept = self.shrink(band, self.noise_std / np.sqrt(2.0) ** level)
            denoised += np.fft.rfft(kept) * (high.conj() * back)
            coarse, back, turn = coarse * low, back * low.conj(), turn**2
        denoised += coarse * back
        return np.fft.irfft(denoised, total)[:, before : before + length]

    def shrink(self, band: Array, std: float) -> Array:
        """Shrink a sub-band of shape (n, length), given the standard deviation of its noise."""
        if self.rule == "BayesShrink":
            threshold = bayes_threshold(band, std**2)
            shrunk: Array = band - np.clip(band, -threshold, threshold)
        else:
            shrunk = pywt.threshold(band, self.factor * std, self.rule)
        return shrunk


def bayes_threshold(band: Array, variance: float) -> Array:
    """Return the threshold of each signal's sub-band by BayesShrink, shape (n, 1)."""
    above = np.square(band).mean(axis=-1, keepdims=True) - variance
    all_of_it: Array = np.abs(band).max(axis=-1, keepdims=True)
    deviation = np.sqrt(np.maximum(above, 0))
    thresholds: Array = np.divide(variance, deviation, out=all_of_it, where=deviation > 0)
    return thresholds
