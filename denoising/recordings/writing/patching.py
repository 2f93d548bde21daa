"""Changes some samples of a copied file where they lie, block by block."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

from denoising.recordings.channels import Channel
from denoising.signals.sinusoids import Array

BLOCK = 2**20  # samples at once; some readers open a file anew for each block


@dataclass(frozen=True)
class Slot:
    """Where the samples of a channel lie in a file of records of one size.

    Attributes:
        first: the byte of its first sample.
        record: bytes of a record.
        n: samples of the channel in each record, one behind the other.
        width: bytes of a sample.
    """

    first: int
    record: int
    n: int
    width: int


def changes(old: Channel, new: Channel, several: int = 1) -> Iterator[tuple[int, NDArray[np.bool_], Array]]:
    """Yield the first sample of each block, which of its samples differ, and their new values.

    A new sample that is nan does not differ.

    Args:
        old: the channel of the source.
        new: what it is to be, with as many samples.
        several: blocks have a multiple of this many samples.
    """
    size = max(1, BLOCK // several) * several
    for start in range(0, old.n_samples, size):
        stop = min(start + size, old.n_samples)
        differs, values = changed(old.read(start, stop), new.read(start, stop))
        if differs.any():
            yield start, differs, values


def changed(old: Array, new: Array) -> tuple[NDArray[np.bool_], Array]:
    """Return which samples differ, and their new values; a new one that is nan does not."""
    differs = ~np.isnan(new) & (new != old)
    return differs, new[differs]


def patch(
    path: Path, slot: Slot, old: Channel, new: Channel, encoded: Callable[[Array], NDArray[Any]]
) -> None:
    """Overwrite the samples of a channel that differ from the source's.

    Args:
        path: a copy of the source.
        slot: where the channel lies in it.
        old, new: see `changes`.
        encoded: returns samples as the file's numbers, of which it holds the lowest `slot.width` bytes.
    """
    for start, differs, values in changes(old, new, slot.n):
        records = len(differs) // slot.n
        size = (records - 1) * slot.record + slot.n * slot.width
        raw = np.memmap(path, np.uint8, "r+", slot.first + start // slot.n * slot.record, size)
        strides = (slot.record, slot.width, 1)
        samples: NDArray[np.uint8] = np.ndarray((records, slot.n, slot.width), np.uint8, raw, 0, strides)
        numbers = encoded(values)
        octets = numbers.view(np.uint8).reshape(len(numbers), -1)
        is_big = numbers.dtype.byteorder == ">"
        samples[differs.reshape(records, slot.n)] = (
            octets[:, -slot.width :] if is_big else octets[:, : slot.width]
        )


def whole(values: Array, lowest: int, highest: int, kind: DTypeLike = np.int64) -> NDArray[Any]:
    """Return the nearest whole numbers from the lowest to the highest, as a type."""
    top = float(highest)
    if int(top) > highest:  # double precision has no such number of 64 bits
        top = float(np.nextafter(top, 0))
    return np.clip(np.rint(values), lowest, top).astype(kind)


def fitted(values: Array, kind: np.dtype[Any]) -> NDArray[Any]:
    """Return samples as numbers of a type; as integers, the nearest ones that it has."""
    if kind.kind == "b":
        return whole(values, 0, 1, kind)
    if kind.kind in "iu":
        return whole(values, int(np.iinfo(kind).min), int(np.iinfo(kind).max), kind)
    with np.errstate(over="ignore"):
        return values.astype(kind)


def overwrite(array: NDArray[Any], old: Channel, new: Channel) -> None:
    """Set the elements of an array of shape (n,) whose samples differ from the source's."""
    for start, differs, values in changes(old, new):
        array[start : start + len(differs)][differs] = fitted(values, array.dtype)
