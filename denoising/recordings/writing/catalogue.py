"""Writes recordings as they came in, with other samples. To add a format, write a module and name it here."""

from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path

from denoising.recordings.channels import Channel, Recording
from denoising.recordings.formats.catalogue import companions
from denoising.recordings.opening import open_recording
from denoising.recordings.settings import RecordingError
from denoising.recordings.writing.arrays_out import write_npy, write_npz
from denoising.recordings.writing.edf_out import write_edf
from denoising.recordings.writing.matlab_out import write_mat
from denoising.recordings.writing.sound_out import write_flac, write_ogg
from denoising.recordings.writing.table_out import write_parquet
from denoising.recordings.writing.text_out import write_text
from denoising.recordings.writing.wave_out import write_wav
from denoising.recordings.writing.waveform_out import annotations, copies_of, write_wfdb

WRITERS: Mapping[str, Callable[[Path, Path, Mapping[str, Channel]], None]] = {
    ".csv": write_text,
    ".tsv": write_text,
    ".txt": write_text,
    ".npy": write_npy,
    ".npz": write_npz,
    ".parquet": write_parquet,
    ".mat": write_mat,
    ".wav": write_wav,
    ".flac": write_flac,
    ".ogg": write_ogg,
    ".edf": write_edf,
    ".bdf": write_edf,
    ".hea": write_wfdb,
}


def write_like(source: Path, target: Path, denoised: Mapping[str, Channel]) -> list[Path]:
    """Write a copy of a recording in which some channels have other samples, and return the files written.

    All else stays as it is: the format, types and bits of samples, headers, comments, further columns and
    variables, and the samples of other channels (but for the rounding of OGG). A new sample that is nan
    leaves the source's; so does one that is the same. Integers are rounded and kept in the range that the
    file has for them. A sample for which a table has no row or field, since its time leaps or its row is cut
    off, is left out.

    Args:
        source: the recording.
        target: the copy, of the same extension, in a folder that is there. A record of several files gets
            them beside it.
        denoised: the other samples, in the units and the scale of the reader, by the names that it gives.

    Raises:
        RecordingError: a channel does not fit the recording, or the copy cannot be as the recording was.
    """
    kind = source.suffix.lower()
    check(open_recording(source), denoised)
    if target.suffix.lower() != kind:
        raise RecordingError(f"its copy {target.name} has to end with {kind}")
    if target.exists() and target.samefile(source):
        raise RecordingError("its copy would take its place; write it to another folder")
    if kind not in WRITERS:
        raise RecordingError(f"{kind} can be read, but not written; save the signals in another format")
    try:
        WRITERS[kind](source, target, denoised)
    except OSError as error:
        raise RecordingError(f"its copy {target} cannot be written ({error.strerror or error})") from error
    return [target, *companions(target), *(annotations(target) if kind == ".hea" else [])]


def files_like(source: Path, target: Path) -> dict[Path, Path]:
    """Return the files that `write_like` writes, by those of the recording that they are copies of."""
    kind = source.suffix.lower()
    return {source: target, **(copies_of(source, target) if kind == ".hea" else {})}


def check(recording: Recording, denoised: Mapping[str, Channel]) -> None:
    """Make sure that channels are those of a recording.

    Raises:
        RecordingError: they are not.
    """
    count = Counter(channel.name for channel in recording.channels)
    own = {channel.name: channel for channel in recording.channels}
    for name, new in denoised.items():
        if not count[name]:
            raise RecordingError(f"it has no channel {name}; its channels are {', '.join(own)}")
        if count[name] > 1:
            raise RecordingError(f"it has {count[name]} channels called {name}; rename all but one")
        if own[name].problem:
            raise RecordingError(f"channel {name}: {own[name].problem}; leave it as it is")
        if new.n_samples != own[name].n_samples:
            raise RecordingError(
                f"channel {name} has {own[name].n_samples:,} samples, and what is to be written "
                f"{new.n_samples:,}; give one for each"
            )
