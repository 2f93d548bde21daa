"""Files that are whole or not there, and locks that end with their process."""

import contextlib
import errno
import os
import re
import stat
from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import uuid4

DRAFT = re.compile(r"\.denoising-[0-9a-f]{32}\.draft")  # a file's name until it is whole
LOCK = ".denoising-lock"  # how the names of locks end that lie among other files
POLL_SECONDS = 0.1
OF_DISKS = {errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EIO}


class CancelledError(Exception):
    """Waiting for a lock was given up."""


def plain(path: Path) -> Path:
    """The path of a plain file, or of a link to one: reading anything else might never end.

    Raises:
        OSError: there is none, or it is a folder, pipe, socket or device.
    """
    if not stat.S_ISREG(path.stat().st_mode):
        raise OSError(errno.EINVAL, "no plain file", str(path))
    return path


@contextlib.contextmanager
def naming_disk(path: Path) -> Iterator[None]:
    """Let an error that concerns the whole disk of a path name that disk, and not one file of many."""
    try:
        yield
    except OSError as error:
        if error.errno not in OF_DISKS:
            raise
        disk = next(folder for folder in (path, *path.parents) if folder.is_mount())
        raise OSError(error.errno, error.strerror, str(disk)) from error


def write_atomically(path: Path, content: bytes) -> os.stat_result:
    """Replace a file in one step: readers see the old content or all of the new one, after a power cut too.

    Which of them it is after a power cut is not waited for: what was written last may be gone, which costs as
    much work as the few seconds before. The draft is locked for as long as it is written, which tells it from
    one that was left behind.

    Returns:
        What the file system says of the new file.
    """
    with naming_disk(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        while (written := write_draft(path, content)) is None:
            pass
    return written


def write_draft(path: Path, content: bytes) -> os.stat_result | None:
    """Write a file as a draft, and put that in its place; None if the draft was taken for left behind."""
    from filelock import lock_descriptor

    draft = path.with_name(f".denoising-{uuid4().hex}.draft")
    with draft.open("xb") as file:
        lock_descriptor(file.fileno())
        if os.fstat(file.fileno()).st_nlink == 0:
            return None  # before it was locked
        try:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
            draft.replace(path)
        except BaseException:
            with contextlib.suppress(OSError):
                draft.unlink()
            raise
        return os.fstat(file.fileno())


def abandoned_drafts(folder: Path) -> Iterator[Path]:
    """The drafts below a folder that killed processes left behind; each is locked while it is looked at."""
    from filelock import lock_descriptor

    for draft in folder.rglob(".denoising-*.draft"):
        if DRAFT.fullmatch(draft.name) and not draft.is_symlink():
            with contextlib.suppress(OSError), plain(draft).open("rb") as file:
                if lock_descriptor(file.fileno(), blocking=False):
                    yield draft


def remove_abandoned_drafts(folder: Path) -> None:
    """Remove the drafts below a folder that killed processes left behind; what may not be removed stays."""
    for draft in abandoned_drafts(folder):
        with contextlib.suppress(OSError):
            draft.unlink()


@contextlib.contextmanager
def locked(
    path: Path, cancelled: Callable[[], bool] = lambda: False, *, blocking: bool = True
) -> Iterator[None]:
    """Hold a lock of the operating system, which ends with the process however that ends.

    The file that stands for it goes when it is released. That is safe: who waits for a lock notices that its
    file is gone and takes the new one.

    Raises:
        CancelledError: somebody else holds the lock, and `cancelled` said so or it is not to be waited for.
    """
    from filelock import FileLock, Timeout

    lock = FileLock(path)
    try:
        with naming_disk(path):
            path.parent.mkdir(parents=True, exist_ok=True)
            lock.acquire(poll_interval=POLL_SECONDS, cancel_check=cancelled, blocking=blocking)
    except Timeout as error:
        raise CancelledError(f"gave up waiting for {path}") from error
    try:
        yield
    finally:
        with contextlib.suppress(OSError):  # its folder may be gone, or not be writable any more
            path.unlink()
        lock.release()
