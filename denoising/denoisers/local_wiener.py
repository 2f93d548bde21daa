"""The Wiener filter from local mean and variance."""

from dataclasses import dataclass
from typing import ClassVar, Self

import numpy as np
from scipy.signal import wiener

from denoising.denoisers.denoiser import Known, Told
from denoising.measure.metrics import Signals
from denoising.signals.scaling import rescale


@dataclass(frozen=True)
class LocalWiener:
    """SciPy's local Wiener filter (Lee 1980).

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
        with np.errstate(divide="ignore", invalid="ignore"):  # SciPy divides by zero, then takes the mean
            filtered: Signals = wiener(rescaled, (1, self.window), self.noise_std**2)
        return filtered
