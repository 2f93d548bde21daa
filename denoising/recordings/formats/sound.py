"""FLAC and OGG files, read by soundfile."""

from functools import partial
from pathlib import Path

import numpy as np

from denoising.recordings.channels import Channel, Recording
from denoising.signals.sinusoids import Array


def open_sound(path: Path) -> Recording:
    """Open a FLAC or OGG file; samples lie between -1 and 1."""
    import soundfile

    with soundfile.SoundFile(path) as file:
        n, n_channels, rate = file.frames, file.channels, float(file.samplerate)

    def read(number: int, start: int, stop: int) -> Array:
        with soundfile.SoundFile(path) as file:
            file.seek(start)
            return np.ascontiguousarray(file.read(stop - start, always_2d=True)[:, number])

    names = [f"channel{number + 1}" if n_channels > 1 else "channel" for number in range(n_channels)]
    return Recording(
        tuple(Channel(name, n, rate, partial(read, number)) for number, name in enumerate(names))
    )
