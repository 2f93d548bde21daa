"""Files that are whole or not there, and locks between threads and processes."""

import os
import socket
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from filelock import FileLock

from tasks.cache.files import DRAFT, CancelledError, locked, remove_abandoned_drafts, write_atomically
from tasks.cache.places import read, state_of
from tests.tasks.cache.users import another_user, shared_folder

LEFT = f".denoising-{'0a' * 16}.draft"


@pytest.mark.parametrize("failing", ["fsync", "replace"])
def test_a_write_that_fails_leaves_the_old_file_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, failing: str
) -> None:
    path = tmp_path / "file"
    write_atomically(path, b"old")

    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(*((os, "fsync") if failing == "fsync" else (Path, "replace")), fail)
    with pytest.raises(OSError, match="No space left") as caught:
        write_atomically(path, b"new")
    assert Path(caught.value.filename).is_mount(), "it concerns the whole disk"
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def a_pipe(path: Path) -> None:
    """One from which what was asked for could be read."""
    os.mkfifo(path)
    threading.Thread(target=path.write_bytes, args=(b"content",), daemon=True).start()


def a_socket(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as made:
        made.bind(str(path))


@pytest.mark.parametrize(
    "make",
    [
        a_pipe,
        a_socket,
        Path.mkdir,
        lambda path: path.symlink_to("/dev/null"),
        lambda path: path.symlink_to(path),
    ],
    ids=["a pipe", "a socket", "a folder", "a device", "a loop of links"],
)
def test_what_is_no_plain_file_is_not_read_and_is_replaced(
    tmp_path: Path, make: Callable[[Path], None]
) -> None:
    path = tmp_path / "x"
    make(path)
    for look in (read, state_of):
        with pytest.raises(OSError, match=r"no plain file|symbolic links"):
            look(path)
    if path.is_dir():
        return
    write_atomically(path, b"content")
    assert read(path) == b"content"


def test_files_can_be_read_by_whom_the_umask_lets(tmp_path: Path) -> None:
    plain = tmp_path / "plain"
    plain.touch()
    write_atomically(tmp_path / "ours", b"")
    assert (tmp_path / "ours").stat().st_mode == plain.stat().st_mode


def test_a_draft_that_a_killed_process_left_goes_and_one_in_the_making_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a" / "b").mkdir(parents=True)
    (tmp_path / "a" / "b" / LEFT).write_bytes(b"half")
    fsync, seen = os.fsync, []

    def meanwhile(descriptor: int) -> None:
        remove_abandoned_drafts(tmp_path)
        seen.append([path.name for path in tmp_path.rglob("*.draft")])
        fsync(descriptor)

    monkeypatch.setattr(os, "fsync", meanwhile)
    write_atomically(tmp_path / "a" / "file", b"whole")
    [[draft]] = seen
    assert DRAFT.fullmatch(draft)
    assert {path.name for path in tmp_path.rglob("*")} == {"a", "b", "file"}


def test_what_is_not_a_draft_of_ours_stays(tmp_path: Path) -> None:
    for name in (".todo.draft", ".file.x1.draft", ".denoising-notes.draft", "notes.txt", f"{LEFT}.txt"):
        (tmp_path / name).write_text("mine")
    (tmp_path / "folder" / LEFT).mkdir(parents=True)
    (tmp_path / LEFT).symlink_to(tmp_path / "notes.txt")
    (tmp_path / "linked").symlink_to(tmp_path.parent / f"{tmp_path.name}-elsewhere")
    (tmp_path / "linked").resolve().mkdir()
    (tmp_path / "linked" / LEFT).touch()
    before = sorted(tmp_path.rglob("*"))
    remove_abandoned_drafts(tmp_path)
    assert sorted(tmp_path.rglob("*")) == before
    assert (tmp_path / "linked" / LEFT).exists()


def test_a_draft_that_was_taken_for_left_behind_is_made_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import filelock

    lock, found = filelock.lock_descriptor, []

    def too_late(descriptor: int, **options: bool) -> bool:
        if not found:
            found.extend(tmp_path.glob(".denoising-*.draft"))
            found[0].unlink()
        return lock(descriptor, **options)

    monkeypatch.setattr(filelock, "lock_descriptor", too_late)
    write_atomically(tmp_path / "file", b"whole")
    assert len(found) == 1
    assert (tmp_path / "file").read_bytes() == b"whole"


COUNT = """
import sys
from pathlib import Path
from tasks.cache.files import locked
folder, times = Path(sys.argv[1]), int(sys.argv[2])
for _ in range(times):
    with locked(folder / "locks" / "count"):
        number = int((folder / "number").read_text())
        (folder / "number").write_text(str(number + 1))
"""


def test_only_one_holds_a_lock_among_threads_and_processes(tmp_path: Path) -> None:
    (tmp_path / "number").write_text("0")
    command = [sys.executable, "-c", COUNT, str(tmp_path), "100"]
    counting = [subprocess.Popen(command) for _ in range(2)]

    def count() -> None:
        for _ in range(100):
            with locked(tmp_path / "locks" / "count"):
                (tmp_path / "number").write_text(str(int((tmp_path / "number").read_text()) + 1))

    threads = [threading.Thread(target=count) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [process.wait() for process in counting] == [0, 0]
    assert (tmp_path / "number").read_text() == "400"
    assert list((tmp_path / "locks").iterdir()) == []


def test_a_killed_process_holds_no_lock_although_its_file_is_left(tmp_path: Path) -> None:
    hold = "import sys, time; from pathlib import Path; from tasks.cache.files import locked\n"
    hold += "with locked(Path(sys.argv[1])): print('held', flush=True); time.sleep(1000)"
    command = [sys.executable, "-c", hold, str(tmp_path / "lock")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        with pytest.raises(CancelledError), locked(tmp_path / "lock", blocking=False):
            pass
        process.kill()
    assert (tmp_path / "lock").exists()
    with locked(tmp_path / "lock"):
        assert not FileLock(tmp_path / "lock").is_locked
    assert not (tmp_path / "lock").exists()


def test_a_lock_ends_although_its_file_may_not_be_removed_any_more() -> None:
    with shared_folder() as folder, another_user():
        theirs = folder / "theirs"
        theirs.mkdir()
        with locked(theirs / "lock"):
            theirs.chmod(0o555)
        with locked(theirs / "lock", blocking=False):
            pass
        theirs.chmod(0o755)
