"""The mean and covariance of the clean signals under their prior."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from denoising.signals.sinusoids import Array, Sinusoids
from denoising.theory.posterior import nodes, nodes_for_parts


@dataclass(frozen=True, eq=False)
class Prior:
    """Mean and covariance of the clean signals.

    Attributes:
        mean: shape (signal_length,).
        directions: eigenvectors of the covariance as orthonormal rows, shape (rank, signal_length).
        variances: its eigenvalues, shape (rank,); in all other directions the variance is 0.
    """

    mean: Array
    directions: Array
    variances: Array

    @property
    def variance(self) -> float:
        """The variance of a sample, averaged over the samples."""
        return float(self.variances.sum() / len(self.mean))

    @property
    def power(self) -> float:
        """The mean square of a sample, averaged over the samples."""
        return self.variance + float(np.square(self.mean).mean())


@lru_cache(maxsize=8)
def prior_of(family: Sinusoids, length: int) -> Prior:
    """Compute the prior of a family's signals by Gauss-Legendre quadrature over both frequencies.

    The two parts of a signal are independent, so their covariances add up. Each is F^T F, where F has a row
    for each node; a singular value decomposition of both F stacked gives the eigenvectors of the sum.
    """
    f, weight = nodes(nodes_for_parts(family), family.low, family.high)
    parts = [family.sine(f, length), family.cosine(f, length)]
    means = [weight @ part for part in parts]
    rows = [np.sqrt(weight)[:, None] * (part - mean) for part, mean in zip(parts, means, strict=True)]
    _, deviations, directions = np.linalg.svd(np.concatenate(rows), full_matrices=False)
    return Prior(means[0] + means[1], directions, np.square(deviations))


def shrinkage(variances: Array, noise_std: float) -> Array:
    """Return lambda / (lambda + s^2) for each variance lambda; 1 without noise.

    This is the factor of the best linear filter along each direction.
    """
    if noise_std == 0:
        return np.ones_like(variances)
    return variances / (variances + noise_std**2)
