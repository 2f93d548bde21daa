"""The posterior covariance of a clean signal given a noisy one, and the slopes of the posterior mean.

Under white Gaussian noise of standard deviation s, the slope of the posterior mean by the noisy signal is the
posterior covariance over s^2. It is therefore symmetric, and none of its eigenvalues is negative.
"""

from collections.abc import Iterator
from math import ceil, pi, sqrt

import numpy as np

from denoising.signals.sinusoids import Array, Sinusoids
from denoising.theory.posterior import (
    GRID_HALF_WIDTH,
    HIGHEST_SNR,
    SEARCH_SPACING,
    SPACING,
    SharedGrid,
    energy_of,
    gauss_newton,
    nodes,
    nodes_for_parts,
    peak_width,
)

WIDER = 2  # times the reach of the grid of the posterior mean: tails weigh more in a variance than in a mean
Bounds = tuple[tuple[float, float], tuple[float, float]]  # of f1 and of f2


def posterior_slopes(family: Sinusoids, rescaled: Array, s: float) -> Array:
    """The slope of each sample of the posterior mean by each of the noisy signal.

    Args:
        family: the family of the clean signals.
        rescaled: noisy signals divided by 1 - alpha, shape (n, length).
        s: standard deviation of their noise, above 0.

    Returns:
        Shape (n, length, length).
    """
    every = [
        covariance(family, signal, s, bounds)
        for signal, bounds in zip(rescaled, where_likely(family, rescaled, s), strict=True)
    ]
    return np.stack(every) / s**2


def covariance(family: Sinusoids, signal: Array, s: float, bounds: Bounds) -> Array:
    """The posterior covariance of one signal of shape (length,), by quadrature between bounds.

    A signal is a sum A(f1) + B(f2), so that its covariance is that of A, that of B and twice that between.
    """
    length, least = len(signal), nodes_for_parts(family)
    numbers = [
        max(ceil(pi / 2 * (high - low) / (SPACING * width)), least)
        for (low, high), width in zip(bounds, peak_width(family, length, s), strict=True)
    ]
    (f1, weight1), (f2, weight2) = (nodes(n, *ends) for n, ends in zip(numbers, bounds, strict=True))
    part1, part2 = family.sine(f1, length), family.cosine(f2, length)
    term1, term2 = (part @ signal - energy_of(part) / 2 for part in (part1, part2))
    exponent = (term1[:, None] + term2 - part1 @ part2.T) / s**2
    joint = np.exp(exponent - exponent.max()) * weight1[:, None] * weight2
    joint /= joint.sum()
    marginal1, marginal2 = joint.sum(axis=1), joint.sum(axis=0)
    part1, part2 = part1 - marginal1 @ part1, part2 - marginal2 @ part2
    across = part1.T @ joint @ part2
    own = (part1.T * marginal1) @ part1 + (part2.T * marginal2) @ part2
    found: Array = own + across + across.T
    return found


def where_likely(family: Sinusoids, rescaled: Array, s: float) -> Iterator[Bounds]:
    """Between which frequencies the posterior of each signal lies: all of the prior's, or about its peak."""
    length = rescaled.shape[1]
    low, high = family.low, family.high
    s_shared = sqrt(length / HIGHEST_SNR)
    if s >= s_shared:
        for _ in rescaled:
            yield (low, high), (low, high)
        return
    start = SharedGrid(family, length, s_shared, SEARCH_SPACING).likeliest(rescaled)
    peaks = gauss_newton(family, rescaled, s, start)
    reach = WIDER * GRID_HALF_WIDTH * peaks.deviation
    centre = peaks.frequencies.clip(low, high)
    lows, highs = (centre - reach).clip(low, high), (centre + reach).clip(low, high)
    for (low1, low2), (high1, high2) in zip(lows.tolist(), highs.tolist(), strict=True):
        yield (low1, high1), (low2, high2)
