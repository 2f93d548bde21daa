"""Files that are whole or not there, and locks that end with their process."""

import contextlib
import os
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

DRAFT = ".draft"
POLL_SECONDS = 0.1


class CancelledError(Exception):
    """Waiting for a lock was given up."""


def write_atomically(path: Path, content: bytes) -> None:
    """Replace a file in one step: readers see the old content or all of the new one, after a power cut too.

    Which of them it is after a power cut is not waited for: what was written last may be gone, which costs as
    much work as the few seconds before. The draft is locked for as long as it is written, which tells it from
    one that was left behind.
    """
    from filelock import lock_descriptor

    path.parent.mkdir(parents=True, exist_ok=True)
    while True:
        descriptor, draft = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=DRAFT)
        with os.fdopen(descriptor, "wb") as file:
            lock_descriptor(descriptor)
            if os.fstat(descriptor).st_nlink == 0:
                continue  # taken for left behind, before it was locked
            try:
                file.write(content)
                file.flush()
                os.fchmod(descriptor, 0o666 & ~UMASK)
                os.fsync(descriptor)
                Path(draft).replace(path)
            except BaseException:
                with contextlib.suppress(OSError):
                    Path(draft).unlink()
                raise
        break


def remove_abandoned_drafts(folder: Path) -> None:
    """Remove the drafts below a folder that killed processes left behind."""
    from filelock import lock_descriptor

    for draft in folder.rglob(f".*{DRAFT}"):
        with contextlib.suppress(FileNotFoundError), draft.open("rb") as file:
            if lock_descriptor(file.fileno(), blocking=False):
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


def current_umask() -> int:
    """The permissions that new files are to lack."""
    umask = os.umask(0)
    os.umask(umask)
    return umask


UMASK = current_umask()  # asked once: asking changes it for an instant, for every thread
