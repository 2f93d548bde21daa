import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow.dataset as ds
import pytest
import torch

from denoising.signals.dataset import generate
from denoising.signals.settings import DatasetSettings
from tasks.cache.record import FORMAT, DamagedError, Record
from tasks.cache.store import Store

DATASET = DatasetSettings(n_signals=6, n_test=4, signal_length=16)


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


def test_signals_come_back_bit_for_bit_with_their_settings(store: Store) -> None:
    pool, test = generate(DATASET, 0.2, "pool"), generate(DATASET, 0.2, "test")
    written = store.write_signals("data/d/alpha=0.2/s.parquet", {"pool": pool, "test": test}, {"alpha": 0.2})
    back = store.read_signals(written)
    assert list(back) == ["pool", "test"]
    for name, signals in {"pool": pool, "test": test}.items():
        for ours, theirs in zip(vars(signals).values(), vars(back[name]).values(), strict=True):
            assert np.array_equal(ours, theirs)
            assert ours.dtype == theirs.dtype
    assert json.loads(store.read_table(written).schema.metadata[b"denoising"]) == {"alpha": 0.2}


def test_a_dataset_is_one_table_to_other_programs(store: Store) -> None:
    for alpha in (0.1, 0.2):
        for part in ("pool", "test"):
            signals = generate(DATASET, alpha, part)
            store.write_signals(f"data/d/alpha={alpha:g}/{part}.parquet", {part: signals}, {})
    frame = pd.read_parquet(store.data / "d")
    assert len(frame) == 2 * (6 + 4)
    assert sorted(frame["alpha"].astype(float).unique()) == [0.1, 0.2]
    assert len(frame["noisy"].iloc[0]) == 16
    schema = ds.dataset(store.data / "d", partitioning="hive").schema
    assert str(schema.field("clean").type) == "fixed_size_list<element: float>[16]"


def test_the_same_content_gives_the_same_bytes(store: Store) -> None:
    signals = generate(DATASET, 0.2, "pool")
    one, two = (store.write_signals(f"data/{n}.parquet", {"pool": signals}, {"a": 1}) for n in "ab")
    assert one["sha256"] == two["sha256"]


def test_weights_come_back_bit_for_bit(store: Store) -> None:
    weights = {"a": torch.randn(3, 2, generator=torch.Generator().manual_seed(0)), "b": torch.tensor([-0.0])}
    back = store.read_weights(store.write_weights("artifacts/w.safetensors", weights))
    assert back.keys() == weights.keys()
    assert all(torch.equal(weights[name], back[name]) for name in weights)


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
