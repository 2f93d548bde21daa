"""Wiener's filter from local statistics."""

from dataclasses import dataclass
from typing import ClassVar, Self

import numpy as np
from scipy.signal import wiener

from denoising.denoisers.denoiser import Known, lowest_mse, rescale
from denoising.measure.metrics import Signals


@dataclass(frozen=True)
class LocalWiener:
    """Shrinks every sample towards its neighbours' mean by their variance (Lee 1980), by SciPy.

    Attributes:
        gain: what the noisy signals are multiplied by first.
        noise_std: of the noise after that.
        window: samples whose mean and variance are taken, an odd number.
    """

    label: ClassVar[str] = "local Wiener"

    gain: float
    noise_std: float
    window: int

    @classmethod
    def fit(cls, known: Known) -> Self:
        candidates = (cls(known.gain, known.noise_std, window) for window in known.windows or [1])
        return lowest_mse(candidates, known.train)

    def __call__(self, noisy: Signals) -> Signals:
        rescaled = rescale(noisy, self.gain)
        if self.noise_std == 0 or self.window == 1:
            return rescaled
        with np.errstate(divide="ignore", invalid="ignore"):  # where no variance is left, the mean is taken
            filtered: Signals = wiener(rescaled, (1, self.window), self.noise_std**2)
        return filtered
