"""Files that are whole or not there, and locks that end with their process."""

import contextlib
import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import uuid4

DRAFT = re.compile(r"\.denoising-[0-9a-f]{32}\.draft")  # a file's name until it is whole
LOCK = ".denoising-lock"  # how the names of locks end that lie among other files
POLL_SECONDS = 0.1


class CancelledError(Exception):
    """Waiting for a lock was given up."""


def write_atomically(path: Path, content: bytes) -> os.stat_result:
    """Replace a file in one step: readers see the old content or all of the new one, after a power cut too.

    Which of them it is after a power cut is not waited for: what was written last may be gone, which costs as
    much work as the few seconds before. The draft is locked for as long as it is written, which tells it from
    one that was left behind.

    Returns:
        What the file system says of the new file.
    """
    from filelock import lock_descriptor

    path.parent.mkdir(parents=True, exist_ok=True)
    while True:
        draft = path.with_name(f".denoising-{uuid4().hex}.draft")
        with draft.open("xb") as file:
            lock_descriptor(file.fileno())
            if os.fstat(file.fileno()).st_nlink == 0:
                continue  # taken for left behind, before it was locked
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
        if DRAFT.fullmatch(draft.name) and draft.is_file() and not draft.is_symlink():
            with contextlib.suppress(OSError), draft.open("rb") as file:
                if lock_descriptor(file.fileno(), blocking=False):
                    yield draft


def remove_abandoned_drafts(folder: Path) -> None:
    """Remove the drafts below a folder that killed processes left behind."""
    for draft in abandoned_drafts(folder):
        draft.unlink(missing_ok=True)


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

    path.parent.mkdir(parents=True, exist_ok=True)
    lock = FileLock(path)
    try:
        lock.acquire(poll_interval=POLL_SECONDS, cancel_check=cancelled, blocking=blocking)
    except Timeout as error:
        raise CancelledError(f"gave up waiting for {path}") from error
    try:
        yield
    finally:
        path.unlink(missing_ok=True)
        lock.release()
