"""The posterior of a clean signal given a noisy one; its mean is the best denoiser in mean squared error.

A signal is a sum of two parts, A(f1) + B(f2). The log-likelihood on a grid of frequencies is therefore a sum
of a term of f1, a term of f2 and the table of inner products A(f1) . B(f2). There are two methods:

- At low signal-to-noise ratios, one grid over the whole prior serves all signals. All sums are matrix
  products, because exp(-A . B / s^2) is the same for every signal.
- At high ratios, that exponential would overflow and the grid would have to be very fine, but the likelihood
  of a signal has one narrow peak. The peak is first looked for on the grid of the first method, as if there
  were more noise, then refined by Gauss-Newton steps. The integral is taken on a small grid around it.

Both integrate by Gauss-Legendre quadrature, with nodes that lie closer together than the peak is wide.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from math import ceil, pi, sqrt
from typing import TypeVar

import numpy as np
from numpy.polynomial.chebyshev import chebpts1, chebvander
from numpy.typing import NDArray
from scipy.special import roots_legendre

from denoising.signals.sinusoids import Array, Sinusoids

T = TypeVar("T", bound=np.generic)

# Up to this length / s^2 the first method is used: its exponents then stay within half the range of a float.
HIGHEST_SNR = 600.0
# Distances of nodes in standard deviations of the peak: for an integral, whose error falls as
# exp(-2 pi^2 / SPACING^2), and for a search, in which no peak is farther from a node than half the distance.
SPACING = 0.85
SEARCH_SPACING = 1.7
GRID_HALF_WIDTH = 7.0  # in standard deviations of the peak
GAUSS_NEWTON_STEPS = 10  # convergence is quadratic, but slower where both sinusoids have nearly one frequency
NEAR_ENOUGH = 1e-8  # standard deviations of the peak; after a smaller step the search for it ends
CHUNK_SAMPLES = 12_800  # so that the grids of a chunk of signals fit into the processor's cache


@dataclass(frozen=True)
class Posterior:
    """The posterior mean and variance of n clean signals.

    Attributes:
        mean: shape (n, length).
        variance: posterior variance, averaged over the samples, shape (n,). It is the expected squared error
            of the posterior mean given the noisy signal.
    """

    mean: Array
    variance: Array


def posterior(family: Sinusoids, rescaled: Array, s: float, spacing: float = SPACING) -> Posterior:
    """Compute the posterior of clean signals under the uniform prior of the family's frequencies.

    Args:
        family: the family of the clean signals.
        rescaled: noisy signals divided by 1 - alpha, shape (n, length).
        s: standard deviation of their noise; infinite if they hold nothing of the signal.
        spacing: distance of the nodes, in standard deviations of the peak.

    Raises:
        ValueError: the sampling is too coarse to tell the highest frequencies apart.
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
    # Sorted by narrowness, since the narrowest peak of a chunk decides the number of nodes for all of it.
    order = np.argsort(peaks.narrowness, kind="stable")
    parts = join(
        around_peak(family, rescaled[rows], s, peaks.take(rows), spacing)
        for rows in chunks(order, max(1, CHUNK_SAMPLES // length))
    )
    back = np.argsort(order)
    return Posterior(parts.mean[back], parts.variance[back])


def peak_width(family: Sinusoids, length: int, s: float) -> tuple[float, float]:
    """Return the typical standard deviations of f1 and f2 about the peak: s / sqrt(sum of squared slopes)."""
    width = s / sqrt(length * family.end**2 / 6)
    return width, width / family.cosine_factor


class SharedGrid:
    """One grid over the whole prior, for all signals of one length and noise level."""

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
        """Return the factors of the likelihood in f1 and in f2 times the quadrature weights.

        Their shapes are (n1, n) and (n2, n).
        """
        return (
            likelihood(self.part1, rescaled, self.s) * self.weight1[:, None],
            likelihood(self.part2, rescaled, self.s) * self.weight2[:, None],
        )

    def posterior(self, rescaled: Array) -> Posterior:
        """Return the posterior of signals of shape (n, length)."""
        factor1, factor2 = self.factors(rescaled)
        marginal1 = factor1 * (self.coupling @ factor2)
        marginal2 = factor2 * (self.coupling.T @ factor1)
        total = marginal1.sum(axis=0)
        product = (factor1 * ((self.coupling * self.inner) @ factor2)).sum(axis=0)
        mean = ((self.part1.T @ marginal1 + self.part2.T @ marginal2) / total).T
        energy = (energy_of(self.part1) @ marginal1 + energy_of(self.part2) @ marginal2 + 2 * product) / total
        return Posterior(mean, (energy - energy_of(mean)) / rescaled.shape[1])

    def likeliest(self, rescaled: Array) -> Array:
        """Return the frequencies at which the marginals are highest, shape (n, 2)."""
        factor1, factor2 = self.factors(rescaled)
        marginal1 = factor1 * (self.coupling @ factor2) / self.weight1[:, None]
        marginal2 = factor2 * (self.coupling.T @ factor1) / self.weight2[:, None]
        return np.column_stack([self.f1[marginal1.argmax(axis=0)], self.f2[marginal2.argmax(axis=0)]])


def likelihood(part: Array, rescaled: Array, s: float) -> Array:
    """Return exp((y . A - A . A / 2) / s^2) for parts A and signals y, scaled so that its maximum is 1.

    Args:
        part: A, shape (m, length).
        rescaled: y, shape (n, length).
        s: standard deviation of the noise.

    Returns:
        Shape (m, n).
    """
    exponent = (part @ rescaled.T - energy_of(part)[:, None] / 2) / s**2
    factor: Array = np.exp(exponent - exponent.max(axis=0))
    return factor


@dataclass(frozen=True)
class Peaks:
    """The peaks of the likelihoods of n signals.

    Attributes:
        frequencies: positions (f1, f2), shape (n, 2).
        deviation: standard deviations of f1 and f2 about the peak, from the Fisher information, shape (n, 2).
        narrowness: ratio of `deviation` to the width along one axis with the other frequency fixed, shape
            (n,). It is above 1 if the two are correlated.
    """

    frequencies: Array
    deviation: Array
    narrowness: Array

    def take(self, rows: NDArray[np.intp]) -> "Peaks":
        """Return the peaks at these rows."""
        return Peaks(self.frequencies[rows], self.deviation[rows], self.narrowness[rows])


def around_peak(family: Sinusoids, rescaled: Array, s: float, peaks: Peaks, spacing: float) -> Posterior:
    """Compute the posterior of signals whose likelihood has one narrow peak."""
    length = rescaled.shape[1]
    centre = peaks.frequencies.clip(family.low, family.high)
    bounds = [
        (centre + side * GRID_HALF_WIDTH * peaks.deviation).clip(family.low, family.high) for side in (-1, 1)
    ]
    span = bounds[1] - bounds[0]
    unit, weight = nodes(ceil(pi / 2 * 2 * GRID_HALF_WIDTH * peaks.narrowness.max() / spacing), -1, 1)
    # So near to the peak, a sample is all but a polynomial of the frequency. Its values at a few frequencies
    # give those at all nodes, and products of the former give those of the latter.
    phase = family.end * max(family.cosine_factor, 1) * span.max() / 2
    few = ceil(9 + 3.5 * phase)  # for an error of about 1e-14: (phase / 2)^few / few!
    at = chebpts1(few)
    to_nodes = chebvander(unit, few - 1) @ np.linalg.inv(chebvander(at, few - 1))  # (nodes, few)
    f = bounds[0] + (at[:, None, None] + 1) / 2 * span  # (few, n, 2)
    # All signals are taken relative to the one at the centre: differences of large numbers would lose digits.
    centre1, centre2 = family.sine(centre[:, 0], length), family.cosine(centre[:, 1], length)
    part1 = family.sine(f[:, :, 0].T, length) - centre1[:, None]  # (n, few, length)
    part2 = family.cosine(f[:, :, 1].T, length) - centre2[:, None]
    parts = np.concatenate([part1, part2], axis=1)
    products = parts @ parts.swapaxes(1, 2)
    energy1, energy2 = (
        np.vecdot(to_nodes @ products[:, own, own], to_nodes) for own in (slice(few), slice(few, None))
    )
    inner = to_nodes @ products[:, :few, few:] @ to_nodes.T  # (n, nodes, nodes)
    along = (parts @ (rescaled - centre1 - centre2)[:, :, None])[:, :, 0]
    term1 = along[:, :few] @ to_nodes.T - energy1 / 2
    term2 = along[:, few:] @ to_nodes.T - energy2 / 2
    exponent = (term1[:, :, None] + term2[:, None, :] - inner) / s**2
    joint = np.exp(exponent - exponent.max(axis=(1, 2), keepdims=True)) * weight[:, None] * weight
    joint /= joint.sum(axis=(1, 2), keepdims=True)
    marginal1, marginal2 = joint.sum(axis=2), joint.sum(axis=1)
    weights = np.concatenate([marginal1 @ to_nodes, marginal2 @ to_nodes], axis=1)
    shift = (weights[:, None] @ parts)[:, 0]
    energy = np.vecdot(marginal1, energy1) + np.vecdot(marginal2, energy2)
    energy += 2 * (joint * inner).sum(axis=(1, 2))
    return Posterior(centre1 + centre2 + shift, (energy - energy_of(shift)) / length)


def gauss_newton(family: Sinusoids, rescaled: Array, s: float, start: Array) -> Peaks:
    """Find the peaks of the likelihoods of signals.

    Args:
        family: the family of the clean signals.
        rescaled: noisy signals divided by 1 - alpha, shape (n, length).
        s: standard deviation of their noise.
        start: frequencies near the peaks, shape (n, 2).
    """
    f, length = start.copy(), rescaled.shape[1]
    deviation, narrowness = np.empty_like(f), np.empty(len(f))
    for going in chunks(np.arange(len(f)), max(1, CHUNK_SAMPLES // length)):
        for _ in range(GAUSS_NEWTON_STEPS):
            clean, slope1, slope2 = family.tangent(f[going], length)
            rest = rescaled[going] - clean
            xx, yy, xy = energy_of(slope1), energy_of(slope2), np.vecdot(slope1, slope2)
            x, y = np.vecdot(slope1, rest), np.vecdot(slope2, rest)
            determinant = xx * yy - xy**2
            step = np.column_stack([yy * x - xy * y, xx * y - xy * x]) / determinant[:, None]
            f[going] += step
            deviation[going] = s * np.sqrt(np.column_stack([yy, xx]) / determinant[:, None])
            narrowness[going] = np.sqrt(xx * yy / determinant)
            going = going[(np.abs(step) > NEAR_ENOUGH * deviation[going]).any(axis=1)]
            if not going.size:
                break
    return Peaks(f, deviation, narrowness)


def nodes_for_parts(family: Sinusoids) -> int:
    """Return how many nodes resolve a signal's parts over the prior; half the phase span would just do."""
    return ceil(32 + family.phase_span)


@lru_cache(maxsize=8)
def unit_nodes(number: int) -> tuple[Array, Array]:
    """Return the nodes and weights of Gauss-Legendre quadrature on [-1, 1]."""
    x, weight = roots_legendre(number)
    return x, weight


def nodes(number: int, low: float, high: float) -> tuple[Array, Array]:
    """Return nodes and weights on [low, high]; the weights add up to 1, as for a uniform prior."""
    x, weight = unit_nodes(number)
    return low + (high - low) * (x + 1) / 2, weight / 2


def energy_of(signals: Array) -> Array:
    """Return the sum of squares over the last axis."""
    energy: Array = np.vecdot(signals, signals)
    return energy


def chunks(rows: NDArray[T], most: int) -> Iterator[NDArray[T]]:
    """Yield the rows in chunks of at most `most`."""
    return (rows[first : first + most] for first in range(0, len(rows), most))


def join(parts: Iterator[Posterior]) -> Posterior:
    """Concatenate posteriors."""
    every = list(parts)
    return Posterior(
        np.concatenate([part.mean for part in every]), np.concatenate([part.variance for part in every])
    )
