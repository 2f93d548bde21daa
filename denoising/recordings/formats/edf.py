"""EDF and BDF files, read by pyEDFlib."""

from functools import partial
from pathlib import Path
from threading import Lock

from denoising.recordings.channels import Channel, Recording
from denoising.recordings.formats.matrix import unique
from denoising.recordings.settings import RecordingError
from denoising.signals.sinusoids import Array

OPENED = Lock()  # EDFlib opens a file only once at a time
BYTES = {".edf": 2, ".bdf": 3}  # of a sample


def open_edf(path: Path) -> Recording:
    """Open an EDF or BDF file, in the physical units of its header.

    Raises:
        RecordingError: its size is not what its header tells.
    """
    import pyedflib

    check_size(path)
    with OPENED, pyedflib.EdfReader(str(path)) as file:
        names = unique(file.getSignalLabels())
        counts, headers = file.getNSamples(), file.getSignalHeaders()
    return Recording(
        tuple(
            Channel(
                name,
                int(n),
                float(told["sample_frequency"]),
                partial(read, path, number),
                str(told["dimension"]),
            )
            for number, (name, n, told) in enumerate(zip(names, counts, headers, strict=True))
        )
    )


def check_size(path: Path) -> None:
    """Make sure that a file is as long as its header tells; EDFlib prints a line if it is not.

    Raises:
        RecordingError: it is not.
    """
    with path.open("rb") as file:
        header = file.read(256)
        n_channels = int(header[252:256])
        file.seek(256 + 216 * n_channels)
        in_record = sum(int(file.read(8)) for _ in range(n_channels))
    told = int(header[184:192]) + int(header[236:244]) * in_record * BYTES[path.suffix.lower()]
    if (size := path.stat().st_size) != told:
        raise RecordingError(f"it has {size:,} bytes, and its header tells of {told:,}; copy it again")


def read(path: Path, number: int, start: int, stop: int) -> Array:
    """Return some samples of a channel."""
    import pyedflib

    with OPENED, pyedflib.EdfReader(str(path)) as file:
        samples: Array = file.readSignal(number, start, stop - start)
        return samples
