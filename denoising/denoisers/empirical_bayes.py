"""The Bayes denoiser of someone who takes the training signals for all signals that there are."""

from dataclasses import dataclass
from typing import ClassVar, Self

import numpy as np

from denoising.denoisers.denoiser import Known, Told
from denoising.measure.metrics import Signals
from denoising.signals.scaling import rescale
from denoising.signals.sinusoids import Array
from denoising.theory.posterior import energy_of

LEAST_EXPONENT = -600.0  # processors are slow with the smallest numbers, those below exp(-708)


@dataclass(frozen=True, eq=False)
class EmpiricalBayes:
    """The posterior mean if a clean signal were one of the training signals, each as likely as the others.

    It is their mean, each weighted by its likelihood exp(-|noisy / (1 - alpha) - clean|^2 / (2 s^2)). No
    denoiser has a lower error on the training signals with new noise. So it is what a network becomes that
    memorises its training signals; one that generalises does better (Kadkhodaie et al. 2024).

    Attributes:
        gain: factor of the noisy signals, 1 / (1 - alpha); 0 at alpha 1.
        noise_std: standard deviation of the noise after that factor.
        examples: the clean training signals, shape (n, signal_length).
    """

    label: ClassVar[str] = "memorised examples"
    told: ClassVar[tuple[Told, ...]] = ("noise level", "clean examples")

    gain: float
    noise_std: float
    examples: Array

    @classmethod
    def fit(cls, known: Known) -> Self:
        return cls(known.gain_or_none, known.noise_std, known.train.clean.astype(np.float64))

    def __call__(self, noisy: Signals) -> Signals:
        # Half the squared distance to each, but for the noisy signal's own energy, and with the sign turned.
        nearness = rescale(noisy, self.gain) @ self.examples.T
        nearness -= energy_of(self.examples) / 2
        nearness -= nearness.max(axis=1, keepdims=True)
        if self.noise_std == 0:
            weights = (nearness == 0).astype(np.float64)
        else:
            weights = np.exp(np.maximum(nearness / self.noise_std**2, LEAST_EXPONENT))
        denoised: Array = weights @ self.examples / weights.sum(axis=1, keepdims=True)
        return denoised
