import json
import os
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.dataset as ds
import pytest
import torch

from denoising.dataset import generate
from denoising.settings import DatasetSettings
from tasks.store import DamagedError, Record, Store, write_atomically

DATASET = DatasetSettings(n_signals=6, n_test=4, signal_length=16)


def keep_record(store: Store, record: Record, serializer: str = "json") -> Path:
    """Write a record the way Prefect does."""
    path = store.records / record["key"]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(
        json.dumps({"metadata": {"serializer": {"type": serializer}}, "result": json.dumps(record)})
    )
    return path


@pytest.fixture
def record(store: Store) -> Record:
    written = store.write("artifacts/x/file", b"content")
    return Record(key="train/cell/0123", ingredients={}, outputs={"file": written}, values={})


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


@pytest.mark.parametrize("failing", ["fsync", "replace"])
def test_a_write_that_fails_leaves_the_old_file_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, failing: str
) -> None:
    path = tmp_path / "file"
    write_atomically(path, b"old")

    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(*((os, "fsync") if failing == "fsync" else (Path, "replace")), fail)
    with pytest.raises(OSError, match="No space left"):
        write_atomically(path, b"new")
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_files_can_be_read_by_whom_the_umask_lets(tmp_path: Path) -> None:
    plain = tmp_path / "plain"
    plain.touch()
    write_atomically(tmp_path / "ours", b"")
    assert (tmp_path / "ours").stat().st_mode == plain.stat().st_mode


@pytest.mark.parametrize(
    "damage",
    [
        lambda path: path.unlink(),
        lambda path: path.write_bytes(b""),
        lambda path: path.write_bytes(b"conten"),
        lambda path: path.write_bytes(b"cOntent"),
        lambda path: path.write_bytes(b"content of another cell"),
    ],
    ids=["deleted", "emptied", "truncated", "changed", "replaced"],
)
def test_a_damaged_file_is_never_read_and_its_record_is_forgotten(
    store: Store, record: Record, damage
) -> None:
    kept = keep_record(store, record)
    assert store.read_record(record["key"]) == record
    damage(store.artifacts / "x" / "file")
    with pytest.raises(DamagedError, match="file"):
        store.read(record["outputs"]["file"])
    assert store.read_record(record["key"]) is None
    store.forget_damaged(record["key"])
    assert not kept.exists()


@pytest.mark.parametrize(
    "content",
    ["", "{", "[]", "null", "{}", '{"metadata": {"serializer": {"type": "json"}}, "result": "{}"}'],
)
def test_a_record_that_is_not_one_is_forgotten(store: Store, record: Record, content: str) -> None:
    kept = keep_record(store, record)
    kept.write_text(content)
    store.forget_damaged(record["key"])
    assert not kept.exists()


def test_a_record_that_prefect_would_unpickle_is_forgotten(store: Store, record: Record) -> None:
    kept = keep_record(store, record, serializer="pickle")
    store.forget_damaged(record["key"])
    assert not kept.exists()


def test_a_record_under_another_key_is_not_taken_for_its_own(store: Store, record: Record) -> None:
    kept = keep_record(store, record)
    other = kept.with_name("4567")
    other.write_bytes(kept.read_bytes())
    assert store.read_record("train/cell/4567") is None


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
    assert {path.name for path in store.artifacts.iterdir()} == {"post-1", "quick-2", "latest"}
