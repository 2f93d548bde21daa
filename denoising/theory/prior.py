"""The clean signals' prior in its first two moments: mean and covariance."""

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
        directions: orthonormal rows, shape (rank, signal_length): the covariance's eigenvectors.
        variances: its eigenvalues, shape (rank,); those of all other directions are 0.
    """

    mean: Array
    directions: Array
    variances: Array

    @property
    def variance(self) -> float:
        """Mean over the samples of their variance."""
        return float(self.variances.sum() / len(self.mean))

    @property
    def power(self) -> float:
        """Mean over the samples of their mean square."""
        return self.variance + float(np.square(self.mean).mean())


@lru_cache(maxsize=8)
def prior_of(family: Sinusoids, length: int) -> Prior:
    """The prior of a family's signals of a length, by Gauss-Legendre quadrature over both frequencies.

    The two parts of a signal are independent, so that their covariances add up. Each is F^T F with a row of
    F for each node, which gives the eigenvectors by a singular value decomposition of both together.
    """
    f, weight = nodes(nodes_for_parts(family), family.low, family.high)
    parts = [family.sine(f, length), family.cosine(f, length)]
    means = [weight @ part for part in parts]
    rows = [np.sqrt(weight)[:, None] * (part - mean) for part, mean in zip(parts, means, strict=True)]
    _, deviations, directions = np.linalg.svd(np.concatenate(rows), full_matrices=False)
    return Prior(means[0] + means[1], directions, np.square(deviations))


def shrinkage(variances: Array, noise_std: float) -> Array:
    """lambda / (lambda + s^2) of each variance lambda: what the best linear filter keeps; 1 without noise."""
    if noise_std == 0:
        return np.ones_like(variances)
    return variances / (variances + noise_std**2)
