"""Writes WFDB records back: copies whose samples are overwritten; headers, further files and annotations stay."""

import re
import shutil
from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from denoising.recordings.channels import Channel
from denoising.recordings.formats.catalogue import FORMATS
from denoising.recordings.formats.waveform import files_of, header_of, library, open_wfdb
from denoising.recordings.settings import RecordingError
from denoising.recordings.writing.patching import BLOCK, Slot, changes, patch, whole
from denoising.signals.sinusoids import Array


class Packing(NamedTuple):
    """How a format writes a sample: its bits, the value that stands for 0, and NumPy's type for it."""

    bits: int
    zero: int = 0
    kind: str = "<i4"


TWELVE = "212"  # bits: two samples in three bytes
PACKINGS = {
    "80": Packing(8, 128),
    "16": Packing(16),
    "61": Packing(16, 0, ">i4"),
    "160": Packing(16, 32768),
    TWELVE: Packing(12),
    "24": Packing(24),
    "32": Packing(32),
}
NAME = re.compile(r"[-\w]+", re.ASCII)  # of a record
SIGNAL = re.compile(r"((?:\S+[ \t]+){5})(\S+)(?:([ \t]+)(\S+))?")  # a header's line up to initial value, checksum


def write_wfdb(source: Path, target: Path, denoised: Mapping[str, Channel]) -> None:
    """Write a copy of a record with other samples; see `write_like`.

    Files that are called like the record are called like its copy. The lowest number of a format, which
    marks samples as missing, is not written.

    Raises:
        RecordingError: a channel's format, skew or several samples a frame cannot be written back, the copy's
            name is none of a record, or the copy of a file would take its place.
    """
    if not NAME.fullmatch(target.stem):
        raise RecordingError(
            f"its copy cannot be called {target.stem}; use letters, digits, hyphens and underscores"
        )
    header = header_of(source)
    for path in (*files_of(source), *annotations(source)):
        copy = target.with_name(renamed(path.name, source.stem, target.stem))
        if copy.exists() and copy.samefile(path):
            raise RecordingError(f"the copy of {path.name} would take its place; write it to another folder")
        shutil.copyfile(path, copy)
    lines = text_of(source).splitlines(keepends=True)
    told = [i for i, line in enumerate(lines) if line.strip() and not line.lstrip().startswith("#")]
    names = [channel.name for channel in open_wfdb(source).channels]
    for number, old in enumerate(open_wfdb(source).channels):
        if old.name in denoised:
            check_channel(header, number, old.name)
            ...
