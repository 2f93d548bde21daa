"""Finds recordings by paths, in folders and by patterns."""

import os
from collections.abc import Sequence
from glob import glob, has_magic
from pathlib import Path

from denoising.addresses import is_address, is_remote, masked
from denoising.recordings.digests import digest_of
from denoising.recordings.formats.catalogue import FORMATS
from denoising.recordings.opening import known
from denoising.recordings.remote import found_at, local
from denoising.recordings.settings import RecordingError, RecordingFile


def find(paths: Sequence[str]) -> tuple[RecordingFile, ...]:
    """Return the recordings at paths with their digests; see `named`.

    Raises:
        RecordingError: there is none, or one cannot be read.
    """
    return tuple(map(digested, named(paths)))


def digested(file: RecordingFile) -> RecordingFile:
    """Return a recording with its digest.

    Raises:
        RecordingError: it cannot be read.
    """
    return file.model_copy(update={"sha256": digest_of(local(file.path))})


def named(paths: Sequence[str]) -> list[RecordingFile]:
    """Return the recordings at paths, in folders and of patterns such as `day*/*.wav`, sorted by name.

    Of a folder, the files of a known format count, also in folders below it; hidden ones do not. No digest is
    taken.

    Raises:
        RecordingError: there is none, or one cannot be read.
    """
    try:
        found = list(dict.fromkeys(path for text in paths for path in expanded(text)))
    except OSError as error:
        raise RecordingError(f"{error.filename}: it cannot be read ({error.strerror})") from error
    if len({os.path.realpath(path) if not is_remote(path) else path for path in found}) < len(found):
        raise RecordingError(f"{' '.join(paths)}: a file is there twice; give it once")
    names = {path: Path(path.replace("://", "/")) for path in found}
    try:
        shared = os.path.commonpath([name.parent for name in names.values()])
    except ValueError as error:  # some are here and some in a store
        raise RecordingError(f"{' '.join(paths)}: give files, or objects of a store, not both") from error
    files = [
        RecordingFile(name=name.relative_to(shared).as_posix(), sha256="", path=path)
        for path, name in names.items()
    ]
    return sorted(files, key=lambda file: file.name)


def expanded(text: str) -> list[str]:
    """Return the paths of recordings: of a file, in a folder or of a pattern, or in an object store.

    Raises:
        RecordingError: there is none.
    """
    try:
        remote = is_address(text)
    except ValueError as error:
        raise RecordingError(f"{masked(text)}: {error}") from error
    if not remote:
        return [str(path) for path in files_at(text)]
    found = found_at(text)
    named = [path for path in found if path == text or Path(path).suffix.lower() in FORMATS]
    if not named:
        raise RecordingError(f"{text}: there is no recording of this name or prefix; {known()}")
    return named


def files_at(text: str) -> list[Path]:
    """Return the files of recordings at a path, in a folder or of a pattern.

    Raises:
        RecordingError: there is none.
    """
    path = Path(os.path.expanduser(text)).absolute()  # noqa: PTH111  # Path's raises where there is no such user
    if path.is_dir():
        every = (file for file in sorted(path.rglob("*")) if file.suffix.lower() in FORMATS)
        files = [
            file
            for file in every
            if file.is_file() and not any(part.startswith(".") for part in file.relative_to(path).parts)
        ]
        if not files:
            raise RecordingError(f"{text}: there is no recording in this folder; {known()}")
        return files
    if path.is_file():
        return [path]
    if path.exists():
        raise RecordingError(f"{text}: it is neither a file nor a folder; save it as a file first")
    if has_magic(text):
        matches = sorted(glob(str(path), recursive=True))  # noqa: PTH207  # Path's finds hidden files too
        files = [file for file in map(Path, matches) if file.is_file()]
        if files:
            return files
        raise RecordingError(f"{text}: no file is of this pattern")
    raise RecordingError(f"{text}: there is no such file or folder")
