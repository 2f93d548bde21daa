"""What signals look like: how strong their noise is, and how their power is spread over frequencies.

A model keeps the portrait of its training signals, so that others can be held against it.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from math import log10
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from denoising.measure.metrics import Signals
from denoising.measure.noise_level import noise_level

SHORTEST = 8  # samples in which noise can be told
GROUP = 32  # windows whose spectrum is one
USUAL = (2.0, 98.0)  # percentiles of the groups
FAINT = -20.0  # dB of the whole power, below which a band does not matter
MOST_DB = 6.0  # by which a band may be outside of what is usual
LEAST_NOISE = 1e-6  # of the spread
LEAST_RATIO = 1e-3


@dataclass(frozen=True)
class Portrait:
    """What some signals look like after their median was taken out and they were divided by their spread.

    Attributes:
        noise: the standard deviation of what looks like noise.
        power: the variance of the signals, noise included.
        low, high: the usual share of power in each octave of frequencies from the lowest on, in dB.
        scales: the least and the largest spread, in the signals' own unit.
    """

    noise: float
    power: float
    low: tuple[float, ...]
    high: tuple[float, ...]
    scales: tuple[float, float]

    @property
    def snr(self) -> float:
        """The ratio of signal to noise in dB, as estimated."""
        return estimated_snr(self.power, self.noise)

    def as_json(self) -> dict[str, Any]:
        """Return it as JSON values."""
        return asdict(self)

    @classmethod
    def of(cls, told: Mapping[str, Any]) -> Self:
        """Return the inverse of `as_json`."""
        return cls(
            told["noise"], told["power"], tuple(told["low"]), tuple(told["high"]), tuple(told["scales"])
        )


def portrait(relative: Signals, scales: Signals) -> Portrait:
    """Return what signals look like.

    Args:
        relative: windows of shape (n, window), less their median and over their spread.
        scales: the spreads that they were divided by.
    """
    groups = range(0, len(relative), GROUP)
    shares = np.array([octaves(relative[first : first + GROUP]) for first in groups])
    low, high = np.percentile(shares, USUAL, axis=0)
    return Portrait(
        noise=noise_in(relative),
        power=float(relative.var()),
        low=tuple(low.tolist()),
        high=tuple(high.tolist()),
        scales=(float(scales.min()), float(scales.max())),
    )


def noise_in(relative: Signals) -> float:
    """Return the standard deviation of what looks like noise; 0 where windows are too short to tell."""
    return noise_level(relative).std if relative.shape[1] >= SHORTEST else 0.0


def octaves(windows: Signals) -> NDArray[np.float64]:
    """Return the share of power in each octave of frequencies, the lowest first, in dB."""
    length = windows.shape[1]
    centred = (windows - windows.mean(axis=1, keepdims=True)) * np.hanning(length)
    power = np.square(np.abs(np.fft.rfft(centred))).mean(axis=0)[1:]
    edges = 2 ** np.arange(max(len(power) - 1, 1).bit_length()) - 1
    bands = np.add.reduceat(power, edges) if len(power) else np.zeros(1)
    shares: NDArray[np.float64] = 10 * np.log10(np.maximum(bands / (bands.sum() or 1.0), 1e-12))
    return shares


def estimated_snr(power: float, noise: float) -> float:
    """Return the ratio of signal to noise in dB, not below -30 dB.

    Args:
        power: the variance of the noisy signal.
        noise: the standard deviation of what looks like noise.
    """
    of_noise = max(noise, LEAST_NOISE) ** 2
    return 10 * log10(max(power / of_noise - 1, LEAST_RATIO))


def differences(found: Signals, usual: Portrait, rate: float | None, highest: float = 0.5) -> list[str]:
    """Return a sentence on the octave in which windows are least like the training signals, or none.

    Args:
        found: windows as in `portrait`.
        usual: the portrait of the training signals.
        rate: samples a second; None if that is not known.
        highest: the frequency, in cycles a sample, up to which the windows can hold anything.
    """
    shares = octaves(found)
    low, high = np.array(usual.low), np.array(usual.high)
    ends_of_octaves = 2 ** np.arange(1, len(shares) + 1) / found.shape[1]
    matters = (np.maximum(shares, high) > FAINT) & (np.minimum(ends_of_octaves, 0.5) <= highest)
    off = np.where(shares > high, shares - high, np.minimum(shares - low, 0)) * matters
    worst = int(np.abs(off).argmax())
    if abs(off[worst]) <= MOST_DB:
        return []
    ends = np.array([2**worst, 2 ** (worst + 1)]) / found.shape[1]
    where = (
        f"{ends[0] * rate:.3g} and {min(ends[1], 0.5) * rate:.3g} Hz"
        if rate
        else f"{ends[0]:.3g} and {min(ends[1], 0.5):.3g} cycles a sample"
    )
    beside = "above" if off[worst] > 0 else "below"
    return [
        f"its spectrum is unlike that of the training signals: its share of power between {where} is "
        f"{abs(off[worst]):.0f} dB {beside} theirs"
    ]
