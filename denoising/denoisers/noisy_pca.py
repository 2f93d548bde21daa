"""Projection on principal components that are found without any clean signal."""

from dataclasses import dataclass
from math import sqrt
from typing import ClassVar, Self

from denoising.denoisers.denoiser import Known, Told
from denoising.denoisers.pca import Projection, principal
from denoising.signals.scaling import rescale


@dataclass(frozen=True, eq=False)
class NoisyPCA(Projection):
    """Projection on the principal components of the noisy training signals that noise alone would not have.

    These are the ones with a variance above `noise_edge`.

    Attributes:
        gain: factor of the noisy signals, 1 / (1 - alpha).
        mean: mean of the noisy training signals after that factor, shape (signal_length,).
        components: the components as orthonormal rows, shape (k, signal_length).
    """

    label: ClassVar[str] = "PCA of noisy signals"
    told: ClassVar[tuple[Told, ...]] = ("noise level", "noisy examples")

    @classmethod
    def fit(cls, known: Known) -> Self:
        mean, components, variances = principal(rescale(known.train.noisy, known.gain))
        return cls(known.gain, mean, components[variances > noise_edge(known)])


def noise_edge(known: Known) -> float:
    """Return s^2 (1 + sqrt(signal_length / n))^2, for n training signals with white noise of variance s^2.

    The covariance of n signals of such noise alone has no eigenvalue far above it (Marchenko & Pastur 1967).
    """
    n, length = known.train.noisy.shape
    return known.noise_std**2 * (1 + sqrt(length / n)) ** 2
