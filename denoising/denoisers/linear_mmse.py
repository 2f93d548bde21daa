"""The best of all linear filters (Wiener), from the prior."""

from dataclasses import dataclass
from typing import ClassVar, Self

from denoising.denoisers.denoiser import Known, rescale, rescaling_gain
from denoising.measure.metrics import Signals
from denoising.signals.sinusoids import Array
from denoising.theory.prior import Prior, prior_of, shrinkage


@dataclass(frozen=True, eq=False)
class LinearMMSE:
    """mean + K (K + s^2 I)^-1 (g / (1 - alpha) - mean), K the covariance of the clean signals.

    Attributes:
        gain: what the noisy signals are multiplied by first; 0 where nothing of the signal is left in them.
        prior: mean and covariance of the clean signals.
        shrinkage: what is kept along each of the covariance's directions, shape (rank,).
    """

    label: ClassVar[str] = "linear MMSE"

    gain: float
    prior: Prior
    shrinkage: Array

    @classmethod
    def fit(cls, known: Known) -> Self:
        prior = prior_of(known.family, known.train.noisy.shape[1])
        return cls(rescaling_gain(known.alpha), prior, shrinkage(prior.variances, known.noise_std))

    def __call__(self, noisy: Signals) -> Signals:
        deviation = rescale(noisy, self.gain) - self.prior.mean
        along = deviation @ self.prior.directions.T * self.shrinkage
        denoised: Array = self.prior.mean + along @ self.prior.directions
        return denoised
