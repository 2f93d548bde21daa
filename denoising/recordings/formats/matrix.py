"""Arrays, in memory or in a file, as channels."""

import re
import tempfile
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from denoising.recordings.channels import Channel, Recording
from denoising.recordings.settings import RecordingError
from denoising.signals.sinusoids import Array

RATE_NAME = re.compile(r"fs|sr|sfreq|samplerate|((sampling|sample)_?)?(rate|freq|frequency)", re.IGNORECASE)
REAL = "fiub"  # kinds of arrays that hold real numbers
OTHER = {"c": "complex numbers", "U": "text", "S": "text", "O": "objects"}
BLOCK = 65_536  # rows


def column(
    name: str,
    values: NDArray[Any],
    rate: float | None,
    unit: str = "",
    scale: float = 1.0,
    problem: str = "",
) -> Channel:
    """Return a channel whose samples are those of an array of shape (n,), times a scale."""

    def read(start: int, stop: int) -> Array:
        with np.errstate(invalid="ignore"):  # of nan that is marked to be noticed
            return values[start:stop].astype(np.float64) * scale

    kind = values.dtype.kind
    if kind not in REAL and not problem:
        problem = f"it holds {OTHER.get(kind, values.dtype)}, not real numbers"
    return Channel(name, len(values), rate, read, unit, problem)


def channels_of(name: str, values: NDArray[Any], rate: float | None = None) -> list[Channel]:
    """Return the channels in an array; see `by_channel`.

    Raises:
        RecordingError: it has another shape.
    """
    return [column(each, samples, rate) for each, samples in by_channel(name, values).items()]


def by_channel(name: str, values: NDArray[Any]) -> dict[str, NDArray[Any]]:
    """Return views of an array of shape (n,), (n, channels) or (channels, n), one a channel, by their names.

    Time is the longer axis.

    Raises:
        RecordingError: it has another shape.
    """
    if values.ndim == 2 and 1 in values.shape:
        values = values.reshape(-1)
    if values.ndim == 1:
        return {name: values}
    if values.ndim != 2:
        raise RecordingError(f"{name} has {values.ndim} axes; give one of time, and one of channels at most")
    by_time = values if values.shape[0] >= values.shape[1] else values.T
    return {f"{name}{i + 1}": by_time[:, i] for i in range(by_time.shape[1])}


def named_arrays(arrays: Mapping[str, NDArray[Any]]) -> Recording:
    """Return the channels in named arrays. A single number that is called rate, fs or the like is their rate.

    Raises:
        RecordingError: none of them holds numbers.
    """
    singles = {name: array for name, array in arrays.items() if array.size == 1 and array.dtype.kind in REAL}
    told = next((name for name in singles if RATE_NAME.fullmatch(name)), None)
    rate = float(singles[told].reshape(-1)[0]) if told else None
    channels = [
        channel for name, array in signals_in(arrays).items() for channel in channels_of(name, array, rate)
    ]
    if not channels:
        raise RecordingError("there is no array of numbers in it")
    notes = (f"its number {told} gives the rate, {rate:g} samples a second",) if told else ()
    return Recording(tuple(channels), notes)


def signals_in(arrays: Mapping[str, NDArray[Any]]) -> dict[str, NDArray[Any]]:
    """Return the arrays that hold several numbers."""
    return {
        name: array for name, array in arrays.items() if array.size > 1 and array.dtype.kind in REAL + "c"
    }


def unique(names: Sequence[str]) -> list[str]:
    """Return names with the number of their column behind those that are empty or come twice."""
    plain = [name.strip() or "channel" for name in names]
    count = Counter(plain)
    several = len(plain) > 1
    found: dict[str, None] = {}
    for number, name in enumerate(plain, 1):
        if count[name] > 1 or (several and not names[number - 1].strip()):
            name = f"{name}{number}"
            while name in found or name in count:
                name += "_"
        found[name] = None
    return list(found)


def spooled(blocks: Iterable[Array], n_columns: int) -> Array:
    """Return blocks of rows, one below the other, as an array that lies in a temporary file.

    So a long recording takes no memory. The file goes with the array.

    Args:
        blocks: arrays of shape (rows, n_columns).
        n_columns: how many columns each has.
    """
    with tempfile.TemporaryFile() as file:
        for block in blocks:
            file.write(np.ascontiguousarray(block, np.float64).data)
        file.flush()
        if not file.tell():
            return np.empty((0, n_columns))
        return np.memmap(file, np.float64, "r").reshape(-1, n_columns)


def with_gaps(values: Array, places: Array) -> Array:
    """Return rows at their places, in order; rows at all other places are nan."""
    n = int(places[-1]) + 1
    if n == len(values):
        return values
    starts = range(0, n, BLOCK)

    def blocks() -> Iterable[Array]:
        for start in starts:
            block = np.full((min(BLOCK, n - start), values.shape[1]), np.nan)
            first, last = np.searchsorted(places, [start, start + len(block)])
            block[places[first:last].astype(int) - start] = values[first:last]
            yield block

    return spooled(blocks(), values.shape[1])
