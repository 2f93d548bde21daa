"""The Savitzky–Golay filter: a polynomial fitted around every sample."""

from dataclasses import dataclass
from typing import ClassVar, Self

import numpy as np

from denoising.denoisers.denoiser import Known, Told
from denoising.measure.metrics import Signals
from denoising.signals.scaling import rescale

ORDERS = (1, 2, 3, 4, 5)


@dataclass(frozen=True)
class SavitzkyGolay:
    """The filter by least-squares polynomials in a moving window (Savitzky & Golay 1964).

    The polynomial of the first window also gives the samples before its middle, that of the last window those
    after its middle. So it is in SciPy's `savgol_filter`, which takes a multiple of the time, most of it for
    the ends of the signals.

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
        signals, length, half = rescale(noisy, self.gain), noisy.shape[1], self.window // 2
        powers = np.vander(np.linspace(-1, 1, self.window), self.order + 1)
        basis = np.linalg.qr(powers)[0]  # of the polynomials, as orthonormal columns
        response = np.fft.rfft(basis @ basis[half], length).conj()
        filtered: Signals = np.empty_like(signals)
        filtered[:, half : length - half] = np.fft.irfft(np.fft.rfft(signals) * response, length)[
            :, : length - 2 * half
        ]
        filtered[:, :half] = signals[:, : self.window] @ basis @ basis[:half].T
        filtered[:, length - half :] = signals[:, -self.window :] @ basis @ basis[half + 1 :].T
        return filtered
