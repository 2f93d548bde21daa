"""Bringing noisy signals back to the scale of the clean ones.

A noisy signal is (1 - alpha) times the clean one plus alpha times noise. Divided by 1 - alpha, it is the
clean signal plus noise of standard deviation alpha / (1 - alpha).
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from denoising.signals.sinusoids import Array


def rescaling_gain(alpha: float) -> float:
    """Return 1 / (1 - alpha); 0 at alpha 1, where the noisy signal holds nothing of the clean one."""
    return 1 / (1 - alpha) if alpha < 1 else 0.0


def rescaled_noise_std(alpha: float) -> float:
    """Return alpha / (1 - alpha), the noise of a signal divided by 1 - alpha; infinite at alpha 1."""
    return alpha / (1 - alpha) if alpha < 1 else np.inf


def rescale(noisy: NDArray[np.floating[Any]], gain: float) -> Array:
    """Return noisy signals times a gain, in double precision."""
    return gain * noisy.astype(np.float64)
