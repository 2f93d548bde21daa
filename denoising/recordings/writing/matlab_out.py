"""Writes MATLAB's files back: all other variables stay byte for byte in files of version 5 to 7."""

import io
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import scipy.io
from numpy.typing import NDArray
from scipy.io.matlab import matfile_version, varmats_from_mat

from denoising.recordings.channels import Channel
from denoising.recordings.formats.matlab import variables_in
from denoising.recordings.formats.matrix import channels_of
from denoising.recordings.settings import RecordingError
from denoising.recordings.writing.arrays_out import holding, overwrite_in

HEADER = 128  # bytes
OBJECTS = slice(116, 124)  # of the header: where MATLAB's own objects begin; blank or 0 if there are none
LITTLE = b"IM"  # ends the header of a file whose numbers begin with their lowest byte
COMPRESSED = 15  # the type of an element that is


def write_mat(source: Path, target: Path, denoised: Mapping[str, Channel]) -> None:
    """Write a copy of named arrays with other samples; see `write_like`.

    Raises:
        RecordingError: an array would lose what the file tells of it.
    """
    major, _ = matfile_version(source)
    loaded = scipy.io.loadmat(source, mat_dtype=major == 1)
    arrays = variables_in(loaded)
    changed = {}
    for name in holding(arrays, denoised):
        changed[name] = np.array(arrays[name])
        overwrite_in(changed[name], name, channels_of(name, arrays[name]), denoised)
    if major == 0:
        scipy.io.savemat(target, arrays | changed, format="4")
        return
    header = source.read_bytes()[:HEADER]
    if not header.endswith(LITTLE):
        raise RecordingError("its numbers begin with their highest byte; save it again with '-v7'")
    if header[OBJECTS].strip(b" \0"):
        raise RecordingError(
            "it holds objects of MATLAB (tables, strings or the like), which would be lost; save the signals "
            "without them"
        )
    if shared := changed.keys() & set(loaded["__globals__"]):
        raise RecordingError(f"its variable {min(shared)} is global; save it again as a local one")
    with source.open("rb") as before, target.open("wb") as after:
        after.write(header)
        for name, own in varmats_from_mat(before):
            element = own.getvalue()[HEADER:]
            after.write(element_of(name, changed[name], element) if name in changed else element)


def element_of(name: str, values: NDArray[Any], old: bytes) -> bytes:
    """Return a variable as an element of a file, compressed if the old one is."""
    file = io.BytesIO()
    is_compressed = int.from_bytes(old[:2], "little") == COMPRESSED
    scipy.io.savemat(file, {name: values}, do_compression=is_compressed)  # type: ignore[arg-type]
    return file.getvalue()[HEADER:]
