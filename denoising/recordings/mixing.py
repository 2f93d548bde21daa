"""Recordings with noise at a signal-to-noise ratio, and the scale at which networks see them."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from math import sqrt
from typing import Any

import numpy as np
from numpy.typing import NDArray

from denoising.measure.noise_level import noise_level
from denoising.recordings.parts import SHARES
from denoising.recordings.settings import RECORDED, NoiseSettings
from denoising.recordings.windowing import WindowSet
from denoising.signals.dataset import SignalSet, Split, keyed_generator, of_each_channel
from denoising.signals.noise import noise_of, std_of
from denoising.signals.scaling import robust
from denoising.signals.settings import MAX_SIGNALS
from denoising.signals.sinusoids import Array


def sizes(windows: WindowSet) -> dict[str, float]:
    """Return the root mean square of each channel about the means of its recordings, by its name."""
    power = np.empty(len(windows))
    for rows in of_each_channel(windows.file, windows.channel):
        power[rows] = windows.samples[rows].var()
    return {name: sqrt(power[rows].mean()) for name, rows in by_channel(windows.channel)}


def own_stds(windows: WindowSet, has_clean: bool) -> dict[str, float]:
    """Return the standard deviation of the noise that each channel has, by its name.

    That is of its distance from the clean channel or, by the square root of 2, from another noisy one. If
    there is neither, it is estimated; see `noise_level`.
    """
    apart = sqrt(1 if has_clean else 2)
    return {
        name: float((windows.partner[rows] - windows.samples[rows]).std()) / apart
        if windows.partner is not None
        else noise_level(windows.samples[rows]).std
        for name, rows in by_channel(windows.channel)
    }


def by_channel(channels: NDArray[Any]) -> Iterator[tuple[str, NDArray[np.intp]]]:
    """Yield the name and the rows of each channel; those of all recordings that have it."""
    for name in dict.fromkeys(channels):
        yield str(name), np.flatnonzero(channels == name)


def mixed(
    windows: WindowSet,
    settings: NoiseSettings,
    part: Split,
    stds: Mapping[str, float],
    rate: float,
    recorded: Array | None = None,
) -> SignalSet:
    """Return windows with noise, or with their partners, as clean and noisy signals.

    Where no clean signal is known, `clean` is what a network can be trained to give: the partner, which has
    noise of its own, or else the noisy signal itself.

    Where the noise n of a recording x + n is doubled by noise m, `noisy` is x + n + m and `clean` x + n - m.
    If both are normal, white and as strong, n + m and n - m are independent. So the mean squared error
    against `clean` is that against the unknown x plus the variance of n - m (Oliveira, Lei & Tibshirani
    2022).

    The noise is independent for every (data_seed, noise level, part).

    Args:
        windows: the windows.
        settings: the noise, its seed and its level.
        part: which part they are for.
        stds: the standard deviation of the noise in each channel, by its name.
        rate: samples a second.
        recorded: windows of recorded noise of unit variance, if it is to be added.
    """
    chance = keyed_generator("noise", settings.data_seed, settings.level, part)
    n, length = windows.samples.shape
    clean = noisy = windows.samples
    std = std_of(windows.channel, stds)
    if settings.snr is not None and recorded is not None:
        noisy = noisy + std * recorded[chance.integers(len(recorded), size=n)]
    elif settings.snr is not None:
        noisy = noisy + std * noise_of(settings.noise, chance, n, length, rate)
    elif settings.doubled:
        added = std * chance.standard_normal((n, length))
        clean, noisy = noisy - added, noisy + added
    elif windows.partner is not None:
        clean, noisy = (noisy, windows.partner) if settings.has_clean else (windows.partner, noisy)
    centre, scale = centre_and_scale(windows, noisy)
    known = ("file", "channel", "offset", "block")
    return SignalSet(
        signal_id=np.arange(len(windows)) + list(SHARES).index(part) * MAX_SIGNALS,
        covariates={name: getattr(windows, name) for name in known},
        clean=clean,
        noisy=noisy,
        centre=centre,
        scale=scale,
    )


def remixed(
    signals: SignalSet,
    settings: NoiseSettings,
    stds: Mapping[str, float],
    rate: float,
    seed: int,
    epoch: int,
) -> SignalSet:
    """Return training signals with new noise for one seed and epoch, and their centre and scale as they were.

    Noise from recordings is exchanged between the signals.

    Args:
        signals: the signals.
        settings: the noise, its seed and its level.
        stds: see `mixed`.
        rate: samples a second.
        seed: of the training.
        epoch: its number.
    """
    chance = keyed_generator("noise", settings.data_seed, settings.level, "fresh", seed, epoch)
    std = std_of(signals.covariates["channel"], stds)
    if settings.noise == RECORDED:
        unit = (signals.noisy - signals.clean) / std
        noise = std * unit[chance.permutation(len(signals))]
    else:
        noise = std * noise_of(settings.noise, chance, len(signals), signals.clean.shape[1], rate)
    return replace(signals, noisy=signals.clean + noise)


def centre_and_scale(windows: WindowSet, noisy: Array) -> tuple[Array, Array]:
    """Return the median and the spread of the noisy signals of each recording and channel, shape (n,) each.

    See `robust`. Nothing but the noisy signals is looked at, so that the same numbers can be had in use.
    """
    centre, scale = np.empty(len(windows)), np.empty(len(windows))
    for rows in of_each_channel(windows.file, windows.channel):
        middle, spread = robust(noisy[rows])
        centre[rows], scale[rows] = middle, spread or 1.0
    return centre, scale
