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
        prior: mean and covariance of the clean signals.
        shrinkage: factor along each of the covariance's directions, shape (rank,).
    """

    label: ClassVar[str] = "linear MMSE"
    told: ClassVar[tuple[Told, ...]] = ("noise level", "prior")

    gain: float
    prior: Prior
    shrinkage: Array

    @classmethod
    def fit(cls, known: Known) -> Self:
        return cls.of(prior_of(known.family, known.train.noisy.shape[1]), known)

    @classmethod
    def of(cls, prior: Prior, known: Known) -> Self:
        """Return the filter for clean signals of this mean and covariance."""
        return cls(known.gain_or_none, prior, shrinkage(prior.variances, known.noise_std))

    def __call__(self, noisy: Signals) -> Signals:
        deviation = rescale(noisy, self.gain) - self.prior.mean
        along = deviation @ self.prior.directions.T * self.shrinkage
        denoised: Array = self.prior.mean + along @ self.prior.directions
        return denoised
