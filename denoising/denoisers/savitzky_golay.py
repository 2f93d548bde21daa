"""Savitzky and Golay's filter: a polynomial fitted around every sample."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar, Self

from scipy.signal import savgol_filter

from denoising.denoisers.denoiser import Known, Signals, lowest_mse, rescale

WINDOWS = (3, 5, 7, 9, 11, 15, 19, 23, 27, 31, 39, 47, 63)
ORDERS = (1, 2, 3, 4, 5)


@dataclass(frozen=True)
class SavitzkyGolay:
    """Least-squares polynomials in a moving window (Savitzky & Golay 1964), by SciPy.

    Attributes:
        gain: what the noisy signals are multiplied by first.
        window: samples it spans, an odd number.
        order: of the polynomials.
    """

    label: ClassVar[str] = "Savitzky–Golay"

    gain: float
    window: int
    order: int

    @classmethod
    def fit(cls, known: Known) -> Self:
        return lowest_mse(cls.candidates(known.gain, known.train.noisy.shape[1]), known.train)

    @classmethod
    def candidates(cls, gain: float, length: int) -> Iterator[Self]:
        """Every window that fits into a signal, with every order that it determines; the mildest first."""
        yield cls(gain, 1, 0)
        for window in WINDOWS:
            if window <= length:
                yield from (cls(gain, window, order) for order in ORDERS if order < window)

    def __call__(self, noisy: Signals) -> Signals:
        filtered: Signals = savgol_filter(rescale(noisy, self.gain), self.window, self.order, axis=-1)
        return filtered
