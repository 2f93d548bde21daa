"""Says what an error was and, if it is one of a disk, a folder or the machine, what to do."""

import errno

from denoising.addresses import masked
from tasks.cache.record import DamagedError

FULL = "make room there (df shows space, df -i how many files there may be)"
ELSEWHERE = "it was moved or removed meanwhile: put it back, or leave it out"
REMEDIES = {
    errno.ENOSPC: FULL,
    errno.EDQUOT: FULL,
    errno.EACCES: "give yourself permission to write there",
    errno.EPERM: "give yourself permission to write there",
    errno.EROFS: "mount that disk for writing",
    errno.ENOENT: ELSEWHERE,
    errno.ESTALE: ELSEWHERE,
    errno.ENOTDIR: "move away the file that stands for a folder",
    errno.EEXIST: "move away the file that stands for a folder",
    errno.EISDIR: "move away the folder that stands for a file",
    errno.EIO: "look at that disk",
    errno.EMFILE: "allow more open files (ulimit -n), or use fewer workers",
    errno.ENFILE: "close programs that hold files open",
    errno.ENOMEM: "use fewer workers",
}


def told(error: BaseException) -> str:
    """Return what an error says, without secrets, and what to do if it is one of a disk or a folder."""
    line = masked(f"{type(error).__name__}: {error}")
    if isinstance(error, OSError) and error.errno == errno.ENOENT and error.filename is None:
        return f"{line}; the folder in which this was started is gone: start it in another one"
    if isinstance(error, DamagedError):
        return f"{line}; run the same again, which makes it again"
    remedy = REMEDIES.get(error.errno) if isinstance(error, OSError) and error.errno else None
    return f"{line}; {remedy}, then run the same again" if remedy else line
