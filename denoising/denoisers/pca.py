"""Projection on principal components: what a linear bottleneck alone can do."""

from dataclasses import dataclass
from typing import ClassVar, Self

import numpy as np

from denoising.denoisers.denoiser import Known, Told
from denoising.measure.metrics import Signals
from denoising.signals.scaling import rescale
from denoising.signals.sinusoids import Array

COMPONENT_COUNTS = (0, 1, 2, 3, 4, 6, 8, 10, 12, 16, 20, 24, 32, 48, 64, 96, 128, 192, 256)


@dataclass(frozen=True, eq=False)
class Projection:
    """Projection on a few directions through a mean.

    Attributes:
        gain: factor of the noisy signals, 1 / (1 - alpha).
        mean: shape (signal_length,).
        components: the directions as orthonormal rows, shape (k, signal_length).
    """

    gain: float
    mean: Array
    components: Array

    def __call__(self, noisy: Signals) -> Signals:
        deviation = rescale(noisy, self.gain) - self.mean
        return self.mean + deviation @ self.components.T @ self.components


@dataclass(frozen=True, eq=False)
class PCA(Projection):
    """Projection on the first principal components of the clean training signals.

    The number of components is chosen on the validation signals.
    """

    label: ClassVar[str] = "PCA"
    told: ClassVar[tuple[Told, ...]] = ("noise level", "clean examples")

    @classmethod
    def fit(cls, known: Known) -> Self:
        mean, components, _ = principal(known.clean_examples.astype(np.float64))
        numbers = [k for k in COMPONENT_COUNTS if k <= len(components)]
        return known.best((cls(known.gain, mean, components[:k]) for k in numbers), known.validation)


def principal(signals: Array) -> tuple[Array, Array, Array]:
    """Return the mean of signals, their principal components as rows, and the variance along each.

    The shapes are (signal_length,), (k, signal_length) and (k,), the largest variance first.
    """
    mean = signals.mean(axis=0)
    _, deviations, components = np.linalg.svd(signals - mean, full_matrices=False)
    return mean, components, np.square(deviations) / max(1, len(signals) - 1)
