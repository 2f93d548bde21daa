"""NumPy's files: one array (NPY), or several by name (NPZ)."""

import tempfile
import zipfile
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from denoising.recordings.channels import Recording
from denoising.recordings.formats.matrix import channels_of, named_arrays


def open_npy(path: Path) -> Recording:
    """Open an array of shape (n,), (n, channels) or (channels, n)."""
    return Recording(tuple(channels_of("channel", np.lib.format.open_memmap(path, mode="r"), None)))


def open_npz(path: Path) -> Recording:
    """Open named arrays, of which a single number called rate, fs or the like gives the rate."""
    return named_arrays(arrays_in(path))


def arrays_in(path: Path) -> dict[str, NDArray[Any]]:
    """Return the arrays in an NPZ file by their names."""
    with tempfile.TemporaryDirectory() as folder, zipfile.ZipFile(path) as archive:
        # An array that is mapped stays readable after its file is removed.
        return {
            Path(name).stem: np.load(archive.extract(name, folder), mmap_mode=mode(archive, name))
            for name in archive.namelist()
        }


def mode(archive: zipfile.ZipFile, name: str) -> Literal["r"] | None:
    """How to read a member: NumPy cannot map arrays that are as small as a header."""
    return "r" if archive.getinfo(name).file_size > 1000 else None
