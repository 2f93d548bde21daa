"""Writes WAV files back: a copy whose samples are overwritten; all chunks stay."""

import shutil
import struct
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import NamedTuple

import numpy as np

from denoising.recordings.channels import Channel
from denoising.recordings.formats.wave import UNSIGNED_MIDDLE, open_wav
from denoising.recordings.settings import RecordingError
from denoising.recordings.writing.patching import Slot, fitted, patch, whole
from denoising.signals.sinusoids import Array

FLOAT, EXTENSIBLE = 3, 0xFFFE  # formats of samples


class Samples(NamedTuple):
    """How the samples of a WAV file lie: the first byte, bytes of a frame and of a sample, their type."""

    first: int
    frame: int
    width: int
    kind: str


def write_wav(source: Path, target: Path, denoised: Mapping[str, Channel]) -> None:
    """Write a copy of a WAV file with other samples; see `write_like`.

    Raises:
        RecordingError: its samples have another number of bits than 8, 16, 24, 32 or 64.
    """
    told = samples_in(source)
    if told.width not in (1, 2, 3, 4, 8):
        raise RecordingError(
            f"it has {8 * told.width} bits a sample, and cannot be written back; save it with 16, 24 or 32"
        )
    shutil.copyfile(source, target)
    for i, old in enumerate(open_wav(source).channels):
        if old.name in denoised:
            slot = Slot(told.first + i * told.width, told.frame, 1, told.width)
            patch(target, slot, old, denoised[old.name], partial(encoded, told=told))


def encoded(values: Array, told: Samples) -> np.ndarray:
    """Return samples of full scale 1 as the numbers of a file."""
    if told.kind.endswith("f"):
        return fitted(values, np.dtype(f"{told.kind}{told.width}"))
    full = 2 ** (8 * told.width - 1)
    if told.width == 1:
        return whole(values * full + UNSIGNED_MIDDLE, 0, 2 * full - 1, np.uint8)
    return whole(values * full, -full, full - 1, f"{told.kind}{4 if told.width == 3 else told.width}")


def samples_in(path: Path) -> Samples:
    """Return how the samples of a WAV file lie."""
    with path.open("rb") as file:
        order = ">" if file.read(12).startswith(b"RIFX") else "<"
        form = b""
        while True:
            name, size = struct.unpack(f"{order}4sI", file.read(8))
            if name == b"data":
                break
            if name == b"fmt ":
                form = file.read(size + size % 2)
            else:
                file.seek(size + size % 2, 1)
        tag, n_channels, _, _, frame = struct.unpack_from(f"{order}HHIIH", form)
        if tag == EXTENSIBLE:
            (tag,) = struct.unpack_from(f"{order}I", form, 24)
        return Samples(file.tell(), frame, frame // n_channels, order + ("f" if tag == FLOAT else "i"))
