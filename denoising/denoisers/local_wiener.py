"""The Wiener filter from local mean and variance."""

from dataclasses import dataclass
from typing import ClassVar, Self

import numpy as np

from denoising.denoisers.denoiser import Known, Told
from denoising.measure.metrics import Signals
from denoising.signals.scaling import rescale
from denoising.signals.sinusoids import Array


@dataclass(frozen=True)
class LocalWiener:
    """The local Wiener filter (Lee 1980), as in SciPy's `wiener`: beyond its ends, a signal counts as 0.

    The smaller the variance in a sample's window, the more the sample is moved towards the window's mean.

    Attributes:
        gain: factor of the noisy signals, 1 / (1 - alpha).
        noise_std: standard deviation of the noise after that factor.
        window: samples in the window, an odd number.
    """

    label: ClassVar[str] = "local Wiener"
    told: ClassVar[tuple[Told, ...]] = ("noise level", "clean examples")

    gain: float
    noise_std: float
    window: int

    @classmethod
    def fit(cls, known: Known) -> Self:
        candidates = (cls(known.gain, known.noise_std, window) for window in known.windows or [1])
        return known.best(candidates, known.train)

    def __call__(self, noisy: Signals) -> Signals:
        rescaled = rescale(noisy, self.gain)
        if self.noise_std == 0 or self.window == 1:
            return rescaled
        mean = moving_mean(rescaled, self.window)
        variance = moving_mean(np.square(rescaled), self.window) - np.square(mean)
        noise = self.noise_std**2
        denoised: Signals = mean + (rescaled - mean) * (1 - noise / np.maximum(variance, noise))
        return denoised


def moving_mean(signals: Array, window: int) -> Array:
    """Return the mean of an odd number of samples around each sample, with 0 beyond the ends.

    Samples are added up from the ends of blocks as long as the window. Each window is the end of one block
    and the beginning of the next, so that its mean rests on no sample far away.
    """
    n, length = signals.shape
    blocks = -(-(length + window - 1) // window)
    padded = np.pad(signals, [(0, 0), (window // 2, blocks * window - length - window // 2)])
    by_block = padded.reshape(n, blocks, window)
    to_here = np.cumsum(by_block, axis=2).reshape(n, -1)
    from_here = np.cumsum(by_block[:, :, ::-1], axis=2)[:, :, ::-1].reshape(n, -1)
    sums = from_here[:, :length] + to_here[:, window - 1 : window - 1 + length]
    sums[:, ::window] = from_here[:, :length:window]  # which are whole blocks
    means: Array = sums / window
    return means
