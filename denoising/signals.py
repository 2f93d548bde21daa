"""The clean signals: families of sums of two sinusoids with random frequencies."""

from dataclasses import dataclass
from math import pi

import numpy as np
from numpy.typing import NDArray

from denoising.settings import Signals

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Sinusoids:
    """f(x) = sin(f1 x) + cos(cosine_factor f2 x); f1 and f2 independent, uniform on [low, high).

    Attributes:
        low, high: bounds of both frequencies, in radians per unit of x.
        cosine_factor: what the second frequency is multiplied by.
        end: x covers [0, end), the endpoint excluded.
    """

    low: float
    high: float
    cosine_factor: float
    end: float

    def positions(self, length: int) -> Array:
        """The sample positions x, shape (length,)."""
        return np.linspace(0, self.end, length, endpoint=False)

    def draw_frequencies(self, generator: np.random.Generator, n: int) -> Array:
        """n pairs (f1, f2) from the prior, shape (n, 2). The first pairs do not depend on n."""
        return generator.uniform(self.low, self.high, size=(n, 2))

    def clean(self, frequencies: Array, length: int) -> Array:
        """The signals of frequencies of shape (n, 2), shape (n, length)."""
        return self.sine(frequencies[:, 0], length) + self.cosine(frequencies[:, 1], length)

    def sine(self, f1: Array, length: int) -> Array:
        """The part that depends on f1, of shape (...): sin(f1 x), shape (..., length)."""
        part: Array = np.sin(f1[..., None] * self.positions(length))
        return part

    def cosine(self, f2: Array, length: int) -> Array:
        """The part that depends on f2, of shape (...): cos(cosine_factor f2 x), shape (..., length)."""
        part: Array = np.cos(self.cosine_factor * f2[..., None] * self.positions(length))
        return part

    def slopes(self, frequencies: Array, length: int) -> tuple[Array, Array]:
        """The derivatives of both parts to their frequency, shape (..., length) for (..., 2)."""
        x = self.positions(length)
        f1, f2 = frequencies[..., :1], frequencies[..., 1:]
        c = self.cosine_factor
        return x * np.cos(f1 * x), -c * x * np.sin(c * f2 * x)

    @property
    def phase_span(self) -> float:
        """Over how many radians the prior spreads the phase at the end of a signal, of the faster part."""
        return max(self.cosine_factor, 1) * (self.high - self.low) * self.end

    def is_sampled(self, length: int) -> bool:
        """Whether the highest frequency lies below half the sampling rate (Nyquist)."""
        return max(self.cosine_factor, 1) * self.high * self.end / length < pi


FAMILIES: dict[Signals, Sinusoids] = {
    "formula": Sinusoids(low=0.5, high=2.5, cosine_factor=2, end=4 * pi),
    "pictures": Sinusoids(low=2 * pi, high=6 * pi, cosine_factor=1, end=2 * pi),
}
