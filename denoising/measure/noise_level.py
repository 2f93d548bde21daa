"""How strong the noise of signals is, as the signals themselves tell."""

from dataclasses import dataclass

import numpy as np
import pywt

from denoising.measure.metrics import Signals

WAVELETS = ("sym8", "sym4", "db2")  # the first that is at most half as long as a signal
MEDIAN_OF_NORMAL = 0.6745  # of the absolute value of a standard normal number
CLIP = 3.0  # standard deviations: coefficients of the signal itself are larger
WHITE = 0.1  # correlation of neighbours up to which noise counts as white
CERTAIN = 3.0  # standard errors
NOTHING = 1e-10  # of the largest value: what the digits of the wavelet leave of no noise


@dataclass(frozen=True)
class NoiseLevel:
    """The noise of signals.

    Attributes:
        std: its standard deviation.
        looks_white: whether neighbouring values of its finest part are uncorrelated.
    """

    std: float
    looks_white: bool


def noise_level(signals: Signals) -> NoiseLevel:
    """Estimate the noise of signals of shape (n, 8 or more) from their finest wavelet coefficients.

    The standard deviation is the median of their absolute values over 0.6745 (Donoho & Johnstone 1994). Of
    white noise, these coefficients are white too.
    """
    signals = np.asarray(signals, np.float64)
    signals = signals - signals.mean()
    finest = finest_coefficients(signals)
    std = float(np.median(np.abs(finest)) / MEDIAN_OF_NORMAL)
    if std <= NOTHING * np.abs(signals).max():
        return NoiseLevel(0.0, True)
    clipped = np.clip(finest / std, -CLIP, CLIP)
    power = np.square(clipped).mean()
    correlations = [float((clipped[:, lag:] * clipped[:, :-lag]).mean() / power) for lag in (1, 2)]
    allowed = max(WHITE, CERTAIN / np.sqrt(finest.size))
    return NoiseLevel(std, bool(max(map(abs, correlations)) < allowed))


def finest_coefficients(signals: Signals) -> Signals:
    """Return the finest wavelet coefficients of signals but those that reach beyond their ends."""
    length = signals.shape[1]
    taps = next(taps for name in WAVELETS if 2 * len(taps := pywt.Wavelet(name).dec_hi) <= length)
    last = length - len(taps) + 1
    found: Signals = sum(tap * signals[:, k : k + last : 2] for k, tap in enumerate(taps))
    return found
