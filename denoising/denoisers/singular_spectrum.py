"""Singular spectrum analysis: the part of a signal that two sinusoids can explain."""

from dataclasses import dataclass
from typing import ClassVar, Self

from denoising.denoisers.denoiser import Known, Told, UndefinedError, in_chunks
from denoising.denoisers.hankel import leading_space, signals_of
from denoising.measure.metrics import Signals
from denoising.signals.scaling import rescale
from denoising.signals.sinusoids import Array

SINUSOIDS = 2
RANK = 2 * SINUSOIDS  # of the Hankel matrix of their sum
LEAST_LENGTH = 2 * RANK  # samples; two sinusoids alone have six unknowns


@dataclass(frozen=True)
class OfTwoSinusoids:
    """A denoiser that is not trained, and knows of the clean signals only that they are two sinusoids.

    Attributes:
        gain: factor of the noisy signals, 1 / (1 - alpha).
    """

    told: ClassVar[tuple[Told, ...]] = ("noise level", "number of sinusoids")

    gain: float

    @classmethod
    def fit(cls, known: Known) -> Self:
        length = known.train.noisy.shape[1]
        if known.source is None:
            raise UndefinedError("the clean signals are no sums of two sinusoids")
        if length < LEAST_LENGTH:
            raise UndefinedError(f"signal_length {length} is too short for two sinusoids")
        return cls(known.gain)


@dataclass(frozen=True)
class SingularSpectrum(OfTwoSinusoids):
    """The nearest matrix of rank 4 to a signal's Hankel matrix, averaged over its anti-diagonals (SSA).

    A sum of two sinusoids has a Hankel matrix of rank 4. The average is of a higher rank again. To repeat
    both steps until it is not (Cadzow 1988) moves these signals' errors up, by 0.1 to 0.4 dB, so one round is
    made.
    """

    label: ClassVar[str] = "singular spectrum"

    def __call__(self, noisy: Signals) -> Signals:
        return in_chunks(low_rank, rescale(noisy, self.gain))


def low_rank(signals: Array) -> Array:
    """Return the averages over the anti-diagonals of those matrices, for signals of shape (n, length)."""
    return signals_of(*leading_space(signals, RANK))
