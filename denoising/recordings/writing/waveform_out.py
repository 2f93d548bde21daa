"""Writes WFDB records back: copies whose samples are overwritten; headers and annotations stay."""

import re
import shutil
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from denoising.recordings.channels import Channel
from denoising.recordings.formats.catalogue import FORMATS
from denoising.recordings.formats.waveform import files_of, header_of, library, open_wfdb
from denoising.recordings.settings import RecordingError
from denoising.recordings.writing.packing import PACKINGS, TWELVE, encoded, patch_twelve
from denoising.recordings.writing.patching import BLOCK, Slot, patch

NAME = re.compile(r"[-\w]+", re.ASCII)  # of a record
SIGNAL = re.compile(
    r"(\s*(?:\S+[ \t]+){5})(\S+)(?:([ \t]+)([-\d]+))?"
)  # to the initial value and the checksum
END = b"\0\0"  # of annotations


def write_wfdb(source: Path, target: Path, denoised: Mapping[str, Channel]) -> None:
    """Write a copy of a record with other samples; see `write_like`.

    Files that are called like the record are called like its copy. The lowest number of a format, which
    marks samples as missing, is not written.

    Raises:
        RecordingError: a channel cannot be written back, the copy's name is none of a record, or the copy of
            a file would take its place.
    """
    if not NAME.fullmatch(target.stem):
        raise RecordingError(
            f"its copy {target.stem} needs a name of letters, digits, hyphens and underscores"
        )
    header, channels = header_of(source), open_wfdb(source).channels
    changed = [number for number, channel in enumerate(channels) if channel.name in denoised]
    for number in changed:
        check(header, number, channels[number].name)
    for path, copy in copies_of(source, target).items():
        if copy.exists() and copy.samefile(path):
            raise RecordingError(f"the copy of {path.name} would take its place; write it to another folder")
        shutil.copyfile(path, copy)
    lines = source.read_bytes().decode("latin-1").splitlines(keepends=True)
    first, *signals = (
        i for i, line in enumerate(lines) if line.strip() and not line.lstrip().startswith("#")
    )
    for i in (first, *signals[: header.n_sig]):
        name, *rest = re.split(r"(?=[\s/])", lines[i].lstrip(), maxsplit=1)
        lines[i] = "".join([renamed(name, source, target), *rest])
    write(target, lines)
    for number in changed:
        old = channels[number]
        overwrite(target, header, number, old, denoised[old.name])
        lines[signals[number]] = resummed(lines[signals[number]], *sum_of(target, number, old.n_samples))
    write(target, lines)


def copies_of(source: Path, target: Path) -> dict[Path, Path]:
    """Return where the files beside a header are copied, by themselves."""
    every = (*files_of(source), *annotations(source))
    return {path: target.with_name(renamed(path.name, source, target)) for path in every}


def write(path: Path, lines: list[str]) -> None:
    """Write the lines of a header."""
    path.write_bytes("".join(lines).encode("latin-1"))


def annotations(path: Path) -> list[Path]:
    """Return the files of annotations beside a header: of its name, with an ending of letters alone."""
    beside = sorted(path.parent.glob(f"{path.stem}.*"))
    others = [one for one in beside if one.stem == path.stem and one not in files_of(path)]
    named = [one for one in others if one.suffix[1:].isalpha() and one.suffix.lower() not in FORMATS]
    return [one for one in named if one.is_file() and ends_as_annotations(one)]


def ends_as_annotations(path: Path) -> bool:
    """Whether a file ends as all files of annotations do."""
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - len(END)))
        return file.read() == END


def renamed(name: str, source: Path, target: Path) -> str:
    """Return the name of a file's copy: that of its record is that of the record's copy there."""
    rest = name.removeprefix(source.stem)
    return target.stem + rest if rest != name and not rest[:1].isalnum() else name


def check(header: Any, number: int, name: str) -> None:
    """Make sure that a channel can be written back.

    Raises:
        RecordingError: it cannot.
    """
    if header.fmt[number] not in PACKINGS:
        raise RecordingError(
            f"channel {name} has format {header.fmt[number]}, which cannot be written back; bring the "
            "record to format 16 with PhysioNet's xform"
        )
    if header.samps_per_frame[number] != 1 or header.skew[number]:
        raise RecordingError(
            f"channel {name} has several samples a frame or a skew, and cannot be written back; bring the "
            "record to one sample a frame with PhysioNet's xform"
        )


def overwrite(path: Path, header: Any, number: int, old: Channel, new: Channel) -> None:
    """Overwrite the samples of a channel in the files of a record's copy."""
    file, kind = header.file_name[number], header.fmt[number]
    beside = [i for i, name in enumerate(header.file_name) if name == file]
    frame = sum(header.samps_per_frame[i] for i in beside)
    before = sum(header.samps_per_frame[i] for i in beside if i < number)
    start = header.byte_offset[beside[0]] or 0
    samples = files_of(path)[list(dict.fromkeys(header.file_name)).index(file)]
    numbers = partial(
        encoded, packing=PACKINGS[kind], gain=header.adc_gain[number], baseline=header.baseline[number]
    )
    if kind == TWELVE:
        patch_twelve(samples, start, frame, before, old, new, numbers)
    else:
        width = PACKINGS[kind].bits // 8
        patch(samples, Slot(start + before * width, frame * width, 1, width), old, new, numbers)


def sum_of(path: Path, number: int, n: int) -> tuple[int, int]:
    """Return the first sample of a channel and the sum of all, as the record has them."""
    found, total = 0, 0
    for start in range(0, n, BLOCK):
        record = library().rdrecord(
            str(path.with_suffix("")), start, min(start + BLOCK, n), [number], physical=False
        )
        samples: NDArray[np.int64] = record.d_signal[:, 0].astype(np.int64)
        found = int(samples[0]) if start == 0 else found
        total += int(samples.sum())
    return found, total


def resummed(line: str, first: int, total: int) -> str:
    """Return the line of a channel in a header with another initial value and checksum, if it tells them."""
    if not (found := SIGNAL.match(line)):
        return line
    before, _, between, checksum = found.groups()
    if checksum is None:
        return f"{before}{first}{line[found.end() :]}"
    lowest = 0 if int(checksum) >= 2**15 else -(2**15)  # whether it is told without a sign
    return f"{before}{first}{between}{(total - lowest) % 2**16 + lowest}{line[found.end() :]}"
