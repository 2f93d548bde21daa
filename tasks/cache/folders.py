"""Whether folders can be used, found out without leaving anything there."""

import os
import pwd
import stat
import tempfile
from pathlib import Path

MOVE_AWAY = "; move it away"
SHARED = (
    "if several users share it, all need 'umask 002', and its folders the setgid bit and write permission "
    "for their group"
)


def unreadable(folder: Path) -> str | None:
    """Why nothing can be read in a folder; None if it can, or there is no such folder yet."""
    why = of_nearest(folder, writing=False)
    return why and f"cannot be read ({why}); choose another folder"


def unwritable(folder: Path) -> str | None:
    """Why a folder, or what of it exists, cannot be written."""
    why = of_nearest(folder, writing=True)
    return why and f"cannot be written ({why}); choose another folder"


def unfit(folder: Path, *, writing: bool) -> str | None:
    """Why files cannot be read, or written too, in a folder; None if they can, or if it does not exist."""
    try:
        status = folder.stat()
    except FileNotFoundError as error:
        if not folder.is_symlink():
            return None
        return f"{folder}: {error.strerror}; it is a link to {folder.readlink()}: mount or make that"
    except OSError as error:
        return f"{folder}: {error.strerror}{MOVE_AWAY}"
    if not stat.S_ISDIR(status.st_mode):
        return f"{folder}: it is no folder{MOVE_AWAY}"
    if os.access(folder, os.R_OK | os.X_OK | (os.W_OK if writing else 0), effective_ids=True):
        return None
    if writing and os.statvfs(folder).f_flag & os.ST_RDONLY:
        return f"{folder}: it can only be read here; mount its disk for writing"
    may = "write in" if writing else "read"
    return f"{folder}: it is {owner(status.st_uid)}'s, and you may not {may} it; {SHARED}"


def owner(number: int) -> str:
    """The name of a user; the number itself where there is none."""
    try:
        return pwd.getpwuid(number).pw_name
    except KeyError:
        return f"user {number}"


def held(path: Path) -> str | None:
    """Why a file cannot be replaced, though its folder can be written; None if it can, or is not there."""
    try:
        file, folder = path.lstat(), path.parent.stat()
    except OSError:
        return None
    if stat.S_ISDIR(file.st_mode):
        return f"{path}: it is a folder; move it away"
    if not folder.st_mode & stat.S_ISVTX or os.geteuid() in (0, file.st_uid, folder.st_uid):
        return None
    return f"{path}: it is {owner(file.st_uid)}'s, and its folder is sticky; take that away with 'chmod -t'"


def of_nearest(folder: Path, *, writing: bool) -> str | None:
    """Why a folder, or the nearest one above it that exists, cannot be used."""
    existing = folder
    try:
        while not is_there(existing):
            existing = existing.parent
        if why := unfit(existing, writing=writing):
            return why.removesuffix(MOVE_AWAY)  # which the user, who chose it, may not want
        if writing:
            with tempfile.TemporaryFile(dir=existing, buffering=0) as file:
                file.write(b"as long as the disk is not full")
    except OSError as error:
        return f"{existing}: {error.strerror or error}"
    return None


def is_there(path: Path) -> bool:
    """Whether there is anything of this name, and it can be looked at."""
    try:
        path.lstat()
    except (FileNotFoundError, NotADirectoryError, PermissionError):
        return path == path.parent
    return True
