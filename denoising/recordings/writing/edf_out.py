"""Writes EDF and BDF files back: a copy whose samples are overwritten; header and annotations stay."""

import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from itertools import accumulate
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from denoising.recordings.channels import Channel
from denoising.recordings.formats.edf import BYTES, open_edf
from denoising.recordings.writing.patching import Slot, patch, whole
from denoising.signals.sinusoids import Array

PLUS = (b"EDF+", b"BDF+")  # kinds of files that have channels of annotations
ANNOTATIONS = (b"EDF Annotations", b"BDF Annotations")
FIELDS = {"label": (0, 16), "physical": (104, 8), "digital": (120, 8), "n": (216, 8)}  # first byte and width


@dataclass(frozen=True)
class Scale:
    """What the header tells of a channel's numbers: the lowest and highest, and what these stand for."""

    lowest: int
    highest: int
    low: float
    high: float


def write_edf(source: Path, target: Path, denoised: Mapping[str, Channel]) -> None:
    """Write a copy of an EDF or BDF file with other samples; see `write_like`.

    Samples are clipped to what the header tells the numbers of a channel to be.
    """
    shutil.copyfile(source, target)
    told = signals_in(source, BYTES[source.suffix.lower()])
    for old, (slot, scale) in zip(open_edf(source).channels, told, strict=True):
        if old.name in denoised:
            patch(target, slot, old, denoised[old.name], partial(digital, scale=scale))


def digital(values: Array, scale: Scale) -> NDArray[np.int32]:
    """Return physical values as the numbers of a file."""
    steps = (values - scale.low) * ((scale.highest - scale.lowest) / (scale.high - scale.low))
    numbers: NDArray[np.int32] = whole(steps + scale.lowest, scale.lowest, scale.highest, "<i4")
    return numbers


def signals_in(path: Path, width: int) -> list[tuple[Slot, Scale]]:
    """Return where each channel but those of annotations lies, and its scale.

    Args:
        path: of a file that is whole.
        width: bytes of a sample.
    """
    with path.open("rb") as file:
        header = file.read(256)
        n = int(header[252:256])
        fields = file.read(256 * n)

    def told(name: str, number: int = 0) -> list[bytes]:
        first, size = FIELDS[name]
        start = n * (first + number * size)
        return [fields[start + size * i : start + size * (i + 1)].strip() for i in range(n)]

    counts = [int(text) for text in told("n")]
    *starts, record = accumulate((width * count for count in counts), initial=0)
    body = int(header[184:192])
    slots = (Slot(body + start, record, count, width) for start, count in zip(starts, counts, strict=True))
    ends = zip(told("digital"), told("digital", 1), told("physical"), told("physical", 1), strict=True)
    scales = (Scale(int(a), int(b), float(low), float(high)) for a, b, low, high in ends)
    of_signals = [header[192:196] not in PLUS or label not in ANNOTATIONS for label in told("label")]
    every = zip(slots, scales, of_signals, strict=True)
    return [(slot, scale) for slot, scale, is_signal in every if is_signal]
