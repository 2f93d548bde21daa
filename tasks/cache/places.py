"""Where files can lie: in folders of a file system, and under prefixes of an object store that speaks S3.

An object store has no folders, no locks and no links. Writing replaces an object in one step, and whoever
reads next reads that; nothing more is relied on there.
"""

import os
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext, suppress
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias
from urllib.parse import urlsplit
from uuid import uuid4

from denoising.addresses import is_address, is_remote
from tasks.cache.files import locked, plain, write_atomically
from tasks.cache.folders import unreadable, unwritable

if TYPE_CHECKING:
    from upath import UPath

Place: TypeAlias = "Path | UPath"

NEEDED = ("upath", "s3fs")


class StoreError(Exception):
    """An object store cannot be used. What lies there may be there and whole, so this is no `OSError`.

    Attributes:
        silent: whether it did not answer in time.
    """

    silent = False


class RefusedError(StoreError):
    """An object store refuses what is asked of it, and will do so again."""


def full_name(text: str) -> str:
    """A folder as an absolute path, or a prefix of an object store as a URL, without a slash at its end.

    Raises:
        ValueError: it is neither, or what reads such a URL is not installed.
    """
    if not text.strip():
        raise ValueError("it is empty; give a path")
    if not is_address(text):
        try:
            return str(Path(text).expanduser().absolute())
        except (RuntimeError, OSError) as error:  # no such user, or the current folder is gone
            raise ValueError(f"it leads nowhere ({error}); give the path of a folder") from error
    if not all(map(find_spec, NEEDED)):
        raise ValueError("an object store needs more packages; install the project as '.[s3]'")
    return text.rstrip("/")


def name_here(text: str, what: str) -> str:
    """The absolute path of a file or folder of this machine.

    Args:
        text: its path.
        what: what it is, in a word.

    Raises:
        ValueError: it is the address of an object store, or leads nowhere.
    """
    name = full_name(text)
    if is_remote(name):
        raise ValueError(f"give a {what} of this machine")
    return name


def place(name: str) -> Place:
    """The place of this full name."""
    if not is_remote(name):
        return Path(name)
    from tasks.cache.object_store import Prefix

    return Prefix(name, use_listings_cache=False)  # what others write has to be seen


def for_one_look(root: Place) -> Place:
    """The same place; in an object store, what was listed once is not asked for again until the next look."""
    if isinstance(root, Path):
        return root
    seen = type(root)(str(root), use_listings_cache=True)
    seen.fs.invalidate_cache()  # of an earlier look
    return seen


def read(path: Place) -> bytes:
    """The content of a file or an object, as it is at one moment.

    Raises:
        OSError: it cannot be read, or is no plain file.
        StoreError: the object store cannot be used.
    """
    if isinstance(path, Path):
        return plain(path).read_bytes()
    content: bytes = path.fs.cat_file(path.path)
    return content


def write(path: Place, content: bytes) -> str:
    """Replace a file or an object in one step: readers see the old content or all of the new one.

    Returns:
        The state of the new one, as `state_of` tells it.
    """
    if isinstance(path, Path):
        return in_words(write_atomically(path, content))
    told = path.fs.pipe_file(path.path, content)
    return str(told.get("ETag")) if told else state_of(path)[1]  # nothing is told of what was sent in parts


def state_of(path: Place) -> tuple[int, str]:
    """The size of a file or an object, and what tells whether it is still the very one that was written.

    A file that was changed, copied, restored or replaced has another state, whatever its times were set back
    to; one that was renamed, or whose folder was moved, has not. That of an object speaks of its content.

    Raises:
        OSError: there is none, or it is no plain file.
        StoreError: the object store cannot be used.
    """
    if isinstance(path, Path):
        status = plain(path).stat()
        return status.st_size, in_words(status)
    told = path.fs.info(path.path)
    return told["size"], str(told.get("ETag"))


def is_plain_file(path: Place) -> bool:
    """Whether there is a file or an object here that can be looked at, and not a link to one."""
    with suppress(PermissionError):
        return path.is_file() and not is_link(path)
    return False


def is_link(path: Place) -> bool:
    """Whether a path is a link; an object store has none, and need not be asked."""
    return isinstance(path, Path) and path.is_symlink()


def in_words(status: os.stat_result) -> str:
    """The state of a file: its number in the file system, and two of its times in ns.

    The first is that of the last change of its content. The second is that of any change, which nobody can
    set back; on Windows it is that of the file's making, which a copy does not keep.
    """
    return f"{status.st_ino} {status.st_mtime_ns} {status.st_ctime_ns}"


def remove(path: Place) -> None:
    """Remove a file, an object, or a folder if nothing is in it."""
    if not isinstance(path, Path):
        path.fs.rm_file(path.path)  # whether it is there or not
    elif not path.is_dir() or is_link(path):
        path.unlink(missing_ok=True)
    else:
        with suppress(OSError):
            path.rmdir()


def lock(path: Place, cancelled: Callable[[], bool] = lambda: False) -> AbstractContextManager[None]:
    """Hold a lock of the operating system; nothing where there is none."""
    return locked(path, cancelled) if isinstance(path, Path) else nullcontext()


def point_to(link: Place, name: str) -> None:
    """Let `link` lead to its neighbour of this name, in one step; an object does so by holding the name."""
    if not isinstance(link, Path):
        write(link, f"{name}\n".encode())
        return
    new = link.with_name(f".denoising-{link.name}.draft")
    new.unlink(missing_ok=True)
    new.symlink_to(name, target_is_directory=True)
    new.replace(link)


def pointed_to(link: Place) -> str | None:
    """The name of the neighbour that `link` leads to; None if there is no such link."""
    try:
        return str(link.readlink()) if isinstance(link, Path) else read(link).decode().strip()
    except OSError:
        return None


def unusable(name: str, *, writing: bool = True) -> str | None:
    """Why the place of a full name cannot be used; found out without leaving anything there."""
    where = place(name)
    if isinstance(where, Path):
        return unwritable(where) if writing else unreadable(where)
    try:
        if writing:
            trial = where / f".trial-{uuid4()}"
            write(trial, b"")
            trial.unlink()
        else:
            where.fs.call_s3("list_objects_v2", Bucket=urlsplit(name).netloc, MaxKeys=1)
    except (OSError, StoreError) as error:
        return str(error).partition(" ")[2]  # without the bucket
    return None
