"""The best of all denoisers: the posterior mean."""

from dataclasses import dataclass
from typing import ClassVar, Self

from denoising.denoisers.denoiser import Known, UndefinedError, rescale, rescaling_gain
from denoising.measure.metrics import Signals
from denoising.signals.sinusoids import Sinusoids
from denoising.theory.posterior import posterior


@dataclass(frozen=True)
class Bayes:
    """The posterior mean under the prior of the frequencies; no denoiser has a lower mean squared error.

    Attributes:
        gain: what the noisy signals are multiplied by first; 0 where nothing of the signal is left in them.
        noise_std: of the noise after that.
        family: what the clean signals are.
    """

    label: ClassVar[str] = "Bayes (posterior mean)"

    gain: float
    noise_std: float
    family: Sinusoids

    @classmethod
    def fit(cls, known: Known) -> Self:
        length = known.train.noisy.shape[1]
        if not known.family.is_sampled(length):
            raise UndefinedError(f"signal_length {length} is too short to tell the frequencies apart")
        return cls(rescaling_gain(known.alpha), known.noise_std, known.family)

    def __call__(self, noisy: Signals) -> Signals:
        return posterior(self.family, rescale(noisy, self.gain), self.noise_std).mean
