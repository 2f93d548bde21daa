"""The frequencies of the nearest clean signal."""

from dataclasses import dataclass
from typing import ClassVar, Self

import numpy as np
from scipy.optimize import leastsq

from denoising.denoisers.denoiser import Known, rescale
from denoising.metrics import Signals
from denoising.signals import Array, Sinusoids

PEAKS = 2  # of each part's spectrum; a start for each
CORNERS = np.array([(1, 1), (1, -1), (-1, 1), (-1, -1)])  # about the best of them; a start for each
TURNS = 5  # in which either peak is looked for in what the other leaves
NODES_A_CYCLE = 8  # of the spectrum: how finely it is looked at


@dataclass(frozen=True)
class LeastSquares:
    """Peaks of the Fourier spectrum, then nonlinear least squares over (f1, f2) (MINPACK, by SciPy).

    The amplitudes are known. The sine part shows in the imaginary, the cosine part in the real part of the
    spectrum at the prior's frequencies. Each of the highest peaks of either, with the highest peak of the
    other in what it leaves of the signal, a few times in turn, is where a search starts. So are the four
    places half a cycle to either side of the best of them in both frequencies: where both parts have nearly
    one frequency, their peaks run into one and the spectrum cannot tell which of the two is the higher. That
    makes 5 to 8 different starts; the least squared error wins.

    Attributes:
        gain: what the noisy signals are multiplied by first.
        family: what the clean signals are.
    """

    label: ClassVar[str] = "least-squares fit"

    gain: float
    family: Sinusoids

    @classmethod
    def fit(cls, known: Known) -> Self:
        return cls(known.gain, known.family)

    def __call__(self, noisy: Signals) -> Signals:
        length = noisy.shape[1]
        rescaled = rescale(noisy, self.gain)
        found = [self.search(*pair) for pair in zip(rescaled, self.starts(rescaled), strict=True)]
        return self.family.clean(np.array(found).reshape(-1, 2), length)

    def starts(self, rescaled: Array) -> Array:
        """Pairs of frequencies to start from, shape (n, 2 PEAKS + 4, 2); some may be alike."""
        length, family = rescaled.shape[1], self.family
        cycles = family.phase_span / (2 * np.pi)
        grid = np.linspace(family.low, family.high, int(np.ceil(NODES_A_CYCLE * cycles)) + PEAKS)
        parts = family.sine(grid, length), family.cosine(grid, length)
        pairs = []
        for first in (0, 1):
            for peak in highest_peaks(spectrum(rescaled, parts[first])).T:
                pair = [peak, peak]
                for turn in range(TURNS):
                    own = (first + turn) % 2
                    left = rescaled - parts[own][pair[own]]
                    pair[1 - own] = spectrum(left, parts[1 - own]).argmax(axis=1)
                pairs.append(grid[np.column_stack(pair)])
        errors = [np.square(rescaled - family.clean(pair, length)).sum(axis=1) for pair in pairs]
        best = np.stack(pairs)[np.argmin(errors, axis=0), np.arange(len(rescaled))]
        aside = np.pi / family.end * CORNERS / np.array([1, family.cosine_factor])
        return np.concatenate([np.stack(pairs, axis=1), best[:, None] + aside], axis=1)

    def search(self, signal: Array, starts: Array) -> Array:
        """The frequencies of the least squared error at which the searches from some starts end."""
        # As `Sinusoids.clean` and `slopes`, with the positions at hand: a search asks some hundred times.
        x, c = self.family.positions(len(signal)), self.family.cosine_factor

        def error(f: Array) -> Array:
            return np.asarray(np.sin(f[0] * x) + np.cos(c * f[1] * x) - signal)

        def slopes(f: Array) -> Array:
            return np.column_stack([x * np.cos(f[0] * x), -c * x * np.sin(c * f[1] * x)])

        # `least_squares` asks MINPACK for the same and takes nearly twice as long about it.
        ends = [leastsq(error, start, Dfun=slopes)[0] for start in np.unique(starts, axis=0)]
        return min(ends, key=lambda f: float(np.square(error(f)).sum()))


def spectrum(signals: Array, parts: Array) -> Array:
    """How much closer signals come to 0 without a part: (n, length) and (m, length) give (n, m)."""
    gained: Array = signals @ parts.T - np.square(parts).sum(axis=1) / 2
    return gained


def highest_peaks(values: Array) -> np.ndarray[tuple[int, int], np.dtype[np.intp]]:
    """Where each row has its highest local maxima, then its highest other values; shape (n, PEAKS)."""
    padded = np.pad(values, [(0, 0), (1, 1)], constant_values=-np.inf)
    is_peak = (values >= padded[:, :-2]) & (values >= padded[:, 2:])
    return np.lexsort((-values, ~is_peak), axis=1)[:, :PEAKS]
