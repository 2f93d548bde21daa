"""The Savitzky–Golay filter: a polynomial fitted around every sample."""

from dataclasses import dataclass
from typing import ClassVar, Self

from scipy.signal import savgol_filter

from denoising.denoisers.denoiser import Known, Told
from denoising.measure.metrics import Signals
from denoising.signals.scaling import rescale

ORDERS = (1, 2, 3, 4, 5)


@dataclass(frozen=True)
class SavitzkyGolay:
    """SciPy's filter by least-squares polynomials in a moving window (Savitzky & Golay 1964).

    Attributes:
        gain: factor of the noisy signals, 1 / (1 - alpha).
        window: samples in the window, an odd number.
        order: order of the polynomials.
    """

    label: ClassVar[str] = "Savitzky–Golay"
    told: ClassVar[tuple[Told, ...]] = ("noise level", "clean examples")

    gain: float
    window: int
    order: int

    @classmethod
    def fit(cls, known: Known) -> Self:
        # Each window with each order that it determines, the mildest first; (1, 0) changes nothing.
        pairs = [(1, 0), *((window, o) for window in known.windows for o in ORDERS if o < window)]
        return known.best((cls(known.gain, *pair) for pair in pairs), known.train)

    def __call__(self, noisy: Signals) -> Signals:
        filtered: Signals = savgol_filter(rescale(noisy, self.gain), self.window, self.order, axis=-1)
        return filtered
