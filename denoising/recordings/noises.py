"""Windows of recorded noise, to be added to recordings."""

from collections.abc import Mapping, Sequence

import numpy as np

from denoising.recordings.channels import Channel, picked
from denoising.recordings.cutting import cut_windows
from denoising.recordings.opening import open_recording
from denoising.recordings.parts import LEAST_WINDOWS, SHARES
from denoising.recordings.rates import resampled, same
from denoising.recordings.remote import local
from denoising.recordings.settings import RecordingError, RecordingFile, RecordingsSettings
from denoising.recordings.survey import look
from denoising.signals.dataset import Split, keyed_generator
from denoising.signals.sinusoids import Array

MOST_WINDOWS = 20_000
SHORT_WINDOWS = 200  # that are cut from noise which is too short to be split


def cut_noises(settings: RecordingsSettings, rate: float) -> tuple[dict[Split, Array], tuple[str, ...]]:
    """Cut recordings of noise into windows of unit variance for each part.

    They are split as recordings are. Noise that is too short for that is repeated without end, and serves all
    parts. Noise that does not tell its rate has that of the recordings.

    Args:
        settings: the settings of the dataset.
        rate: of the recordings that it is added to.

    Returns:
        The windows, shape (n, length), and what is to be told of them.

    Raises:
        RecordingError: a recording cannot be used.
    """
    length = settings.signal_length
    found = [
        (file.name, resampled(channel, own, settings.resample) if settings.resample else channel, own)
        for file in settings.noises
        for channel, own in noise_in(file, settings.rate or rate)
    ]
    for name, _, own in found:
        if settings.resample is None and not same(own, rate):
            raise RecordingError(
                f"{name}: noise has {own:g} samples a second and the recordings {rate:g}; "
                f"bring all to one rate with --resample {min(own, rate):g}"
            )
    short = [(name, channel) for name, channel, _ in found if channel.n_samples < LEAST_WINDOWS * length]
    notes = tuple(
        f"{name}: noise of {channel.n_samples:,} samples is repeated, and the same in every part"
        for name, channel in short
    )
    signals = [look(name, c, rate, None, length, ()) for name, c, _ in found if (name, c) not in short]
    windows: dict[Split, list[Array]] = {part: repeated(short, settings) for part in SHARES}
    if signals:
        cut = cut_windows(signals, length, "", settings.data_seed, MOST_WINDOWS, MOST_WINDOWS)
        windows = {part: [cut[part].samples, *others] for part, others in windows.items()}
    return standardised({part: np.concatenate(each) for part, each in windows.items()}), notes


def noise_in(file: RecordingFile, rate: float) -> list[tuple[Channel, float]]:
    """Return the channels of a recording of noise with their rates.

    Args:
        file: the recording.
        rate: of channels that do not tell theirs.

    Raises:
        RecordingError: it cannot be used.
    """
    try:
        channels = picked(open_recording(local(file.path)), ())
    except RecordingError as error:
        raise RecordingError(f"{file.name}: {error}") from error
    return [(channel, rate if channel.rate is None else channel.rate) for channel in channels]


def repeated(named: Sequence[tuple[str, Channel]], settings: RecordingsSettings) -> list[Array]:
    """Return windows of channels that are repeated, each from a place of its own.

    Raises:
        RecordingError: a channel holds no number.
    """
    length, drawn = settings.signal_length, []
    chance = keyed_generator("repeated noise", settings.data_seed)
    for name, channel in named:
        samples = channel.read(0, channel.n_samples)
        samples = samples[np.isfinite(samples)]
        if not len(samples):
            raise RecordingError(f"{name}: channel {channel.name} holds no number, only missing ones")
        starts = chance.integers(len(samples), size=SHORT_WINDOWS)
        drawn.append(samples[(starts[:, None] + np.arange(length)) % len(samples)])
    return drawn


def standardised(parts: Mapping[Split, Array]) -> dict[Split, Array]:
    """Return windows with the mean 0 and the variance 1 over those to train on.

    Raises:
        RecordingError: they are flat.
    """
    mean, std = parts["train"].mean(), parts["train"].std()
    if not np.ptp(parts["train"]) > 0:
        raise RecordingError("the recorded noise is flat; give another one")
    return {part: (samples - mean) / std for part, samples in parts.items()}
