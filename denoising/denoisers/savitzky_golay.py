"""Savitzky and Golay's filter: a polynomial fitted around every sample."""

from dataclasses import dataclass
from typing import ClassVar, Self

from scipy.signal import savgol_filter

from denoising.denoisers.denoiser import Known, lowest_mse, rescale
from denoising.measure.metrics import Signals

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
        # Every window with every order that it determines; the mildest first.
        pairs = [(1, 0), *((window, o) for window in known.windows for o in ORDERS if o < window)]
        return lowest_mse((cls(known.gain, *pair) for pair in pairs), known.train)

    def __call__(self, noisy: Signals) -> Signals:
        filtered: Signals = savgol_filter(rescale(noisy, self.gain), self.window, self.order, axis=-1)
        return filtered
