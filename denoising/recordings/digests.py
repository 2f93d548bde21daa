"""Files of recordings are known by the digest of their content."""

import hashlib
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

from denoising.recordings.formats.catalogue import companions
from denoising.recordings.opening import in_words
from denoising.recordings.remote import local
from denoising.recordings.settings import RecordingError, RecordingFile


def check_unchanged(files: Iterable[RecordingFile]) -> None:
    """Make sure that recordings are those that were found.

    Raises:
        RecordingError: one has changed since.
    """
    for file in files:
        if digest_of(local(file.path)) != file.sha256:
            raise RecordingError(f"{file.path}: it has changed since the run began; start the run again")


def digest_of(path: Path) -> str:
    """Return the SHA-256 of a recording's content, with that of the files that it names.

    Raises:
        RecordingError: it cannot be read.
    """
    try:
        with in_words(path.suffix.lower()):
            several = [path, *companions(path)]
            if missing := [one.name for one in several[1:] if not one.is_file()]:
                raise RecordingError(f"its file {missing[0]} is not there; put it beside it")
            digests = [digest_in_state(str(one), state_of(one)) for one in several]
    except RecordingError as error:
        raise RecordingError(f"{path}: {error}") from error
    return digests[0] if len(digests) == 1 else hashlib.sha256("".join(digests).encode()).hexdigest()


def state_of(path: Path) -> tuple[int, ...]:
    """Return what changes in the file system when the content of a file does."""
    told = path.stat()
    return told.st_ino, told.st_size, told.st_mtime_ns, told.st_ctime_ns


@lru_cache(maxsize=4096)
def digest_in_state(path: str, _: tuple[int, ...]) -> str:
    """Return the SHA-256 of a file; it is read once for each of its states."""
    with Path(path).open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
