import json
import os
import resource
import subprocess
from contextlib import suppress
from pathlib import Path
from random import Random
from typing import Any

import pytest

from flows.walks.inventory import Inventory
from tasks.cache.latest import Latest
from tasks.cache.record import DamagedError, Made, Output, Record, record_of
from tasks.cache.store import Store


def keep_record(store: Store, record: Record) -> Path:
    """Write a record the way Prefect does."""
    path = store.records / record["key"]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({"metadata": {"serializer": {"type": "json"}}, "result": json.dumps(record)}))
    wait_for_the_clock(path)
    return path


def wait_for_the_clock(path: Path) -> None:
    """Wait until what changes now has another time than a file; a file system's clock goes in steps."""
    trial = path.with_name(".trial")
    while not trial.exists() or trial.stat().st_ctime_ns <= path.stat().st_ctime_ns:
        trial.touch()
    trial.unlink()


@pytest.fixture
def record(store: Store) -> Record:
    written = store.write("artifacts/x/file", b"content")
    return record_of("train/cell/0123456789abcdef", {}, [], {}, Made({"file": written}, {"n": 1}))


def test_no_json_holds_what_json_cannot_say(store: Store) -> None:
    with pytest.raises(ValueError, match="not JSON compliant"):
        store.write_json("artifacts/x.json", {"mse": float("nan")})
    assert not (store.artifacts / "x.json").exists()


DAMAGES = {
    "deleted": lambda path: path.unlink(),
    "emptied": lambda path: path.write_bytes(b""),
    "truncated": lambda path: path.write_bytes(b"conten"),
    "changed": lambda path: path.write_bytes(b"cOntent"),
    "replaced": lambda path: path.with_name("other").rename(path),
    "a folder": lambda path: (path.unlink(), path.mkdir()),
}


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES)
@pytest.mark.parametrize("verify", [True, False])
def test_a_damaged_file_is_never_read_and_its_record_is_forgotten(
    store: Store, record: Record, damage, verify: bool
) -> None:
    (store.artifacts / "x" / "other").write_bytes(b"another")
    kept = keep_record(store, record)
    assert store.read_record(record["key"], verify=verify) == record
    damage(store.artifacts / "x" / "file")
    with pytest.raises(DamagedError, match="file"):
        store.read(record["outputs"]["file"])
    with pytest.raises(DamagedError, match="file"):
        store.read_record(record["key"], verify=verify)
    assert "file" in str(store.forget_damaged(record["key"]))
    assert not kept.exists()
    assert store.read_record(record["key"]) is None


def test_a_file_that_changes_without_being_touched_is_found_where_all_is_verified(
    store: Store, record: Record, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As a disk does that fails: only reading the file can tell."""
    keep_record(store, record)
    monkeypatch.setattr(
        Path, "read_bytes", lambda path, read=Path.read_bytes: read(path).replace(b"con", b"cOn")
    )
    assert store.read_record(record["key"], verify=False)
    with pytest.raises(DamagedError, match="not what was written"):
        store.read_record(record["key"], verify=True)


DAMAGED_RECORDS = {
    "empty": ("", "not readable"),
    "half": ("{", "not readable"),
    "list": ("[]", "not readable"),
    "null": ("null", "not readable"),
    "nothing": ("{}", "not readable"),
    "older": ('{"metadata": {"serializer": {"type": "json"}}, "result": "{}"}', "another format"),
    "in part": (
        '{"metadata": {"serializer": {"type": "json"}}, "result": "{\\"format\\": 4}"}',
        "not what was written",
    ),
    "no text": ("\0\udcff", "not readable"),
}


@pytest.mark.parametrize(("content", "why"), DAMAGED_RECORDS.values(), ids=DAMAGED_RECORDS)
def test_a_record_that_is_not_one_is_forgotten(store: Store, record: Record, content: str, why: str) -> None:
    kept = keep_record(store, record)
    kept.write_bytes(content.encode(errors="surrogateescape"))
    assert why in str(store.forget_damaged(record["key"]))
    assert not kept.exists()


def test_a_folder_in_the_place_of_a_record_is_forgotten(store: Store, record: Record) -> None:
    kept = keep_record(store, record)
    kept.unlink()
    kept.mkdir()
    assert store.forget_damaged(record["key"])
    assert not kept.exists()


def test_too_many_open_files_are_no_damage(store: Store, record: Record) -> None:
    """Whatever is read then: what is whole is neither forgotten nor begun anew."""
    path = keep_record(store, record)
    store.write_checkpoint("artifacts/x/checkpoint", b"half")
    limits = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (0, limits[1]))
    try:
        for read in (
            lambda: store.forget_damaged(record["key"]),
            lambda: store.whole_record(record["key"]),
            lambda: store.read(record["outputs"]["file"]),
            lambda: store.read_checkpoint("artifacts/x/checkpoint"),
        ):
            with pytest.raises(OSError, match="Too many open files"):
                read()
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, limits)
    assert path.is_file()
    assert store.read_checkpoint("artifacts/x/checkpoint") == b"half"
    assert store.whole_record(record["key"]) == record


@pytest.mark.parametrize("seed", range(40))
def test_a_bit_of_a_record_that_flips_is_found(store: Store, record: Record, seed: int) -> None:
    kept = keep_record(store, record)
    content, generator = bytearray(kept.read_bytes()), Random(seed)
    content[generator.randrange(len(content))] ^= 1 << generator.randrange(8)
    kept.write_bytes(content)
    with suppress(DamagedError):
        assert store.read_record(record["key"]) == record, "what flipped was of no account"


def test_a_record_leads_nowhere_else(store: Store, record: Record, tmp_path: Path) -> None:
    (tmp_path / "precious").write_bytes(b"content")
    for path in ("artifacts/../../precious", "/precious", "elsewhere/precious", "artifacts//precious"):
        output = Output({**record["outputs"]["file"], "path": path})  # type: ignore[typeddict-item]
        keep_record(store, record_of(record["key"], {}, [], {}, Made({"file": output})))
        with pytest.raises(DamagedError, match="is no path below data or artifacts"):
            store.read_record(record["key"])
    assert Inventory(store).unneeded().files == (store.records / record["key"],)


def serializer(envelope: dict[str, Any]) -> dict[str, Any]:
    return envelope["metadata"]["serializer"]


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (lambda envelope: serializer(envelope).update(type="pickle"), "not JSON but pickle"),
        (lambda envelope: serializer(envelope).update(type="compressed/pickle"), "not JSON but compressed"),
        (lambda envelope: serializer(envelope).update(object_decoder="os.system"), "more than plain values"),
        (lambda envelope: envelope.update(result='{"__class__": "os.system"}'), "more than plain values"),
    ],
)
def test_a_record_by_which_prefect_would_run_code_is_forgotten(
    store: Store, record: Record, change, why: str
) -> None:
    kept = keep_record(store, record)
    envelope = json.loads(kept.read_bytes())
    change(envelope)
    kept.write_text(json.dumps(envelope))
    assert why in str(store.forget_damaged(record["key"]))
    assert not kept.exists()


def test_a_record_under_another_key_is_not_taken_for_its_own(store: Store, record: Record) -> None:
    kept = keep_record(store, record)
    other = kept.with_name("4567")
    other.write_bytes(kept.read_bytes())
    with pytest.raises(DamagedError, match="another's"):
        store.read_record("train/cell/4567")


@pytest.fixture
def unread(monkeypatch: pytest.MonkeyPatch) -> None:
    """No output may be read."""

    def fail(_: Store, output: Output) -> bytes:
        raise AssertionError(output["path"])

    monkeypatch.setattr(Store, "read", fail)


def test_records_hold_after_the_folders_move(
    store: Store, record: Record, tmp_path: Path, unread: None
) -> None:
    keep_record(store, record)
    moved = Store(tmp_path / "elsewhere", tmp_path / "moved")
    store.artifacts.rename(moved.artifacts)
    assert moved.read_record(record["key"], verify=False) == record


def flip(path: Path) -> None:
    """Change a bit of a file, and leave its size and its times as they were."""
    status, content = path.stat(), path.read_bytes()
    path.write_bytes(bytes([content[0] ^ 1]) + content[1:])
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))


# Outputs first and records last, so that by its times no file was touched since its record was written.
COPIES = {
    "cp -a": "cp -a {old}/x {new}/x && cp -a {old}/records {new}/records",
    "cp -r": "cp -r {old}/x {new}/x && cp -r {old}/records {new}/records",
    "cp -rp": "cp -rp {old}/x {new}/x && cp -rp {old}/records {new}/records",
    "hard links": "cp -rl {old}/x {new}/x && cp -rl {old}/records {new}/records",
    "tar": "tar c -C {old} x records | tar xp -C {new}",
}


@pytest.mark.parametrize("copy", COPIES.values(), ids=COPIES)
def test_a_copy_is_whole_and_does_not_hide_damage(
    store: Store, record: Record, copy: str, tmp_path: Path
) -> None:
    keep_record(store, record)
    for damaged in (False, True):
        if damaged:
            flip(store.artifacts / "x" / "file")
        copied = Store(tmp_path / "no-data", tmp_path / f"copy-{damaged}")
        copied.artifacts.mkdir()
        subprocess.run(copy.format(old=store.artifacts, new=copied.artifacts), shell=True, check=True)
        if damaged:
            with pytest.raises(DamagedError, match="not what was written"):
                copied.read_record(record["key"], verify=False)
        else:
            assert copied.read_record(record["key"], verify=False) == record


def test_damage_is_found_although_the_time_was_set_back(store: Store, record: Record) -> None:
    keep_record(store, record)
    flip(store.artifacts / "x" / "file")
    os.utime(store.records / record["key"])  # the record's own time is of no account
    with pytest.raises(DamagedError, match="not what was written"):
        store.read_record(record["key"], verify=False)


def test_a_file_that_was_restored_or_written_again_with_the_same_content_is_whole(
    store: Store, record: Record
) -> None:
    keep_record(store, record)
    path = store.artifacts / "x" / "file"
    again = store.write("artifacts/x/file", path.read_bytes())
    assert again["state"] != record["outputs"]["file"]["state"]
    assert store.read_record(record["key"], verify=False) == record
    path.write_bytes(path.read_bytes())
    assert store.read_record(record["key"], verify=False) == record


def test_a_stage_that_is_done_keeps_no_checkpoint_and_every_file_of_the_users(store: Store) -> None:
    folder = store.artifacts / "cells" / "c" / "train-0123456789abcdef"
    (folder / "mine").mkdir(parents=True)
    users = {folder / name for name in ("notes.txt", ".todo.draft", ".hidden", "metrics-old.json", "mine/x")}
    for path in users:
        path.write_text("mine")
    store.write_checkpoint("artifacts/cells/c/train-0123456789abcdef/checkpoint", b"state")
    for _ in range(2):
        store.tidy("artifacts/cells/c/train-0123456789abcdef")
        assert {path for path in folder.rglob("*") if path.is_file()} == users
    (folder / "checkpoint").symlink_to(folder / "notes.txt")
    store.tidy("artifacts/cells/c/train-0123456789abcdef")
    assert (folder / "checkpoint").is_symlink()


def test_latest_leads_to_the_newest_study(store: Store) -> None:
    for study in ("post-1", "quick-2"):
        store.write_json(f"artifacts/{study}/study.json", {})
        Latest(store).follow(study)
        assert (store.artifacts / "latest").resolve().name == study
    assert not (store.artifacts / "latest").readlink().is_absolute()
    assert {path.name for path in store.artifacts.iterdir()} == {"post-1", "quick-2", "latest", "locks"}
