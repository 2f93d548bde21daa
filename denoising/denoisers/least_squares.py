"""The least-squares fit of both frequencies: the nearest clean signal is the result."""

from dataclasses import dataclass
from typing import ClassVar, Self

import numpy as np

from denoising.denoisers.denoiser import Known, Told, in_chunks
from denoising.measure.metrics import Signals
from denoising.signals.scaling import rescale
from denoising.signals.sinusoids import Array, Sinusoids
from denoising.theory.posterior import energy_of

STARTS = 5  # searches per signal
NODES_PER_CYCLE = 8
SEARCH_STEPS = 8
FINAL_STEPS = 300  # the best search is then continued for at most so many; it seldom takes more than three
PHASE_TOLERANCE = 1e-6  # radians at the end of a signal; a search ends after a smaller step
LEAST_DAMPING, FIRST_DAMPING = 1e-9, 1e-3


@dataclass(frozen=True)
class LeastSquares:
    """A grid search over (f1, f2), refined by nonlinear least squares (Rife & Boorstyn 1976).

    The amplitudes are known, so the squared error on a grid of both frequencies is a sum of a spectrum of the
    sine part, one of the cosine part, and the inner products of the parts. Searches start from the five
    lowest local minima on the grid and may leave the range of the prior. The one with the least squared error
    wins.

    Attributes:
        gain: factor of the noisy signals, 1 / (1 - alpha).
        family: the family of the clean signals.
    """

    label: ClassVar[str] = "least-squares fit"
    told: ClassVar[tuple[Told, ...]] = ("noise level", "form")

    gain: float
    family: Sinusoids

    @classmethod
    def fit(cls, known: Known) -> Self:
        return cls(known.gain, known.family)

    def __call__(self, noisy: Signals) -> Signals:
        return self.family.clean(in_chunks(self.frequencies, rescale(noisy, self.gain)), noisy.shape[1])

    def frequencies(self, rescaled: Array) -> Array:
        """Return the frequencies with the least squared error that was found, shape (n, 2)."""
        starts = self.starts(rescaled).reshape(-1, 2)
        ends, errors = descend(self.family, np.repeat(rescaled, STARTS, axis=0), starts, SEARCH_STEPS)
        best = errors.reshape(-1, STARTS).argmin(axis=1) + STARTS * np.arange(len(rescaled))
        return descend(self.family, rescaled, ends[best], FINAL_STEPS)[0]

    def starts(self, rescaled: Array) -> Array:
        """Return different pairs of frequencies to start from, shape (n, STARTS, 2)."""
        length, family = rescaled.shape[1], self.family
        cycles = family.phase_span / (2 * np.pi)
        grid = np.linspace(family.low, family.high, int(np.ceil(NODES_PER_CYCLE * cycles)) + 2)
        sine, cosine = family.sine(grid, length), family.cosine(grid, length)
        errors = error_without(rescaled, sine)[:, :, None] + error_without(rescaled, cosine)[:, None]
        places = lowest_places(errors + sine @ cosine.T)
        return grid[np.stack(places, axis=2)]


def error_without(signals: Array, parts: Array) -> Array:
    """Return half of what each part adds to each signal's squared error.

    Args:
        signals: shape (n, length).
        parts: shape (m, length).

    Returns:
        Shape (n, m).
    """
    added: Array = energy_of(parts) / 2 - signals @ parts.T
    return added


def lowest_places(tables: Array) -> tuple[Array, Array]:
    """Return the rows and columns of each table's lowest local minima, each of shape (n, STARTS).

    If a table has fewer local minima, its lowest other values are added.
    """
    around = np.pad(tables, [(0, 0), (1, 1), (1, 1)], constant_values=np.inf)
    rows, columns = around[:, :, 1:-1], around[:, 1:-1]
    is_lowest = (tables <= np.minimum(rows[:, :-2], rows[:, 2:])) & (
        tables <= np.minimum(columns[:, :, :-2], columns[:, :, 2:])
    )
    order = np.where(is_lowest, tables, tables + np.ptp(tables)).reshape(len(tables), -1)
    return np.divmod(np.argpartition(order, STARTS, axis=1)[:, :STARTS], tables.shape[2])


def descend(family: Sinusoids, signals: Array, start: Array, steps: int) -> tuple[Array, Array]:
    """Search for the least squared error of each signal by the method of Marquardt (1963).

    Args:
        family: the family of the clean signals.
        signals: shape (n, length).
        start: the frequencies at which the searches start, shape (n, 2).
        steps: maximum number of steps.

    Returns:
        Frequencies of shape (n, 2) and their squared errors of shape (n,), never above those at the start.
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
        going = going[np.abs(step).max(axis=1) * family.end > PHASE_TOLERANCE]
        if not going.size:
            break
    return f, terms[0]


def normal_equations(family: Sinusoids, signals: Array, f: Array) -> Array:
    """Return e . e, x . x, y . y, x . y, x . e and y . e for each signal, shape (6, n).

    Here e is the signal minus the clean signal of its frequencies, and x and y are the latter's derivatives
    by f1 and f2.
    """
    clean, x, y = family.tangent(f, signals.shape[1])
    e = signals - clean
    pairs = ((e, e), (x, x), (y, y), (x, y), (x, e), (y, e))
    return np.stack([np.vecdot(*pair) for pair in pairs])
