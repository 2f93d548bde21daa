"""Columns of a table as channels; one of them may tell the time."""

import re
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from denoising.recordings.channels import Channel, Recording
from denoising.recordings.formats.matrix import column, unique, with_gaps
from denoising.recordings.settings import RecordingError
from denoising.signals.sinusoids import Array

TIME = re.compile(
    r"(t|times?|timestamp|elapsed(\W?time)?|seconds?|date|datetime)([\W_]+(?P<unit>[a-zµ]+)\W*)?",
    re.IGNORECASE,
)
SECONDS = {
    "s": 1.0, "sec": 1.0, "second": 1.0, "seconds": 1.0, "ms": 1e-3, "msec": 1e-3, "milliseconds": 1e-3,
    "us": 1e-6, "µs": 1e-6, "μs": 1e-6, "usec": 1e-6, "microseconds": 1e-6, "ns": 1e-9, "nanoseconds": 1e-9,
    "min": 60.0, "minutes": 60.0, "h": 3600.0, "hours": 3600.0,
}  # fmt: skip
HEADING = re.compile(r"(?P<name>.*?\S)\s*[\[(](?P<unit>([^\W\d_]|[%°])[^\s\[\]()]*)[\])]")
GAP = 1.5  # steps between two times from which on samples are missing
WHOLE = 1e-4  # relative distance from a whole number within which a rate is that number
MOST_MISSING = 100  # samples that a column of times leaves out, for each that is there


@dataclass(frozen=True)
class Timing:
    """What a column of times tells.

    Attributes:
        rate: samples a second; None of a column that counts rows.
        places: shape (rows,): which sample each row is, from 0.
        note: what was found, in a sentence.
    """

    rate: float | None
    places: Array
    note: str


@dataclass(frozen=True)
class ChannelTable:
    """Columns of a table as channels.

    Attributes:
        recording: the channels.
        columns: the number of each channel's column, from 0, by the channel's name.
        places: shape (rows,): which sample each row is, from 0; None if rows count samples.
    """

    recording: Recording
    columns: Mapping[str, int]
    places: Array | None

    def at_rows(self, channel: Channel, start: int, stop: int) -> Array:
        """Return a channel's samples of the rows from one to before another."""
        if self.places is None or start == stop:
            return channel.read(start, stop)
        places = self.places[start:stop].astype(np.intp)
        samples: Array = channel.read(int(places[0]), int(places[-1]) + 1)[places - places[0]]
        return samples

    @property
    def n_rows(self) -> int:
        """How many rows it has."""
        return self.recording.channels[0].n_samples if self.places is None else len(self.places)


def table_of(
    names: Sequence[str],
    values: Array,
    problems: Mapping[int, str],
    units: Sequence[str],
    dated: Collection[int] = (),
) -> ChannelTable:
    """Return the channels of a table, with their rate if a column tells the time.

    That is the first column of dates or durations, or that is called time or the like. If there is none, it
    is the first of several columns if that rises evenly. Samples are missing where the time leaps. A column
    without heading and without number is left out if others have headings.

    Args:
        names: of the columns.
        values: shape (rows, columns).
        problems: why a column cannot be used, by its number.
        units: of the columns; empty where they are not told.
        dated: the numbers of the columns of dates or durations, which are in seconds.

    Raises:
        RecordingError: a column that is called time does not rise evenly.
    """
    empty = [i for i, name in enumerate(names) if not name.strip() and any(names) and i not in problems]
    empty = [i for i in empty if np.isnan(values[:, i]).all()]
    told = told_apart(names, units)
    names, units = unique([name for name, _ in told]), [unit for _, unit in told]
    time = time_column(names, values, problems, dated)
    if time is None:
        timing = None
        notes: tuple[str, ...] = ()
    else:
        timing = timing_of(names[time], values[:, time], units[time], time in dated)
        values, notes = with_gaps(values, timing.places), (timing.note,)
    rate = timing.rate if timing else None
    columns = {name: i for i, name in enumerate(names) if i != time and i not in empty}
    channels = (
        column(name, values[:, i], rate, units[i], problem=problems.get(i, "")) for name, i in columns.items()
    )
    return ChannelTable(Recording(tuple(channels), notes), columns, timing.places if timing else None)


def told_apart(names: Sequence[str], units: Sequence[str]) -> list[tuple[str, str]]:
    """Return the name and the unit of each column; headings that differ in brackets alone stay whole."""
    whole = list(zip(names, units, strict=True))
    apart = [name_and_unit(name, unit) for name, unit in whole]
    count = Counter(name for name, _ in apart)
    return [told if count[told[0]] == 1 else own for told, own in zip(apart, whole, strict=True)]


def name_and_unit(heading: str, unit: str) -> tuple[str, str]:
    """Return what a heading such as `MLII (mV)` tells, unless a unit is told elsewhere or it is of times."""
    found = None if unit or TIME.fullmatch(heading) else HEADING.fullmatch(heading.strip())
    return (found["name"], found["unit"]) if found else (heading, unit)


def time_column(
    names: Sequence[str], values: Array, problems: Mapping[int, str], dated: Collection[int]
) -> int | None:
    """Return the number of the column that tells the time; None if there is none."""
    for number, name in enumerate(names):
        if number not in problems and (number in dated or TIME.fullmatch(name)):
            return number
    if len(names) > 1 and 0 not in problems and rises_evenly(values[:, 0]):
        return 0
    return None


def rises_evenly(times: Array) -> bool:
    """Whether numbers rise in steps that differ by less than a step."""
    if len(times) < 3 or not np.isfinite(times).all() or times[-1] <= times[0]:
        return False
    even = np.linspace(times[0], times[-1], len(times))
    step = even[1] - even[0]
    return bool((np.diff(times) > 0).all() and np.abs(times - even).max() < step)


def timing_of(name: str, times: Array, unit: str, is_dated: bool) -> Timing:
    """Return what a column of times tells.

    Args:
        name: of the column.
        times: shape (rows,).
        unit: of the times, if it is told elsewhere than in the name.
        is_dated: whether they are dates or durations, in seconds.

    Raises:
        RecordingError: it does not rise evenly between its leaps, or these are too long.
    """
    steps = np.diff(np.where(np.isfinite(times), times, np.nan))
    if len(times) < 3 or not (steps > 0).all():
        row = int(np.argmin(np.r_[True, steps > 0])) + 1
        raise RecordingError(
            f"its column {name} tells the time and does not rise at row {row}; mend it there"
        )
    known = TIME.fullmatch(name)
    told = "s" if is_dated else (known and known["unit"]) or unit.strip("'\"[]() ") or "s"
    if known is None and not is_dated and (steps == 1).all():
        return Timing(
            None,
            np.arange(len(times), dtype=np.float64),
            f"its first column, {name}, counts rows and is left out",
        )
    step = float(steps[steps <= GAP * np.median(steps)].mean())  # times may be rounded to less than a step
    places = np.r_[0, np.cumsum(np.maximum(1, np.where(steps > GAP * step, np.round(steps / step), 1)))]
    if places[-1] >= MOST_MISSING * len(times):
        row = int(steps.argmax()) + 2
        raise RecordingError(f"its column {name} tells the time and leaps far at row {row}; split it there")
    step = float((times[-1] - times[0]) / places[-1])
    away = np.abs(times - times[0] - step * places)
    if away.max() >= GAP * step:
        row = int(away.argmax()) + 1
        raise RecordingError(
            f"its column {name} tells the time and is not even at row {row}; resample it before"
        )
    rate = 1 / (step * SECONDS.get(told.lower(), 1.0))
    if abs(rate - round(rate)) < WHOLE * rate:
        rate = float(round(rate))
    missing = int(places[-1]) + 1 - len(times)
    leaps = f", with {missing:,} samples missing where it leaps" if missing else ""
    return Timing(
        rate, places, f"its column {name} tells the time in {told}: {rate:g} samples a second{leaps}"
    )
