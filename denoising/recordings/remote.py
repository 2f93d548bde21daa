"""Recordings in an object store: each is copied to a temporary folder once, since formats read files."""

import hashlib
import tempfile
from functools import cache, lru_cache
from pathlib import Path, PurePosixPath
from typing import Any

from denoising.addresses import is_remote, masked
from denoising.recordings.formats.catalogue import companions
from denoising.recordings.opening import first_line, in_words
from denoising.recordings.settings import RecordingError

# One that says nothing is given up within a minute.
CONFIG = {
    "connect_timeout": 5,
    "read_timeout": 10,
    "retries": {"mode": "standard", "total_max_attempts": 3},
}
TRIES = 2  # of each of these, and of reading what breaks off


def found_at(text: str) -> list[str]:
    """Return the URLs of the objects with a name, below a prefix or of a pattern, in order.

    Raises:
        RecordingError: the store does not answer.
    """
    store, path = opened(text)
    try:
        names = store.glob(path) if any(sign in path for sign in "*[") else store.find(path)
    except Exception as error:  # a store's library has errors of its own
        raise RecordingError(f"{text}: it cannot be read ({masked(first_line(error))})") from error
    return sorted(store.unstrip_protocol(name) for name in names)


def local(path: str) -> Path:
    """Return a path to read from: that of a copy as the object is now, or the path itself of a file.

    Raises:
        RecordingError: there is no such object, or the store does not answer.
    """
    if not is_remote(path):
        return Path(path)
    store, name = opened(path)
    try:
        store.invalidate_cache()
        told = store.info(name)
        return copied(path, f"{told.get('ETag')} {told.get('LastModified')}")
    except RecordingError as error:
        raise RecordingError(f"{path}: {error}") from error
    except Exception as error:  # a store's library has errors of its own
        raise RecordingError(f"{path}: it cannot be read ({masked(first_line(error))})") from error


def opened(path: str) -> tuple[Any, str]:
    """Return the store of a URL and the name there."""
    from fsspec.core import url_to_fs

    store, name = url_to_fs(path, config_kwargs=CONFIG)
    store.retries = TRIES
    return store, str(name)


@lru_cache(maxsize=4096)
def copied(path: str, state: str) -> Path:
    """Return a copy of an object in this state, with the further objects that it names beside it."""
    store, name = opened(path)
    folder = Path(copies().name) / hashlib.sha256(f"{path} {state}".encode()).hexdigest()[:16]
    folder.mkdir(exist_ok=True)
    copy = folder / PurePosixPath(name).name
    store.get_file(name, str(copy))
    with in_words(copy.suffix.lower()):
        several = companions(copy)
    for further in several:
        store.get_file(str(PurePosixPath(name).with_name(further.name)), str(further))
    return copy


@cache
def copies() -> "tempfile.TemporaryDirectory[str]":
    """Return the folder of this process's copies, which goes with the process."""
    return tempfile.TemporaryDirectory(prefix="recordings-")
