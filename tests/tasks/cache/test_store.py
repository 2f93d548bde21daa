import json
from pathlib import Path
from typing import Any

import pytest

from tasks.cache.record import FORMAT, DamagedError, Record
from tasks.cache.store import Store


def keep_record(store: Store, record: Record) -> Path:
    """Write a record the way Prefect does."""
    path = store.records / record["key"]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({"metadata": {"serializer": {"type": "json"}}, "result": json.dumps(record)}))
    return path


@pytest.fixture
def record(store: Store) -> Record:
    written = store.write("artifacts/x/file", b"content")
    return Record(
        format=FORMAT,
        key="train/cell/0123",
        ingredients={},
        definitions={},
        outputs={"file": written},
        values={},
    )


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
    kept = keep_record(store, record)
    while kept.stat().st_ctime_ns <= (store.artifacts / "x" / "file").stat().st_ctime_ns:
        kept.touch()  # until the clock has moved on
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
        '{"metadata": {"serializer": {"type": "json"}}, "result": "{\\"format\\": 2}"}',
        "not complete",
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


def test_records_hold_after_the_folders_move(store: Store, record: Record, tmp_path: Path) -> None:
    keep_record(store, record)
    moved = Store(tmp_path / "elsewhere", tmp_path / "moved")
    store.artifacts.rename(moved.artifacts)
    assert moved.read_record(record["key"]) == record


def test_latest_leads_to_the_newest_study(store: Store) -> None:
    for study in ("post-1", "quick-2"):
        store.write_json(f"artifacts/{study}/study.json", {})
        store.link_latest(study)
        assert (store.artifacts / "latest").resolve().name == study
    assert not (store.artifacts / "latest").readlink().is_absolute()
    assert {path.name for path in store.artifacts.iterdir()} == {"post-1", "quick-2", "latest", "locks"}
