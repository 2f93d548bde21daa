"""The denoisers that only multiply by a number."""

from dataclasses import dataclass
from typing import ClassVar, Self

import numpy as np

from denoising.denoisers.denoiser import Known, Told
from denoising.measure.metrics import Signals
from denoising.signals.scaling import rescale


@dataclass(frozen=True)
class Identity:
    """Returns the noisy signal as given."""

    label: ClassVar[str] = "noisy signal as given"
    told: ClassVar[tuple[Told, ...]] = ()

    @classmethod
    def fit(cls, _: Known) -> Self:
        return cls()

    def __call__(self, noisy: Signals) -> Signals:
        return noisy


@dataclass(frozen=True)
class Rescaled:
    """Divides by 1 - alpha, which brings the clean signal back to its own scale and amplifies the noise."""

    label: ClassVar[str] = "rescaled"
    told: ClassVar[tuple[Told, ...]] = ("noise level",)

    gain: float

    @classmethod
    def fit(cls, known: Known) -> Self:
        return cls(known.gain)

    def __call__(self, noisy: Signals) -> Signals:
        return rescale(noisy, self.gain)


@dataclass(frozen=True)
class BestGain(Rescaled):
    """Multiplies by the one number with the least squared error on the training signals."""

    label: ClassVar[str] = "best gain"
    told: ClassVar[tuple[Told, ...]] = ("noise level", "clean examples")

    @classmethod
    def fit(cls, known: Known) -> Self:
        noisy = known.train.noisy.astype(np.float64)
        return cls(float((noisy * known.train.clean).sum() / np.square(noisy).sum()))
