"""The frequencies of the nearest clean signal."""

from dataclasses import dataclass
from typing import ClassVar, Self

import numpy as np

from denoising.denoisers.denoiser import Known, rescale
from denoising.measure.metrics import Signals
from denoising.signals.sinusoids import Array, Sinusoids
from denoising.theory.posterior import chunks, energy_of

STARTS = 5  # of the searches for a signal
NODES_A_CYCLE = 8  # of the spectrum: how finely it is looked at
FIRST_STEPS = 8  # of every search
MOST_STEPS = 300  # of the best of them, which seldom takes more than three
CLOSE = 1e-6  # radians at the end of a signal: where a step moves no phase by more, the search has ended
LEAST_DAMPING, FIRST_DAMPING = 1e-9, 1e-3
AT_ONCE = 12_800  # samples, for the sake of the processor's cache


@dataclass(frozen=True)
class LeastSquares:
    """A grid over (f1, f2), then nonlinear least squares from its lowest places (Rife & Boorstyn 1976).

    The amplitudes are known, so that the squared error on a grid of both frequencies is a sum of a Fourier
    spectrum of the sine part, one of the cosine part, and the inner products of the parts. The lowest local
    minima on it, five different ones, are where searches start, and they may leave the prior's range; the
    least squared error wins.

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
        parts = chunks(rescale(noisy, self.gain), max(1, AT_ONCE // length))
        return self.family.clean(np.concatenate([self.frequencies(part) for part in parts]), length)

    def frequencies(self, rescaled: Array) -> Array:
        """The frequencies of the least squared error that is found, shape (n, 2)."""
        starts = self.starts(rescaled).reshape(-1, 2)
        ends, errors = descend(self.family, np.repeat(rescaled, STARTS, axis=0), starts, FIRST_STEPS)
        best = errors.reshape(-1, STARTS).argmin(axis=1) + STARTS * np.arange(len(rescaled))
        return descend(self.family, rescaled, ends[best], MOST_STEPS)[0]

    def starts(self, rescaled: Array) -> Array:
        """Different pairs of frequencies to start from, shape (n, STARTS, 2)."""
        length, family = rescaled.shape[1], self.family
        cycles = family.phase_span / (2 * np.pi)
        grid = np.linspace(family.low, family.high, int(np.ceil(NODES_A_CYCLE * cycles)) + 2)
        sine, cosine = family.sine(grid, length), family.cosine(grid, length)
        errors = error_without(rescaled, sine)[:, :, None] + error_without(rescaled, cosine)[:, None]
        places = lowest_places(errors + sine @ cosine.T)
        return grid[np.stack(places, axis=2)]


def error_without(signals: Array, parts: Array) -> Array:
    """Half of what parts add to the squared error, shapes (n, length) and (m, length) to (n, m)."""
    added: Array = energy_of(parts) / 2 - signals @ parts.T
    return added


def lowest_places(tables: Array) -> tuple[Array, Array]:
    """Rows and columns of each table's lowest local minima, then of its lowest other values; (n, STARTS)."""
    around = np.pad(tables, [(0, 0), (1, 1), (1, 1)], constant_values=np.inf)
    rows, columns = around[:, :, 1:-1], around[:, 1:-1]
    is_lowest = (tables <= np.minimum(rows[:, :-2], rows[:, 2:])) & (
        tables <= np.minimum(columns[:, :, :-2], columns[:, :, 2:])
    )
    order = np.where(is_lowest, tables, tables + np.ptp(tables)).reshape(len(tables), -1)
    return np.divmod(np.argpartition(order, STARTS, axis=1)[:, :STARTS], tables.shape[2])


def descend(family: Sinusoids, signals: Array, start: Array, steps: int) -> tuple[Array, Array]:
    """Searches for the least squared error of signals by steps of Marquardt's method (1963).

    Args:
        family: what the clean signals are.
        signals: shape (n, length).
        start: the frequencies from which the search for each of them starts, shape (n, 2).
        steps: after which a search ends at the latest.

    Returns:
        Frequencies of shape (n, 2), and their squared errors, shape (n,), never above those of the start.
    """
    f, damping = start.copy(), np.full(len(start), FIRST_DAMPING)
    terms = normal_equations(family, signals, f)
    going = np.arange(len(f))
    for _ in range(steps):
        _, xx, yy, xy, x, y = terms[:, going]
        xx, yy = xx * (1 + damping[going]), yy * (1 + damping[going])
        step = np.column_stack([yy * x - xy * y, xx * y - xy * x]) / (xx * yy - xy**2)[:, None]
        tried = normal_equations(family, signals[going], f[going] + step)
        better = tried[0] <= terms[0, going]
        moved = going[better]
        f[moved] += step[better]
        terms[:, moved] = tried[:, better]
        damping[going] = np.where(better, np.maximum(damping[going] / 10, LEAST_DAMPING), damping[going] * 10)
        going = going[np.abs(step).max(axis=1) * family.end > CLOSE]
        if not going.size:
            break
    return f, terms[0]


def normal_equations(family: Sinusoids, signals: Array, f: Array) -> Array:
    """What a step is made of, shape (6, n): squared error e . e, slopes x . x, y . y, x . y, x . e, y . e."""
    clean, x, y = family.tangent(f, signals.shape[1])
    e = signals - clean
    pairs = ((e, e), (x, x), (y, y), (x, y), (x, e), (y, e))
    return np.stack([np.vecdot(*pair) for pair in pairs])
