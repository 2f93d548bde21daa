"""Metrics of how well signals are recovered.

Arrays have shape (n, signal_length). Undefined values are None, never inf or nan. A metric of several signals
pools their energies; `per_signal` computes it for each signal.
"""

from collections.abc import Callable
from math import log10, sqrt
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

Signals = NDArray[np.floating[Any]]
Denoiser = Callable[[Signals], Signals]  # shape (n, signal_length) in and out
Energies = NDArray[np.float64]


def mse(estimate: Signals, clean: Signals) -> float:
    """Return the mean squared error over all samples of all signals."""
    return float(mse_per_signal(estimate, clean).mean())


def mse_per_signal(estimate: Signals, clean: Signals) -> Energies:
    """Return the mean squared error of each signal, shape (n,)."""
    per_signal: Energies = energies(estimate.astype(np.float64) - clean) / clean.shape[-1]
    return per_signal


def energies(signals: Signals) -> Energies:
    """Return the sum of squares of each signal, shape (n,)."""
    per_signal: Energies = np.square(signals, dtype=np.float64).sum(axis=-1)
    return per_signal


def snr_db(estimate: Signals, clean: Signals) -> float | None:
    """Return the signal-to-noise ratio in dB: 10 log10(sum clean^2 / sum (estimate - clean)^2).

    It is None if either energy is zero.
    """
    signal, noise = energies(clean).sum(), mse(estimate, clean) * clean.size
    return 10 * log10(signal / noise) if signal > 0 and noise > 0 else None


def snr_improvement_db(denoised: Signals, noisy: Signals, clean: Signals) -> float | None:
    """Return by how many dB denoising raises the SNR; None if either SNR is undefined."""
    before, after = snr_db(noisy, clean), snr_db(denoised, clean)
    return None if before is None or after is None else after - before


def prd(estimate: Signals, clean: Signals) -> float | None:
    """Return the percentage root-mean-square difference: 100 sqrt(sum (estimate - clean)^2 / sum clean^2).

    It is None if the clean signals have no energy.
    """
    signal = energies(clean).sum()
    return 100 * sqrt(mse(estimate, clean) * clean.size / signal) if signal > 0 else None


def cosine_similarity(estimate: Signals, clean: Signals) -> float | None:
    """Return sum estimate clean / sqrt(sum estimate^2 sum clean^2), -1 to 1; None if an energy is zero."""
    product = np.einsum("ij,ij->", estimate.astype(np.float64), clean.astype(np.float64))
    both = energies(estimate).sum() * energies(clean).sum()
    return float(product / np.sqrt(both)) if both > 0 else None


def per_signal(denoised: Signals, noisy: Signals, clean: Signals) -> pd.DataFrame:
    """Return a table with one row of metrics per signal; undefined values are null.

    Its columns are noisy_mse, mse, output_snr_db, snr_improvement_db, prd and cosine_similarity.
    """
    length = clean.shape[-1]
    signal = energies(clean)
    noise, error = (energies(estimate.astype(np.float64) - clean) for estimate in (noisy, denoised))
    product = np.einsum("ij,ij->i", denoised.astype(np.float64), clean.astype(np.float64))
    with np.errstate(divide="ignore", invalid="ignore"):
        table = pd.DataFrame(
            {
                "noisy_mse": noise / length,
                "mse": error / length,
                "output_snr_db": 10 * np.log10(signal / error),
                "snr_improvement_db": 10 * np.log10(noise / error),
                "prd": 100 * np.sqrt(error / signal),
                "cosine_similarity": product / np.sqrt(signal * energies(denoised)),
            }
        )
    return table.where(np.isfinite(table))
