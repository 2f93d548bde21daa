"""The best linear filter (Wiener filter), computed from the prior."""

from dataclasses import dataclass
from typing import ClassVar, Self

from denoising.denoisers.denoiser import Known, Told
from denoising.measure.metrics import Signals
from denoising.signals.scaling import rescale
from denoising.signals.sinusoids import Array
from denoising.theory.prior import Prior, prior_of, shrinkage


@dataclass(frozen=True, eq=False)
class LinearMMSE:
    """Returns mean + K (K + s^2 I)^-1 (noisy / (1 - alpha) - mean).

    K is the covariance of the clean signals and s the noise's standard deviation after division by 1 - alpha.

    Attributes:
        gain: factor of the noisy signals, 1 / (1 - alpha); 0 at alpha 1.
        mean: of the clean signals, shape (signal_length,).
        directions: those of their covariance, as orthonormal rows, shape (rank, signal_length).
        factors: what is kept along each of them, shape (rank,).
    """

    label: ClassVar[str] = "linear MMSE"
    told: ClassVar[tuple[Told, ...]] = ("noise level", "prior")

    gain: float
    mean: Array
    directions: Array
    factors: Array

    @classmethod
    def fit(cls, known: Known) -> Self:
        return cls.of(prior_of(known.family, known.train.noisy.shape[1]), known)

    @classmethod
    def of(cls, prior: Prior, known: Known) -> Self:
        """Return the filter for clean signals of this mean and covariance."""
        factors = shrinkage(prior.variances, known.noise_std)
        return cls(known.gain_or_none, prior.mean, prior.directions, factors)

    def __call__(self, noisy: Signals) -> Signals:
        along = (rescale(noisy, self.gain) - self.mean) @ self.directions.T * self.factors
        denoised: Array = self.mean + along @ self.directions
        return denoised
