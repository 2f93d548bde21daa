"""The least-squares fit of two sinusoids of which nothing else is known."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from denoising.denoisers.denoiser import in_chunks
from denoising.denoisers.hankel import leading_space
from denoising.denoisers.singular_spectrum import RANK, SINUSOIDS, OfTwoSinusoids
from denoising.measure.metrics import Signals
from denoising.signals.scaling import rescale
from denoising.signals.sinusoids import Array, Sinusoids

FINENESS = 8  # frequencies of the search for a spectrum's peak to each one of the signal's own transform
SEARCH_STEPS = 5
FINAL_STEPS = 40  # the best search is then continued for at most so many
LEAST_GAIN = 1e-4  # a search ends at a step that lowers the squared error by less than this share of it
LEAST_DAMPING, FIRST_DAMPING, MOST_DAMPING = 1e-9, 1e-3, 1e6
RIDGE = 1e-10  # keeps equations solvable where two sinusoids have the same frequency, or one has none


@dataclass(frozen=True)
class FreeSinusoids(OfTwoSinusoids):
    """The nearest sum of two sinusoids with any frequencies, amplitudes and phases.

    One search starts at the frequencies that ESPRIT finds in the Hankel matrix (Roy & Kailath 1989), a second
    one at frequencies just below and above the spectrum's peak, for two that ESPRIT cannot tell apart. Each
    starts with the amplitudes and phases of least squared error, and the better end is refined.
    """

    label: ClassVar[str] = "two free sinusoids"

    def __call__(self, noisy: Signals) -> Signals:
        rescaled = rescale(noisy, self.gain)
        size = np.abs(rescaled).max(axis=1, keepdims=True)
        size[size == 0] = 1
        denoised: Signals = in_chunks(fits, rescaled / size) * size
        return denoised


def fits(signals: Array) -> Array:
    """Return the nearest sums that were found, shape (n, length) in and out; see `nearest`."""
    return sums(nearest(signals), signals.shape[1])


def nearest(signals: Array) -> Array:
    """Return the parameters of the nearest sums that were found, shape (n, 6); see `sums`.

    The signals have to be of size 1 or so, since `RIDGE` weighs amplitudes against frequencies.
    """
    starts = (with_amplitudes(signals, frequencies(signals)) for frequencies in (esprit, around_peak))
    ends, errors = zip(*(descend(signals, start, SEARCH_STEPS) for start in starts), strict=True)
    best = np.where((errors[1] < errors[0])[:, None], ends[1], ends[0])
    return descend(signals, best, FINAL_STEPS)[0]


def esprit(signals: Array) -> Array:
    """Return two frequencies in radians a sample for each signal, shape (n, 2), by ESPRIT.

    The Hankel matrix of two sinusoids has a column space that a shift by one row turns by their frequencies.
    """
    space, _ = leading_space(signals, RANK)
    rows, shifted = space[:, :, :-1], space[:, :, 1:]
    gram = rows @ rows.swapaxes(1, 2) + RIDGE * np.eye(RANK)
    turns = np.linalg.eigvals(np.linalg.solve(gram, rows @ shifted.swapaxes(1, 2)))
    angles = np.sort(np.abs(np.angle(turns)), axis=1)  # those of a sinusoid are opposite
    frequencies: Array = angles.reshape(-1, SINUSOIDS, 2).mean(axis=2)
    return frequencies


def around_peak(signals: Array) -> Array:
    """Return the frequencies half the spectrum's resolution below and above its peak, shape (n, 2)."""
    length = signals.shape[1]
    power = np.abs(np.fft.rfft(signals, FINENESS * length))
    peak = 2 * np.pi / (FINENESS * length) * power.argmax(axis=1)
    frequencies: Array = peak[:, None] + np.pi / length * np.array([-1, 1])
    return frequencies


def waves(frequencies: Array, length: int) -> tuple[NDArray[np.complex128], Array]:
    """Return exp(i frequency position) for frequencies of shape (n, 2), shape (n, 2, length), and positions.

    Positions count from the middle of a signal, where frequencies and phases are least entangled.
    """
    middle = (length - 1) / 2
    place = np.arange(length, dtype=np.float64) - middle
    by_sample = Sinusoids(low=0, high=np.pi, cosine_factor=1, end=length)  # x is a sample's number
    turning = by_sample.waves(frequencies, length)
    turning *= np.exp(-1j * middle * frequencies)[:, :, None]
    return turning, place


def sums(parameters: Array, length: int) -> Array:
    """Return the sums of two sinusoids, shape (n, length).

    Args:
        parameters: shape (n, 6): the two frequencies in radians a sample, then the factors of their cosines,
            then those of their sines, positions counted from the middle of the signal.
        length: number of samples.
    """
    turning, _ = waves(parameters[:, :2], length)
    both = np.concatenate([turning.real, turning.imag], axis=1)
    signals: Array = (parameters[:, None, 2:] @ both)[:, 0]
    return signals


def with_amplitudes(signals: Array, frequencies: Array) -> Array:
    """Return the parameters of least squared error for these frequencies, shape (n, 6)."""
    turning, _ = waves(frequencies, signals.shape[1])
    both = np.concatenate([turning.real, turning.imag], axis=1)
    gram = both @ both.swapaxes(1, 2) + RIDGE * signals.shape[1] * np.eye(2 * SINUSOIDS)
    return np.concatenate([frequencies, np.linalg.solve(gram, both @ signals[:, :, None])[:, :, 0]], axis=1)


def descend(signals: Array, start: Array, steps: int) -> tuple[Array, Array]:
    """Search for the least squared error of each signal by the method of Marquardt (1963).

    Args:
        signals: shape (n, length).
        start: the parameters at which the searches start, shape (n, 6).
        steps: maximum number of steps.

    Returns:
        Parameters of shape (n, 6) and their squared errors of shape (n,), never above those at the start.
    """
    parameters, damping = start.copy(), np.full(len(start), FIRST_DAMPING)
    terms = normal_equations(signals, parameters)
    going = np.arange(len(start))
    for _ in range(steps):
        errors, curvature, slope = (term[going] for term in terms)
        scale = np.einsum("nii->ni", curvature)
        added = damping[going, None] * scale + RIDGE * scale.max(axis=1, keepdims=True)
        step = np.linalg.solve(curvature + added[:, :, None] * np.eye(scale.shape[1]), slope[:, :, None])
        moved = parameters[going] + step[:, :, 0]
        tried = normal_equations(signals[going], moved)
        better = tried[0] <= errors
        parameters[going[better]] = moved[better]
        for term, new in zip(terms, tried, strict=True):
            term[going[better]] = new[better]
        damping[going] = np.where(better, np.maximum(damping[going] / 10, LEAST_DAMPING), damping[going] * 10)
        ended = np.where(better, errors - tried[0] <= LEAST_GAIN * errors, damping[going] > MOST_DAMPING)
        going = going[~ended]
        if not going.size:
            break
    return parameters, terms[0]


def normal_equations(signals: Array, parameters: Array) -> tuple[Array, Array, Array]:
    """Return e . e, J J^T and J e for each signal, of shapes (n,), (n, 6, 6) and (n, 6).

    Here e is the signal minus the sum with these parameters, and the rows of J are that sum's derivatives.
    """
    turning, place = waves(parameters[:, :2], signals.shape[1])
    own = (parameters[:, 2:4] - 1j * parameters[:, 4:])[:, :, None] * turning  # its real part is the sinusoid
    e = signals - own.real.sum(axis=1)
    J = np.concatenate([-place * own.imag, turning.real, turning.imag], axis=1)
    return np.vecdot(e, e), J @ J.swapaxes(1, 2), (J @ e[:, :, None])[:, :, 0]
