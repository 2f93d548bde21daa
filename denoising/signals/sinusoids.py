"""The clean signals: two families of sums of a sine and a cosine with random frequencies."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import pi

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Sinusoids:
    """A family of signals f(x) = sin(f1 x) + cos(cosine_factor f2 x).

    The frequencies f1 and f2 are independent and uniform on [low, high).

    Attributes:
        low, high: bounds of both frequencies, in radians per unit of x.
        cosine_factor: the factor of the second frequency.
        end: x covers [0, end).
    """

    low: float
    high: float
    cosine_factor: float
    end: float

    def positions(self, length: int) -> Array:
        """Return the sample positions x, shape (length,), evenly spaced on [0, end)."""
        return np.linspace(0, self.end, length, endpoint=False)

    def draw_frequencies(self, generator: np.random.Generator, n: int) -> Array:
        """Draw n pairs (f1, f2) from the prior, shape (n, 2). The first pairs do not depend on n."""
        return generator.uniform(self.low, self.high, size=(n, 2))

    def clean(self, frequencies: Array, length: int) -> Array:
        """Return the signals, shape (n, length), of frequencies of shape (n, 2).

        This calls NumPy's sine and cosine for every sample; the faster `waves` differs in the last digit.
        """
        x = self.positions(length)
        f1, f2 = frequencies[:, :1], frequencies[:, 1:]
        signals: Array = np.sin(f1 * x) + np.cos(self.cosine_factor * f2 * x)
        return signals

    def sine(self, f1: Array, length: int) -> Array:
        """Return the first part of the signals, sin(f1 x), shape (..., length), for f1 of shape (...)."""
        return np.ascontiguousarray(self.waves(f1, length).imag)

    def cosine(self, f2: Array, length: int) -> Array:
        """Return the second part, cos(cosine_factor f2 x), shape (..., length), for f2 of shape (...)."""
        return np.ascontiguousarray(self.waves(self.cosine_factor * f2, length).real)

    def tangent(self, frequencies: Array, length: int) -> tuple[Array, Array, Array]:
        """Return the signals of frequencies of shape (n, 2) and their derivatives by f1 and by f2.

        Each of the three has shape (n, length).
        """
        x, c = self.positions(length), self.cosine_factor
        first, second = self.waves(frequencies[:, 0], length), self.waves(c * frequencies[:, 1], length)
        return first.imag + second.real, x * first.real, -c * x * second.imag

    def waves(self, f: Array, length: int) -> NDArray[np.complex128]:
        """Return exp(i f x), shape (..., length), for f of shape (...), with errors below 1e-15 per sample.

        The positions x are evenly spaced, so multiplying the first n samples by one phase factor gives the
        next n. This is over ten times as fast as a sine and a cosine for every sample.
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
        """The width of the prior of the phase at a signal's end, in radians, for the faster of both parts."""
        return max(self.cosine_factor, 1) * (self.high - self.low) * self.end

    def is_sampled(self, length: int) -> bool:
        """Whether the highest frequency lies below half the sampling rate (the Nyquist frequency)."""
        return max(self.cosine_factor, 1) * self.high * self.end / length < pi


FAMILIES: Mapping[str, Sinusoids] = {
    "formula": Sinusoids(low=0.5, high=2.5, cosine_factor=2, end=4 * pi),
    "pictures": Sinusoids(low=2 * pi, high=6 * pi, cosine_factor=1, end=2 * pi),
}
