"""The scale of signals: that of sinusoids that were mixed with noise, and that of recordings.

A noisy signal is (1 - alpha) times the clean one plus alpha times noise. Divided by 1 - alpha, it is the
clean signal plus noise of standard deviation alpha / (1 - alpha).
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from denoising.signals.sinusoids import Array

LOW, MIDDLE, HIGH = 15.865525, 50.0, 84.134475  # percentiles of a normal distribution at -1, 0 and 1


def rescaling_gain(alpha: float) -> float:
    """Return 1 / (1 - alpha); 0 at alpha 1, where the noisy signal holds nothing of the clean one."""
    return 1 / (1 - alpha) if alpha < 1 else 0.0


def rescaled_noise_std(alpha: float) -> float:
    """Return alpha / (1 - alpha), the noise of a signal divided by 1 - alpha; infinite at alpha 1."""
    return alpha / (1 - alpha) if alpha < 1 else np.inf


def robust(samples: NDArray[np.floating[Any]]) -> tuple[float, float]:
    """Return the median of samples and their spread; the spread of a constant, or of no sample, is 0.

    The spread is half the distance between the percentiles that lie a standard deviation from the mean in a
    normal distribution; where they are equal, it is the standard deviation.
    """
    if not samples.size:
        return 0.0, 0.0
    low, middle, high = np.percentile(samples, [LOW, MIDDLE, HIGH])
    varies = samples.min() < samples.max()  # the mean of equal numbers can be off by a digit
    return float(middle), float((high - low) / 2 or (samples.std() if varies else 0))


def rescale(noisy: NDArray[np.floating[Any]], gain: float) -> Array:
    """Return noisy signals times a gain, in double precision."""
    return gain * noisy.astype(np.float64)
