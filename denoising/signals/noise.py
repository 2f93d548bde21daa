"""Noise of unit variance, of several colours."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from denoising.signals.dataset import SignalSet
from denoising.signals.sinusoids import Array

LONGER = 4  # coloured noise is cut from one so many times as long, so that it drifts within a window
HARMONICS = (1, 3, 5)  # of mains hum, with amplitudes that fall as 1 over their number


def white(chance: np.random.Generator, n: int, length: int) -> Array:
    """Return white noise, shape (n, length)."""
    return chance.standard_normal((n, length))


def coloured(chance: np.random.Generator, n: int, length: int, exponent: float) -> Array:
    """Return noise whose power spectral density falls as 1 / f^exponent, shape (n, length).

    Its spectrum ends at the frequency of one period in four windows.
    """
    longer = LONGER * length
    frequency = np.fft.rfftfreq(longer)
    amplitude = np.zeros_like(frequency)
    amplitude[1:] = frequency[1:] ** (-exponent / 2)
    variance = (2 * np.square(amplitude[1:-1]).sum() + amplitude[-1] ** 2) / longer
    shaped = np.fft.irfft(amplitude * np.fft.rfft(chance.standard_normal((n, longer))), longer)
    found: Array = shaped[:, :length] / np.sqrt(variance)
    return found


def pink(chance: np.random.Generator, n: int, length: int) -> Array:
    """Return noise of equal power in every octave, shape (n, length)."""
    return coloured(chance, n, length, 1)


def brown(chance: np.random.Generator, n: int, length: int) -> Array:
    """Return noise as of a random walk, shape (n, length)."""
    return coloured(chance, n, length, 2)


def mains(chance: np.random.Generator, n: int, length: int, cycles: float) -> Array:
    """Return mains hum of random phases: a sinusoid with its third and fifth harmonic, shape (n, length).

    Args:
        chance: the source of the phases.
        n: how many signals.
        length: their samples.
        cycles: frequency of the mains, in cycles a sample. Harmonics from half a cycle on are left out.
    """
    heard = [number for number in HARMONICS if number * cycles < 0.5]
    hum = np.zeros((n, length))
    for number in heard:
        phase = chance.uniform(0, 2 * np.pi, (n, 1))
        hum += np.sin(2 * np.pi * number * cycles * np.arange(length) + phase) / number
    hum *= np.sqrt(2 / sum(1 / number**2 for number in heard))
    return hum


COLOURS: Mapping[str, Callable[[np.random.Generator, int, int], Array]] = {
    "white": white,
    "pink": pink,
    "brown": brown,
}


def noise_of(name: str, chance: np.random.Generator, n: int, length: int, rate: float) -> Array:
    """Return noise of unit variance, shape (n, length).

    Args:
        name: a colour, or `mains:` and a frequency in Hz.
        chance: the source of its randomness.
        n: how many signals.
        length: their samples.
        rate: samples a second.
    """
    if name in COLOURS:
        return COLOURS[name](chance, n, length)
    return mains(chance, n, length, float(name.partition(":")[2]) / rate)


def std_of(channels: NDArray[Any], stds: Mapping[str, float]) -> Array:
    """Return the standard deviation of the noise in windows of channels, shape (n, 1).

    Args:
        channels: the names of the windows' channels, shape (n,).
        stds: the standard deviations by these names; a channel without one has their mean.
    """
    usual = float(np.mean([*stds.values()]))
    return np.array([[stds.get(str(name), usual)] for name in channels])


def relative_std(signals: SignalSet, stds: Mapping[str, float]) -> float:
    """Return the root mean square of the noise in recordings at the scale of networks; 0 of sinusoids."""
    if signals.scale is None:
        return 0.0
    return float(np.sqrt(np.square(std_of(signals.covariates["channel"], stds)[:, 0] / signals.scale).mean()))
