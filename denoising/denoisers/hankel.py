"""Hankel matrices of signals, without ever forming one.

The Hankel matrix H of a signal y has the entries H[i, j] = y[i + j]. That of a sum of k real sinusoids has
rank 2 k, whatever their frequencies, amplitudes and phases. Products with H are correlations and sums along
its anti-diagonals convolutions, so both take a few fast Fourier transforms of the signal's own length.
"""

import numpy as np
from numpy.typing import NDArray

from denoising.signals.sinusoids import Array

OVERSAMPLING = 4  # vectors of the search for the leading space beyond its dimension
POWER_STEPS = 3


def leading_space(signals: Array, rank: int) -> tuple[Array, Array]:
    """Return the leading left singular vectors of each signal's Hankel matrix, and their products with it.

    The matrix is as near to a square as it can be. The vectors are found by a randomised singular value
    decomposition (Halko, Martinsson & Tropp 2011): from a few fixed random vectors, by power steps. The
    products of a signal that is not finite are not finite either.

    Args:
        signals: shape (n, length), with a length of at least 2 * rank - 1.
        rank: number of vectors.

    Returns:
        The orthonormal vectors U, shape (n, rank, length // 2 + 1), and U H, shape (n, rank,
        (length + 1) // 2). Together U^T (U H) is the matrix of that rank nearest to H.
    """
    length = signals.shape[1]
    rows, columns = length // 2 + 1, (length + 1) // 2
    finite = np.isfinite(signals).all(axis=1, keepdims=True)
    spectra = np.fft.rfft(np.where(finite, signals, 0))
    block = min(rank + OVERSAMPLING, columns)
    right = np.random.default_rng(0).standard_normal((1, block, columns))
    for _ in range(POWER_STEPS):
        left = orthonormal(product(spectra, right, length, rows))
        right = product(spectra, left, length, columns)
    _, turn = np.linalg.eigh(right @ right.swapaxes(1, 2))  # in ascending order
    left = turn[:, :, -rank:].swapaxes(1, 2) @ left
    return left, product(np.fft.rfft(signals), left, length, columns)


def orthonormal(vectors: Array) -> Array:
    """Return an orthonormal basis of the space of some vectors, shape (n, number, length) in and out."""
    return np.linalg.qr(vectors.swapaxes(1, 2))[0].swapaxes(1, 2)


def product(spectra: NDArray[np.complex128], vectors: Array, length: int, entries: int) -> Array:
    """Return the first entries of the products of Hankel matrices, or their transposes, with vectors.

    Args:
        spectra: real Fourier transforms of the signals, shape (n, length // 2 + 1).
        vectors: shape (n, number, m), or (1, number, m) if all signals have the same.
        length: of the signals.
        entries: how many entries a product has, at most length - m + 1.

    Returns:
        Shape (n, number, entries).
    """
    transformed = spectra[:, None] * np.fft.rfft(vectors, length).conj()
    products: Array = np.fft.irfft(transformed, length)[:, :, :entries]
    return products


def signals_of(left: Array, right: Array) -> Array:
    """Return the signals whose Hankel matrices are nearest to the matrices left^T right, shape (n, length).

    A sample is the mean of the anti-diagonal on which the Hankel matrix has it.
    """
    rows, columns = left.shape[2], right.shape[2]
    length = rows + columns - 1
    sums = np.fft.irfft((np.fft.rfft(left, length) * np.fft.rfft(right, length)).sum(axis=1), length)
    place = np.arange(length)
    means: Array = sums / np.minimum(np.minimum(place + 1, length - place), min(rows, columns))
    return means
