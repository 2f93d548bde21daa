"""Writes WAV files back: a copy whose samples are overwritten; all chunks stay."""

import shutil
from collections.abc import Mapping
from functools import partial
from pathlib import Path

import numpy as np

from denoising.recordings.channels import Channel
from denoising.recordings.formats.wave import UNSIGNED_MIDDLE, Samples, open_wav, samples_in
from denoising.recordings.settings import RecordingError
from denoising.recordings.writing.patching import Slot, fitted, patch, whole
from denoising.signals.sinusoids import Array


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
