"""WAV files."""

import struct
import warnings
from functools import partial
from pathlib import Path
from typing import NamedTuple

import numpy as np
from scipy.io import wavfile

from denoising.recordings.channels import Channel, Recording
from denoising.recordings.formats.matrix import column, unique
from denoising.signals.sinusoids import Array

# Of the integer formats, the value that stands for nothing and the one that stands for full scale.
UNSIGNED_MIDDLE = 128
CUT_OFF = "it is cut off: its header tells of more samples"
FLOAT, EXTENSIBLE = 3, 0xFFFE  # formats of samples


class Samples(NamedTuple):
    """How the samples of a WAV file lie.

    Attributes:
        first: the number of the first byte.
        size, frame, width: bytes of all samples, of those of one time, and of one.
        kind: their order and type in NumPy, without their width.
        rate: samples a second.
    """

    first: int
    size: int
    frame: int
    width: int
    kind: str
    rate: float


def open_wav(path: Path) -> Recording:
    """Open a WAV file; integers are divided by full scale, so that samples lie between -1 and 1."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", wavfile.WavFileWarning)  # also of chunks that hold no samples
        try:
            rate, samples = wavfile.read(path, mmap=True)
        except ValueError:
            if (told := samples_in(path)).width == 3 and told.kind == "<i":
                return open_24_bits(path, told)
            rate, samples = wavfile.read(path)
    if samples.dtype == np.uint8:
        samples = samples.astype(np.int16) - UNSIGNED_MIDDLE
        scale = 1 / UNSIGNED_MIDDLE
    else:
        scale = 1 / (np.iinfo(samples.dtype).max + 1) if samples.dtype.kind == "i" else 1.0
    by_time = samples.reshape(len(samples), -1) if len(samples) else samples.reshape(0, 1)
    names = unique([""] * by_time.shape[1])
    cut = any("EOF" in str(warning.message) for warning in caught)
    return Recording(
        tuple(column(name, by_time[:, i], float(rate), scale=scale) for i, name in enumerate(names)),
        (CUT_OFF,) if cut else (),
    )


def open_24_bits(path: Path, told: Samples) -> Recording:
    """Open a WAV file of 24 bits a sample, which SciPy can only read as a whole."""
    there = min(told.size, path.stat().st_size - told.first)
    frames = np.memmap(path, np.uint8, "r", told.first, (there // told.frame, told.frame))

    def read(number: int, start: int, stop: int) -> Array:
        low, middle, high = frames[start:stop, 3 * number : 3 * number + 3].T.astype(np.int32)
        found: Array = (low << 8 | middle << 16 | high << 24) / 2**31
        return found

    names = unique([""] * (told.frame // 3))
    return Recording(
        tuple(Channel(name, len(frames), told.rate, partial(read, i)) for i, name in enumerate(names)),
        (CUT_OFF,) if there < told.size else (),
    )


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
        tag, n_channels, rate, _, frame = struct.unpack_from(f"{order}HHIIH", form)
        if tag == EXTENSIBLE:
            (tag,) = struct.unpack_from(f"{order}I", form, 24)
        kind = order + ("f" if tag == FLOAT else "i")
        return Samples(file.tell(), size, frame, frame // n_channels, kind, float(rate))
