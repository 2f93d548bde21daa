"""WAV files."""

import warnings
from pathlib import Path

import numpy as np
from scipy.io import wavfile

from denoising.recordings.channels import Recording
from denoising.recordings.formats.matrix import column, unique

# Of the integer formats, the value that stands for nothing and the one that stands for full scale.
UNSIGNED_MIDDLE = 128


def open_wav(path: Path) -> Recording:
    """Open a WAV file; integers are divided by full scale, so that samples lie between -1 and 1."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", wavfile.WavFileWarning)  # also of chunks that hold no samples
        try:
            rate, samples = wavfile.read(path, mmap=True)
        except ValueError:  # 24 bits a sample cannot be mapped
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
        ("it is cut off: its header tells of more samples",) if cut else (),
    )
