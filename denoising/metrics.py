"""How well signals are recovered.

Arrays have shape (n, signal_length); undefined values are None, never inf or nan.
"""

from math import log10

import numpy as np
from numpy.typing import NDArray

Signals = NDArray[np.float32]


def mse(estimate: Signals, clean: Signals) -> float:
    """Mean squared error over all samples of all signals."""
    return float(mse_per_signal(estimate, clean).mean())


def mse_per_signal(estimate: Signals, clean: Signals) -> NDArray[np.float64]:
    """Mean squared error of each signal, shape (n,)."""
    error = estimate.astype(np.float64) - clean
    per_signal: NDArray[np.float64] = np.square(error).mean(axis=-1)
    return per_signal


def snr_db(estimate: Signals, clean: Signals) -> float | None:
    """Signal-to-noise ratio in dB, energies pooled over all signals.

    10 log10(sum clean^2 / sum (estimate - clean)^2); None where either energy is zero.
    """
    signal = float(np.square(clean, dtype=np.float64).sum())
    noise = mse(estimate, clean) * clean.size
    return 10 * log10(signal / noise) if signal > 0 and noise > 0 else None


def snr_improvement_db(denoised: Signals, noisy: Signals, clean: Signals) -> float | None:
    """By how much denoising raises the SNR, in dB; None where either SNR is undefined."""
    before, after = snr_db(noisy, clean), snr_db(denoised, clean)
    return None if before is None or after is None else after - before
