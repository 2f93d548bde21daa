"""Projection on principal components: what a linear bottleneck alone can do."""

from dataclasses import dataclass
from typing import ClassVar, Self

import numpy as np

from denoising.denoisers.denoiser import Known, lowest_mse
from denoising.measure.metrics import Signals
from denoising.signals.scaling import rescale
from denoising.signals.sinusoids import Array

COMPONENT_COUNTS = (0, 1, 2, 3, 4, 6, 8, 10, 12, 16, 20, 24, 32, 48, 64, 96, 128, 192, 256)


@dataclass(frozen=True, eq=False)
class PCA:
    """Projection on the first principal components of the clean training signals.

    The number of components is chosen on the validation signals.

    Attributes:
        gain: factor of the noisy signals, 1 / (1 - alpha).
        mean: mean of the clean training signals, shape (signal_length,).
        components: the components as orthonormal rows, shape (k, signal_length).
    """

    label: ClassVar[str] = "PCA"

    gain: float
    mean: Array
    components: Array

    @classmethod
    def fit(cls, known: Known) -> Self:
        clean = known.train.clean.astype(np.float64)
        mean = clean.mean(axis=0)
        _, _, components = np.linalg.svd(clean - mean, full_matrices=False)
        numbers = [k for k in COMPONENT_COUNTS if k <= len(components)]
        return lowest_mse((cls(known.gain, mean, components[:k]) for k in numbers), known.validation)

    def __call__(self, noisy: Signals) -> Signals:
        deviation = rescale(noisy, self.gain) - self.mean
        return self.mean + deviation @ self.components.T @ self.components
