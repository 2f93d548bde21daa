"""The posterior of a clean signal given a noisy one: its mean is the best of all denoisers.

The signal is a sum of two parts, A(f1) + B(f2), so that the log-likelihood on a grid of frequencies is a sum
of a term of f1, a term of f2 and the table of the inner products A(f1) . B(f2). Two ways follow:

- At a low signal-to-noise ratio one grid over the whole prior serves every signal, and all sums are products
  of matrices: exp(-A . B / s^2) is the same for all of them.
- At a high one, where that would overflow and the grid would have to be very fine, the signal has one narrow
  peak. It is found on the grid of the first way, at as much noise as that way needs, then by Gauss-Newton
  steps, and integrated on a small grid of its own.

Both integrate by Gauss-Legendre quadrature, whose nodes lie closer than the peak is wide.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from math import ceil, pi, sqrt
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray
from scipy.special import roots_legendre

from denoising.signals.sinusoids import Array, Sinusoids

T = TypeVar("T", bound=np.generic)

HIGHEST_SNR = 600.0  # length / s^2 of the first way: its exponents stay within half of what a float can hold
SPACING = 0.85  # of nodes, in standard deviations of the peak; the error falls as exp(-2 pi^2 / SPACING^2)
SEARCH_SPACING = 1.7  # the same where the peak is only looked for: no peak is further off than half of it
HALF_WIDTH = 7.0  # of a signal's own grid, in standard deviations
STEPS = 10  # of Gauss-Newton from there; it converges quadratically, but for peaks of nearly one frequency
AT_ONCE = 6_400  # samples of signals with a grid of their own, for the sake of the processor's cache


@dataclass(frozen=True)
class Posterior:
    """The posterior of some clean signals.

    Attributes:
        mean: shape (n, length).
        variance: mean over the samples of the posterior variance, shape (n,): the expected squared error
            of the posterior mean given the noisy signal.
    """

    mean: Array
    variance: Array


def posterior(family: Sinusoids, rescaled: Array, s: float, spacing: float = SPACING) -> Posterior:
    """The posterior under the uniform prior of the family's frequencies.

    Args:
        family: what the clean signals are.
        rescaled: noisy signals with the clean signal at its own scale, shape (n, length).
        s: standard deviation of their noise; infinite where nothing of the signal is left.
        spacing: of the nodes, in standard deviations of the peak.

    Raises:
        ValueError: the signals are sampled too coarsely for their frequencies to be told apart.
    """
    length = rescaled.shape[1]
    if not family.is_sampled(length):
        raise ValueError(f"signal_length {length}: too short to sample the highest frequency of the family")
    if s == 0:
        return Posterior(rescaled, np.zeros(len(rescaled)))
    s_shared = max(s, sqrt(length / HIGHEST_SNR))
    if s == s_shared:
        shared = SharedGrid(family, length, s, spacing)
        return join(shared.posterior(part) for part in chunks(rescaled, 1000))
    grid = SharedGrid(family, length, s_shared, SEARCH_SPACING)
    start = np.concatenate([grid.likeliest(part) for part in chunks(rescaled, 1000)])
    peaks = gauss_newton(family, rescaled, s, start)
    # The least correlated first, so that those that need most nodes stand together.
    order = np.argsort(peaks.narrowness, kind="stable")
    parts = join(
        around_peak(family, rescaled[rows], s, peaks.take(rows), spacing)
        for rows in chunks(order, max(1, AT_ONCE // length))
    )
    back = np.argsort(order)
    return Posterior(parts.mean[back], parts.variance[back])


def peak_width(family: Sinusoids, length: int, s: float) -> tuple[float, float]:
    """Standard deviations of f1 and f2 about their peak: s / sqrt(sum of squared slopes), on average."""
    width = s / sqrt(length * family.end**2 / 6)
    return width, width / family.cosine_factor


class SharedGrid:
    """One grid over the whole prior for signals of a length and a noise."""

    def __init__(self, family: Sinusoids, length: int, s: float, spacing: float) -> None:
        least = nodes_for_parts(family)
        span = family.high - family.low
        numbers = [max(least, ceil(pi / 2 * span / (spacing * w))) for w in peak_width(family, length, s)]
        self.s = s
        self.f1, self.weight1 = nodes(numbers[0], family.low, family.high)
        self.f2, self.weight2 = nodes(numbers[1], family.low, family.high)
        self.part1 = family.sine(self.f1, length)  # (n1, length)
        self.part2 = family.cosine(self.f2, length)  # (n2, length)
        self.inner = self.part1 @ self.part2.T  # (n1, n2)
        self.coupling = np.exp(-self.inner / s**2)

    def factors(self, rescaled: Array) -> tuple[Array, Array]:
        """The weighted factors of the likelihood in f1 and in f2, shapes (n1, n) and (n2, n)."""
        return (
            likelihood(self.part1, rescaled, self.s) * self.weight1[:, None],
            likelihood(self.part2, rescaled, self.s) * self.weight2[:, None],
        )

    def posterior(self, rescaled: Array) -> Posterior:
        """The posterior of signals of shape (n, length)."""
        factor1, factor2 = self.factors(rescaled)
        marginal1 = factor1 * (self.coupling @ factor2)
        marginal2 = factor2 * (self.coupling.T @ factor1)
        total = marginal1.sum(axis=0)
        product = (factor1 * ((self.coupling * self.inner) @ factor2)).sum(axis=0)  # of A . B
        mean = ((self.part1.T @ marginal1 + self.part2.T @ marginal2) / total).T
        energy = (energy_of(self.part1) @ marginal1 + energy_of(self.part2) @ marginal2 + 2 * product) / total
        return Posterior(mean, (energy - energy_of(mean)) / rescaled.shape[1])

    def likeliest(self, rescaled: Array) -> Array:
        """The frequencies of the highest marginals, shape (n, 2)."""
        factor1, factor2 = self.factors(rescaled)
        marginal1 = factor1 * (self.coupling @ factor2) / self.weight1[:, None]
        marginal2 = factor2 * (self.coupling.T @ factor1) / self.weight2[:, None]
        return np.column_stack([self.f1[marginal1.argmax(axis=0)], self.f2[marginal2.argmax(axis=0)]])


def likelihood(part: Array, rescaled: Array, s: float) -> Array:
    """exp((y . A - A . A / 2) / s^2), highest 1: parts A (m, length), signals y (n, length) give (m, n)."""
    exponent = (part @ rescaled.T - energy_of(part)[:, None] / 2) / s**2
    factor: Array = np.exp(exponent - exponent.max(axis=0))
    return factor


@dataclass(frozen=True)
class Peaks:
    """Where likelihoods have their peaks.

    Attributes:
        frequencies: shape (n, 2).
        deviation: their standard deviations about the peak, from the Fisher information, shape (n, 2).
        narrowness: by how much the peak is narrower along an axis than its deviation says, shape (n,): above
            1 where the two frequencies are correlated.
    """

    frequencies: Array
    deviation: Array
    narrowness: Array

    def take(self, rows: NDArray[np.intp]) -> "Peaks":
        """The peaks of some signals."""
        return Peaks(self.frequencies[rows], self.deviation[rows], self.narrowness[rows])


def around_peak(family: Sinusoids, rescaled: Array, s: float, peaks: Peaks, spacing: float) -> Posterior:
    """The posterior of signals whose likelihood has one narrow peak."""
    length = rescaled.shape[1]
    centre = peaks.frequencies.clip(family.low, family.high)
    bounds = [
        (centre + side * HALF_WIDTH * peaks.deviation).clip(family.low, family.high) for side in (-1, 1)
    ]
    unit, weight = nodes(ceil(pi / 2 * 2 * HALF_WIDTH * peaks.narrowness.max() / spacing), 0, 1)
    f = bounds[0] + unit[:, None, None] * (bounds[1] - bounds[0])  # (nodes, n, 2)
    # All signals are taken relative to that of the centre, lest small differences of large numbers be lost.
    centre1, centre2 = family.sine(centre[:, 0], length), family.cosine(centre[:, 1], length)
    part1 = family.sine(f[:, :, 0].T, length) - centre1[:, None]  # (n, nodes, length)
    part2 = family.cosine(f[:, :, 1].T, length) - centre2[:, None]
    rest = (rescaled - centre1 - centre2)[:, :, None]
    inner = part1 @ part2.transpose(0, 2, 1)  # (n, nodes, nodes)
    term1 = (part1 @ rest)[:, :, 0] - energy_of(part1) / 2
    term2 = (part2 @ rest)[:, :, 0] - energy_of(part2) / 2
    exponent = (term1[:, :, None] + term2[:, None, :] - inner) / s**2
    joint = np.exp(exponent - exponent.max(axis=(1, 2), keepdims=True)) * weight[:, None] * weight
    joint /= joint.sum(axis=(1, 2), keepdims=True)
    marginal1, marginal2 = joint.sum(axis=2), joint.sum(axis=1)
    shift = (marginal1[:, None] @ part1 + marginal2[:, None] @ part2)[:, 0]
    energy = (marginal1 * energy_of(part1) + marginal2 * energy_of(part2)).sum(axis=1)
    energy += 2 * (joint * inner).sum(axis=(1, 2))
    return Posterior(centre1 + centre2 + shift, (energy - energy_of(shift)) / length)


def gauss_newton(family: Sinusoids, rescaled: Array, s: float, start: Array) -> Peaks:
    """The peaks of the likelihood of signals, shape (n, length), near some frequencies, shape (n, 2)."""
    length = rescaled.shape[1]
    f = start
    for _ in range(STEPS):
        clean, slope1, slope2 = family.tangent(f, length)
        rest = rescaled - clean
        xx, yy, xy = energy_of(slope1), energy_of(slope2), (slope1 * slope2).sum(axis=1)
        x, y = (slope1 * rest).sum(axis=1), (slope2 * rest).sum(axis=1)
        determinant = xx * yy - xy**2
        f = f + np.column_stack([yy * x - xy * y, xx * y - xy * x]) / determinant[:, None]
    deviation = s * np.sqrt(np.column_stack([yy, xx]) / determinant[:, None])
    return Peaks(f, deviation, np.sqrt(xx * yy / determinant))


def nodes_for_parts(family: Sinusoids) -> int:
    """Nodes that resolve the parts of a signal over the prior; half of the phase span would just do."""
    return ceil(32 + family.phase_span)


@lru_cache(maxsize=8)
def unit_nodes(number: int) -> tuple[Array, Array]:
    """Nodes and weights of Gauss-Legendre quadrature on [-1, 1]."""
    x, weight = roots_legendre(number)
    return x, weight


def nodes(number: int, low: float, high: float) -> tuple[Array, Array]:
    """Nodes and weights on [low, high]; the weights add up to 1, for a uniform prior."""
    x, weight = unit_nodes(number)
    return low + (high - low) * (x + 1) / 2, weight / 2


def energy_of(signals: Array) -> Array:
    """Sum of squares over the samples."""
    energy: Array = np.square(signals).sum(axis=-1)
    return energy


def chunks(rows: NDArray[T], most: int) -> Iterator[NDArray[T]]:
    """The rows, a few at a time."""
    return (rows[first : first + most] for first in range(0, len(rows), most))


def join(parts: Iterator[Posterior]) -> Posterior:
    """Posteriors one after the other."""
    every = list(parts)
    return Posterior(
        np.concatenate([part.mean for part in every]), np.concatenate([part.variance for part in every])
    )
