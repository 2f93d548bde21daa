"""Where denoised recordings go, and whether they can go there; looked at before anything is written."""

import os
from collections.abc import Iterator, Sequence
from glob import has_magic
from pathlib import Path

from denoising.addresses import is_remote
from denoising.recordings.settings import RecordingFile
from tasks.batch.job import SIDECAR, Job
from tasks.cache.folders import unwritable

LONGEST = 255  # bytes of a file's name


def named_within(given: Sequence[str], files: Sequence[RecordingFile]) -> list[RecordingFile]:
    """Return recordings with their names below what was given, whatever else that holds.

    Args:
        given: paths of recordings, folders or patterns.
        files: the recordings there, named by what they have in common.
    """
    if any(map(is_remote, given)):
        return list(files)
    base = os.path.commonpath([fixed_part(Path(text)) for text in given])
    return [
        file.model_copy(update={"name": Path(file.path).relative_to(base).as_posix()})
        if Path(file.path).is_relative_to(base)
        else file
        for file in files
    ]


def fixed_part(path: Path) -> Path:
    """Return a folder itself, or the folder of a file, or the last folder of a pattern that is no pattern."""
    if path.is_dir():
        return path
    folder = path.parent
    while not folder.is_dir() and has_magic(str(folder)):
        folder = folder.parent
    return folder


def obstacles_to(jobs: Sequence[Job]) -> Iterator[str]:
    """Yield a line for each file that cannot be written, or that would take the place of another."""
    inputs = {path.resolve(): job for job in jobs for path in job.files}
    taken: dict[Path, Job] = {}
    for job in jobs:
        for path in (*job.files.values(), job.sidecar):
            place = path.resolve()
            if place in inputs:
                yield f"{path}: it would be written over a recording; give a --suffix or another --output-dir"
            elif taken.setdefault(place, job) is not job:
                both = f"{taken[place].of} and {job.of}"
                yield f"{path}: {both} would both be written there; denoise them into different folders"
            elif path.is_dir():
                yield f"{path}: it is a folder; move it away, or choose another --output-dir or --suffix"
    for folder in dict.fromkeys(job.target.parent for job in jobs):
        if why := unwritable(folder):
            yield f"output_dir {folder}: {why}"


def unfit(target: Path) -> str | None:
    """Return why a file cannot have this name; None if it can."""
    name = target.name + SIDECAR
    try:
        too_long = len(name.encode()) > LONGEST
    except UnicodeEncodeError:
        return f"{target.name!a}: its name is not UTF-8; rename the recording"
    if "\0" in str(target):
        return f"{target.name!a}: its name holds a zero; choose another one"
    if too_long:
        return f"{target.name}: its name is longer than {LONGEST - len(SIDECAR)} bytes; shorten it"
    return None
