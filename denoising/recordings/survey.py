"""What is in recordings: their channels, rates, gaps and noise, before anything is cut."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from denoising.measure.noise_level import NoiseLevel, noise_level
from denoising.recordings.channels import Channel, picked
from denoising.recordings.opening import in_words, open_recording
from denoising.recordings.rates import common_rate, rate_of, resampled
from denoising.recordings.remote import local
from denoising.recordings.settings import RecordingError, RecordingFile
from denoising.recordings.windowing import Grid, grid_of, windows_at
from denoising.signals.dataset import evenly_spaced
from denoising.signals.sinusoids import Array

LARGEST, SMALLEST = 1e30, 1e-30  # of samples; their squares are numbers of double precision
MOST_LOOKED_AT = 500  # windows of a channel, from which its noise is estimated


@dataclass(frozen=True)
class Signal:
    """A channel of a recording that is used.

    Attributes:
        file: the name of its recording.
        channel: the channel, at the rate of the study.
        grid: its windows.
        rate, told_rate: its rate in the study and its own, in samples a second.
        noise: its noise, as far as it can be told; None if no window is whole.
        notes: what was taken for granted of its recording.
        partner: the same channel in another recording of the same thing, if there is one.
    """

    file: str
    channel: Channel
    grid: Grid
    rate: float
    told_rate: float
    noise: NoiseLevel | None
    notes: tuple[str, ...]
    partner: Channel | None = None

    @property
    def name(self) -> str:
        """The recording and the channel."""
        return f"{self.file}: {self.channel.name}"

    @property
    def n_windows(self) -> int:
        """How many windows are whole."""
        return int(self.grid.whole.sum())

    def facts(self) -> dict[str, Any]:
        """Return what there is to tell of it, as plain values."""
        return {
            "file": self.file,
            "channel": self.channel.name,
            "unit": self.channel.unit,
            "rate": self.told_rate,
            "seconds": self.channel.n_samples / self.rate,
            "n_missing": self.grid.missing,
            "n_windows": self.n_windows,
            "noise_std": self.noise.std if self.noise else None,
            "noise_looks_white": self.noise.looks_white if self.noise else None,
            "notes": "; ".join(self.notes),
        }


def survey(
    files: Sequence[RecordingFile],
    length: int,
    rate: float | None = None,
    picks: Sequence[str] = (),
    resample: float | None = None,
) -> list[Signal]:
    """Look through recordings and return their channels that are picked.

    Args:
        files: the recordings.
        length: samples of a window.
        rate: of recordings that do not tell theirs, in samples a second.
        picks: names or numbers of the channels; all if there is none.
        resample: the rate to which all are brought; None if they have the same.

    Raises:
        RecordingError: a recording cannot be used, or two do not go together. It names the recording.
    """
    opened = [(file, *rated_channels(file, rate, picks)) for file in files]
    if resample is None:
        common_rate({f"{file.name}: {c.name}": r for file, found, _ in opened for c, r in found})
    return [
        look(file.name, channel, own, resample, length, notes)
        for file, found, notes in opened
        for channel, own in found
    ]


def overview(
    file: RecordingFile, length: int, rate: float | None, picks: Sequence[str], resample: float | None
) -> tuple[list[dict[str, Any]], list[str]]:
    """Return the facts on each channel of a recording that can be used, and why others cannot.

    Unlike in a study, channels may have several rates, and none may be told. The arguments are those of
    `survey`.

    Raises:
        RecordingError: the recording cannot be read.
    """
    facts, problems = [], []
    channels, notes = channels_in(file, picks)
    for channel in channels:
        known = rate is not None or channel.rate is not None
        try:
            with naming(file.name):
                own = rate_of(channel, rate) if known else 1.0
            told = look(file.name, channel, own, resample if known else None, length, notes).facts()
        except RecordingError as error:
            problems.append(str(error))
            continue
        facts.append(told if known else told | {"rate": None, "seconds": None})
    return facts, problems


def rated_channels(
    file: RecordingFile, rate: float | None, picks: Sequence[str]
) -> tuple[list[tuple[Channel, float]], tuple[str, ...]]:
    """Return the channels of a recording with their rates, and what was taken for granted.

    Raises:
        RecordingError: it cannot be used.
    """
    channels, notes = channels_in(file, picks)
    with naming(file.name):
        return [(channel, rate_of(channel, rate)) for channel in channels], notes


def channels_in(file: RecordingFile, picks: Sequence[str]) -> tuple[list[Channel], tuple[str, ...]]:
    """Return the channels of a recording, and what was taken for granted.

    Raises:
        RecordingError: it cannot be used.
    """
    with naming(file.name):
        recording = open_recording(local(file.path))
        return [guarded(file, channel) for channel in picked(recording, picks)], recording.notes


@contextmanager
def of_setting(name: str) -> Iterator[None]:
    """Name the setting that gives a recording in the errors that are raised for it."""
    try:
        yield
    except RecordingError as error:
        raise RecordingError(f"{name} {error}") from error


@contextmanager
def naming(name: str) -> Iterator[None]:
    """Name a recording in the errors that are raised for it."""
    try:
        yield
    except RecordingError as error:
        raise RecordingError(f"{name}: {error}") from error


def guarded(file: RecordingFile, channel: Channel) -> Channel:
    """Return a channel that raises a RecordingError where its samples cannot be read or are not there."""

    def read(start: int, stop: int) -> Array:
        with naming(file.name), in_words(Path(file.path).suffix.lower()):
            samples = channel.read(start, stop)
            if len(samples) != stop - start:
                raise RecordingError(f"channel {channel.name} ends before sample {stop:,}; copy it again")
            return samples

    return replace(channel, read=read)


def look(
    file: str, channel: Channel, rate: float, resample: float | None, length: int, notes: tuple[str, ...]
) -> Signal:
    """Look through a channel.

    Raises:
        RecordingError: it is flat, shorter than a window, or no sample or window of it is there.
    """
    used = replace(channel, rate=rate) if resample is None else resampled(channel, rate, resample)
    grid = grid_of(used, length)
    name = f"{file}: channel {channel.name}"
    if used.n_samples < length:
        raise RecordingError(
            f"{name} has {used.n_samples} samples, and a window {length}; use a lower --signal-length"
        )
    if np.isnan(grid.lowest):
        raise RecordingError(f"{name} holds no number, only missing ones; leave it or its file out")
    if grid.lowest == grid.highest:
        raise RecordingError(f"{name} is flat: every sample is {grid.lowest:g}; leave it or its file out")
    largest = max(abs(grid.lowest), abs(grid.highest))
    if largest > LARGEST or grid.highest - grid.lowest < SMALLEST:
        raise RecordingError(
            f"{name} has values up to {largest:.0e}; use a unit in which they lie between {SMALLEST:g} and "
            f"{LARGEST:g}"
        )
    whole = np.flatnonzero(grid.whole)
    if not len(whole):
        raise RecordingError(
            f"{name} has gaps in each of its windows of {length} samples; use a lower --signal-length"
        )
    some = whole[evenly_spaced(len(whole), MOST_LOOKED_AT)]
    return Signal(
        file, used, grid, resample or rate, rate, noise_level(windows_at(used, some * length, length)), notes
    )
