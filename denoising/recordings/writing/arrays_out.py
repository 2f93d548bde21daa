"""Writes NumPy's files back: types, shapes and orders of arrays stay, and so do other arrays."""

import copy
import shutil
import tempfile
import zipfile
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from denoising.recordings.channels import Channel
from denoising.recordings.formats.arrays import arrays_in, open_npy
from denoising.recordings.formats.matrix import by_channel, channels_of, signals_in
from denoising.recordings.writing.patching import overwrite


def write_npy(source: Path, target: Path, denoised: Mapping[str, Channel]) -> None:
    """Write a copy of an array with other samples; see `write_like`."""
    shutil.copyfile(source, target)
    overwrite_in(np.lib.format.open_memmap(target, mode="r+"), "channel", open_npy(source).channels, denoised)


def write_npz(source: Path, target: Path, denoised: Mapping[str, Channel]) -> None:
    """Write a copy of named arrays with other samples; see `write_like`. Each stays compressed or plain."""
    arrays = arrays_in(source)
    with (
        tempfile.TemporaryDirectory() as folder,
        zipfile.ZipFile(source) as before,
        zipfile.ZipFile(target, "w") as after,
    ):
        after.comment = before.comment
        last = {Path(member).stem: member for member in before.namelist()}
        touched = {last[name]: name for name in holding(arrays, denoised)}
        for member in before.infolist():
            path = Path(before.extract(member, folder))
            if name := touched.get(member.filename):
                into = np.lib.format.open_memmap(path, mode="r+")
                overwrite_in(into, name, channels_of(name, arrays[name]), denoised)
            with path.open("rb") as file, after.open(copy.copy(member), "w", force_zip64=True) as packed:
                shutil.copyfileobj(file, packed)
            path.unlink()


def holding(arrays: Mapping[str, NDArray[Any]], names: Collection[str]) -> list[str]:
    """Return the names of the arrays that hold a channel of these names."""
    several = signals_in(arrays).items()
    return [name for name, array in several if not by_channel(name, array).keys().isdisjoint(names)]


def overwrite_in(
    array: NDArray[Any], name: str, channels: Collection[Channel], denoised: Mapping[str, Channel]
) -> None:
    """Overwrite the channels of an array that have other samples.

    Args:
        array: of which views can be written to.
        name: of the array.
        channels: those of the array as the source has it.
        denoised: the other samples by the names of channels.
    """
    views = by_channel(name, array)
    for old in channels:
        if old.name in denoised:
            overwrite(views[old.name], old, denoised[old.name])
    if isinstance(array, np.memmap):
        array.flush()
