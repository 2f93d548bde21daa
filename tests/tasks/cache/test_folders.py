"""Folders that cannot be used, and those that several users share."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from tasks.cache.files import LOCK
from tasks.cache.folders import held, unfit, unreadable, unwritable
from tasks.cache.latest import Latest
from tasks.cache.store import Store
from tasks.run.progress import Run
from tests.tasks.cache.users import ROOT, another_user, shared_folder

NOT_FOLDERS: dict[str, tuple[Callable[[Path], None], str]] = {
    "a file": (Path.touch, "it is no folder"),
    "a pipe": (os.mkfifo, "it is no folder"),
    "a link to a device": (lambda path: path.symlink_to("/dev/null"), "it is no folder"),
    "a loop of links": (lambda path: path.symlink_to(path.name), "Too many levels of symbolic links"),
    "a disk that is not mounted": (lambda path: path.symlink_to("/nowhere/disk"), "a link to /nowhere/disk"),
}


@pytest.mark.parametrize(("make", "why"), NOT_FOLDERS.values(), ids=NOT_FOLDERS)
@pytest.mark.parametrize("below", [(), ("deeper", "still")], ids=["there", "above"])
def test_what_is_no_folder_is_told(
    tmp_path: Path, make: Callable[[Path], None], why: str, below: tuple[str, ...]
) -> None:
    path = tmp_path / "folder"
    assert unfit(path, writing=True) is None
    assert unwritable(path.joinpath(*below)) is None
    make(path)
    assert why in str(unfit(path, writing=False))
    for told in (unreadable(path.joinpath(*below)), unwritable(path.joinpath(*below))):
        assert told
        assert str(path) in told
        assert below or why in told
    assert list(tmp_path.iterdir()) == [path]


def test_a_full_disk_is_told_before_anything_is_written(tmp_path: Path) -> None:
    """As if it had no room for more: no file may be longer than nothing."""
    import resource

    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, before[1]))
    try:
        assert "too large" in str(unwritable(tmp_path / "new"))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_of_another_user_is_told_with_what_to_set() -> None:
    with shared_folder() as folder:
        theirs = folder / "theirs"
        theirs.mkdir()
        for mode, writing, may in ((0o555, True, "write in"), (0o311, False, "read")):
            theirs.chmod(mode)
            with another_user():
                told = str(unfit(theirs, writing=writing))
            assert f"you may not {may} it; if several users share it, all need 'umask 002'" in told
        theirs.chmod(0o755)


def test_what_one_user_makes_another_goes_on_with() -> None:
    """In a folder of their group, both with umask 002."""
    with shared_folder() as folder:
        umask = os.umask(0o002)
        try:
            store = Store(folder / "data", folder / "artifacts")
            (folder / "artifacts" / "locks").mkdir(parents=True)
            left = folder / "artifacts" / "locks" / f"x{LOCK}"
            left.touch()  # of a process that was killed
            first = store.write("artifacts/cells/c/file", b"content")
            Latest(store).follow("one")
            with Run(store.runs / "1").open(), another_user():
                assert store.read(first) == b"content"
                assert store.write("artifacts/cells/c/file", b"other")["sha256"] != first["sha256"]
                Latest(store).follow("two")
                assert store.remove_abandoned() == []
                with Run(store.runs / "2").open(), store.lock("x"):
                    pass
            assert not left.exists()
            assert store.latest == "two"
            assert store.write("artifacts/cells/c/file", b"third")
            assert list(store.runs.iterdir()) == []
        finally:
            os.umask(umask)


def test_what_another_user_left_and_may_not_be_removed_stays_and_hinders_nobody() -> None:
    with shared_folder() as folder:
        store = Store(folder / "data", folder / "artifacts")
        draft = f".denoising-{'0a' * 16}.draft"
        left = [store.artifacts / "locks" / f"x{LOCK}", store.runs / f"killed{LOCK}", store.artifacts / draft]
        for path in left:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.touch()
            path.chmod(0o444)
        for parent in {path.parent for path in left}:
            parent.chmod(0o555)
        with another_user():
            assert store.remove_abandoned() == []
        assert all(path.exists() for path in left)
        for parent in {path.parent for path in left}:
            parent.chmod(0o755)


def test_what_another_user_has_put_into_a_sticky_folder_is_told() -> None:
    with shared_folder() as folder:
        folder.chmod(0o1777)
        (folder / "latest").symlink_to("nowhere")
        with another_user():
            (folder / "mine").touch()
            assert held(folder / "mine") is None
            told = held(folder / "latest")
        assert ("its folder is sticky" in str(told)) == ROOT
        assert held(folder / "latest") is None, "its owner may replace it"
