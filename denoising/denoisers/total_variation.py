"""Total variation: the nearest signal that does not go up and down too much."""

from dataclasses import dataclass
from math import sqrt
from typing import ClassVar, Self

import numpy as np

from denoising.denoisers.denoiser import Known, Told, in_chunks
from denoising.measure.metrics import Signals
from denoising.signals.scaling import rescale

WEIGHTS = (0.0, 0.25, 0.5, 0.75, 1.0, 1.5, 2.0, 3.0)  # in standard deviations of the noise
TUNING_SIGNALS = 200
STEPS = 100


@dataclass(frozen=True)
class TotalVariation:
    """The signal x with the least |x - y|^2 / 2 + weight * sum |x[i + 1] - x[i]| for a noisy signal y.

    The idea is that of Rudin, Osher & Fatemi (1992). The signal is found by 100 steps of the accelerated
    projected gradient method on the dual problem (Beck & Teboulle 2009), for all signals at once; more steps
    change errors by less than 0.1 dB.

    Attributes:
        gain: factor of the noisy signals, 1 / (1 - alpha).
        weight: the weight of the total variation.
    """

    label: ClassVar[str] = "total variation"
    told: ClassVar[tuple[Told, ...]] = ("noise level", "clean examples")

    gain: float
    weight: float

    @classmethod
    def fit(cls, known: Known) -> Self:
        some = known.some(known.train, TUNING_SIGNALS)
        return known.best((cls(known.gain, known.noise_std * weight) for weight in WEIGHTS), some)

    def __call__(self, noisy: Signals) -> Signals:
        return in_chunks(self.nearest, rescale(noisy, self.gain))

    def nearest(self, signals: Signals) -> Signals:
        """Return the signals that are nearest to those of shape (n, length)."""
        y = np.ascontiguousarray(signals.T)  # neighbours are rows, on which NumPy is fastest
        gradient = np.diff(y, axis=0) / 4  # at 0; the gradient's Lipschitz constant is 4
        dual, moved = np.zeros_like(gradient), np.empty_like(gradient)
        # A quarter of where the next step starts, with a row of zeros at both ends. Sums of neighbours taken
        # twice are that start plus a quarter of its second difference.
        start, sums = np.zeros((len(y) + 1, len(signals))), np.empty_like(y)
        momentum = 1.0
        for _ in range(STEPS if self.weight else 0):
            np.add(start[1:], start[:-1], out=sums)
            np.add(sums[1:], sums[:-1], out=moved)
            moved += gradient
            np.clip(moved, -self.weight, self.weight, out=moved)
            momentum, before = (1 + sqrt(1 + 4 * momentum**2)) / 2, momentum
            ahead = (before - 1) / momentum
            np.multiply(moved, (1 + ahead) / 4, out=start[1:-1])
            dual *= ahead / 4
            start[1:-1] -= dual
            dual, moved = moved, dual
        found: Signals = y + np.diff(dual, axis=0, prepend=0, append=0)
        return found.T
