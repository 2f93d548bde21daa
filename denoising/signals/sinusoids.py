"""The clean signals: families of sums of two sinusoids with random frequencies."""

from dataclasses import dataclass
from math import pi

import numpy as np
from numpy.typing import NDArray

from denoising.signals.settings import FamilyName

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
        """The signals of frequencies of shape (n, 2), shape (n, length), to the last digit."""
        x = self.positions(length)
        f1, f2 = frequencies[:, :1], frequencies[:, 1:]
        signals: Array = np.sin(f1 * x) + np.cos(self.cosine_factor * f2 * x)
        return signals

    def sine(self, f1: Array, length: int) -> Array:
        """The part that depends on f1, of shape (...): sin(f1 x), shape (..., length)."""
        return np.ascontiguousarray(self.waves(f1, length).imag)

    def cosine(self, f2: Array, length: int) -> Array:
        """The part that depends on f2, of shape (...): cos(cosine_factor f2 x), shape (..., length)."""
        return np.ascontiguousarray(self.waves(self.cosine_factor * f2, length).real)

    def tangent(self, frequencies: Array, length: int) -> tuple[Array, Array, Array]:
        """The signals of frequencies of shape (n, 2) with their slopes in f1 and f2; (n, length) each."""
        x, c = self.positions(length), self.cosine_factor
        first, second = self.waves(frequencies[:, 0], length), self.waves(c * frequencies[:, 1], length)
        return first.imag + second.real, x * first.real, -c * x * second.imag

    def waves(self, f: Array, length: int) -> NDArray[np.complex128]:
        """exp(i f x) for f of shape (...), shape (..., length); the error stays below 1e-15 a sample.

        x is an even grid, so that what is known of a wave, turned by a phase, is as much again of it: over
        ten times as fast as a sine and a cosine for every sample.
        """
        waves = np.empty((*f.shape, length), np.complex128)
        waves[..., 0] = 1
        turn = np.exp(1j * f * self.end / length)[..., None]
        n = 1
        while n < length:
            waves[..., n : 2 * n] = turn * waves[..., : min(n, length - n)]
            turn, n = turn * turn, 2 * n
        return waves

    @property
    def phase_span(self) -> float:
        """Over how many radians the prior spreads the phase at the end of a signal, of the faster part."""
        return max(self.cosine_factor, 1) * (self.high - self.low) * self.end

    def is_sampled(self, length: int) -> bool:
        """Whether the highest frequency lies below half the sampling rate (Nyquist)."""
        return max(self.cosine_factor, 1) * self.high * self.end / length < pi


FAMILIES: dict[FamilyName, Sinusoids] = {
    "formula": Sinusoids(low=0.5, high=2.5, cosine_factor=2, end=4 * pi),
    "pictures": Sinusoids(low=2 * pi, high=6 * pi, cosine_factor=1, end=2 * pi),
}
