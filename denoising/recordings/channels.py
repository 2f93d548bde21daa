"""An open recording: its channels, each a signal of its own."""

import shlex
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from denoising.recordings.settings import RecordingError
from denoising.signals.sinusoids import Array


@dataclass(frozen=True)
class Channel:
    """One channel of a recording.

    Attributes:
        name: its name, unique within the recording.
        n_samples: how many samples it has.
        rate: samples a second; None if the file does not tell.
        read: returns its samples from one to before another, float64; those that are missing are nan.
        unit: the physical unit of its samples; empty if the file does not tell.
        problem: why its samples cannot be used; empty if they can.
    """

    name: str
    n_samples: int
    rate: float | None
    read: Callable[[int, int], Array]
    unit: str = ""
    problem: str = ""


@dataclass(frozen=True)
class Recording:
    """An open recording.

    Attributes:
        channels: its channels.
        notes: what was taken for granted when it was read, in sentences.
    """

    channels: tuple[Channel, ...]
    notes: tuple[str, ...] = ()


def picked(recording: Recording, picks: Sequence[str]) -> tuple[Channel, ...]:
    """Return the channels of these names or numbers, which count from 1; all of them if there is no pick.

    Raises:
        RecordingError: there is no such channel, or one of them cannot be used.
    """
    channels = recording.channels
    if picks:
        by_name = {channel.name: channel for channel in channels}
        by_number = {str(number): channel for number, channel in enumerate(channels, 1)}
        known = {**by_number, **by_name}
        if missing := [pick for pick in picks if pick not in known]:
            names = ", ".join(f"{number} {name}" for number, name in enumerate(by_name, 1))
            raise RecordingError(f"it has no channel {missing[0]}; its channels are {names}")
        channels = tuple(dict.fromkeys(known[pick] for pick in picks))
    if unusable := [channel for channel in channels if channel.problem]:
        asked, every = ([c.name for c in some if not c.problem] for some in (channels, recording.channels))
        remedy = f"leave it out with --picks {shlex.join(asked or every)}" if every else "mend it"
        raise RecordingError(f"channel {unusable[0].name}: {unusable[0].problem}; {remedy}")
    return channels
