"""Another user of the same files, for as long as a block lasts.

Only root can be another user. For anybody else the block changes nothing, and a folder is another's if its
mode keeps its owner out too.
"""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = os.geteuid() == 0
NOBODY, GROUP = 65534, 64999


@contextmanager
def shared_folder() -> Iterator[Path]:
    """Make a folder that all users reach, for a group of which the other user is a member."""
    folder = Path(tempfile.mkdtemp())
    try:
        folder.chmod(0o755)
        shared = folder / "shared"
        shared.mkdir()
        if ROOT:
            os.chown(shared, 0, GROUP)
        shared.chmod(0o2775)
        yield shared
    finally:
        shutil.rmtree(folder)


@contextmanager
def another_user() -> Iterator[None]:
    """Be another user, of that group, within the block."""
    if not ROOT:
        yield
        return
    groups = os.getgroups()
    os.setgroups([GROUP])
    os.setegid(NOBODY)
    os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(0)
        os.setegid(0)
        os.setgroups(groups)
