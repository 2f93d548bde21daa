"""Records in PhysioNet's format, WFDB: a header and the files that it names."""

import warnings
from functools import partial
from pathlib import Path
from typing import Any

from denoising.recordings.channels import Channel, Recording
from denoising.recordings.formats.matrix import unique
from denoising.recordings.settings import RecordingError
from denoising.signals.sinusoids import Array


def open_wfdb(path: Path) -> Recording:
    """Open a record by its header, in physical units; samples that it marks as missing are nan.

    Raises:
        RecordingError: it has several segments, or does not tell its length.
    """
    header, name = header_of(path), str(path.with_suffix(""))
    if not header.n_sig:
        raise RecordingError("it names no channel")
    if header.sig_len is None:
        raise RecordingError("it does not tell how many samples there are; write that behind the rate")
    names = unique([name or "" for name in header.sig_name])
    return Recording(
        tuple(
            Channel(channel, header.sig_len, float(header.fs), partial(read, name, number), unit or "")
            for number, (channel, unit) in enumerate(zip(names, header.units, strict=True))
        )
    )


def read(name: str, number: int, start: int, stop: int) -> Array:
    """Return some samples of a channel of a record."""
    record = library().rdrecord(name, sampfrom=start, sampto=stop, channels=[number])
    samples: Array = record.p_signal[:, 0]
    return samples


def files_of(path: Path) -> list[Path]:
    """Return the files of samples that a header names."""
    return [path.parent / name for name in dict.fromkeys(header_of(path).file_name or [])]


def header_of(path: Path) -> Any:
    """Return the header of a record.

    Raises:
        RecordingError: it has several segments.
    """
    header = library().rdheader(str(path.with_suffix("")))
    if isinstance(header, library().MultiRecord):
        raise RecordingError("it is of several segments; give the header of each instead")
    return header


def library() -> Any:
    """Return the package wfdb, which warns of pandas to come when it is imported."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        import wfdb
    return wfdb
