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

    The covariance of n signals of white noise of variance s^2 has no eigenvalue far above s^2 (1 +
    sqrt(signal_length / n))^2 (Marchenko & Pastur 1967). The components with larger ones are kept.

    Attributes:
        gain: factor of the noisy signals, 1 / (1 - alpha).
        mean: mean of the noisy training signals after that factor, shape (signal_length,).
        components: the components as orthonormal rows, shape (k, signal_length).
    """

    label: ClassVar[str] = "PCA of noisy signals"
    told: ClassVar[tuple[Told, ...]] = ("noise level", "noisy examples")

    @classmethod
    def fit(cls, known: Known) -> Self:
        noisy = rescale(known.train.noisy, known.gain)
        mean, components, variances = principal(noisy)
        edge = known.noise_std**2 * (1 + sqrt(noisy.shape[1] / len(noisy))) ** 2
        return cls(known.gain, mean, components[variances > edge])
