"""The posterior mean as a denoiser: no other has a lower mean squared error on average."""

from dataclasses import dataclass
from typing import ClassVar, Self

from denoising.denoisers.denoiser import Known, Told, UndefinedError
from denoising.measure.metrics import Signals
from denoising.signals.scaling import rescale
from denoising.signals.sinusoids import Sinusoids
from denoising.theory.posterior import posterior


@dataclass(frozen=True)
class Bayes:
    """The posterior mean under the prior of the frequencies; no denoiser has a lower mean squared error.

    Attributes:
        gain: factor of the noisy signals, 1 / (1 - alpha); 0 at alpha 1.
        noise_std: standard deviation of the noise after that factor.
        family: the family of the clean signals.
    """

    label: ClassVar[str] = "Bayes (posterior mean)"
    told: ClassVar[tuple[Told, ...]] = ("noise level", "form", "prior")

    gain: float
    noise_std: float
    family: Sinusoids

    @classmethod
    def fit(cls, known: Known) -> Self:
        length = known.train.noisy.shape[1]
        if not known.family.is_sampled(length):
            raise UndefinedError(f"signal_length {length} is too short to tell the frequencies apart")
        return cls(known.gain_or_none, known.noise_std, known.family)

    def __call__(self, noisy: Signals) -> Signals:
        return posterior(self.family, rescale(noisy, self.gain), self.noise_std).mean
