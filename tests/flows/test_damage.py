"""Files and records that are not what was written: found, and made again, and nothing else is."""

import json
import os
import pickle
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from flows.settings.study_settings import store_of
from flows.settings.sweep_settings import Settings
from flows.walks.plan import make_plan
from tasks.cache.record import digest
from tasks.cache.store import Store
from tests.flows.sweeps import Sweeps

Damage = Callable[[Path], None]

CELL = "cells/depth=3,alpha=0.1,seed=0"
LIKE_IT = "cells/depth=3,alpha=0.3,seed=0"


def file(pattern: str, settings: Settings) -> Path:
    """The one file that a pattern fits, below the data or the artifacts folder."""
    root, _, rest = pattern.partition("/")
    [path] = {"data": store_of(settings).data, "artifacts": store_of(settings).artifacts}[root].glob(rest)
    return path


def flip(path: Path) -> None:
    """Change one bit."""
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-1])


def empty(path: Path) -> None:
    path.write_bytes(b"")


def replace_by_anothers(path: Path) -> None:
    """By one as long as it is, whose times are its own, as a careless copy leaves it."""
    [other] = path.parents[1].parent.glob(
        f"{Path(LIKE_IT).name}/{path.parent.name.split('-')[0]}-*/{path.name}"
    )
    old = path.stat()
    path.write_bytes(other.read_bytes()[: old.st_size].ljust(old.st_size))
    os.utime(path, ns=(old.st_atime_ns, old.st_mtime_ns))


class Payload:
    def __reduce__(self) -> Any:
        return Path.touch, (Path(os.environ["PAYLOAD"]),)


def pickled(path: Path) -> None:
    """A record that Prefect would unpickle, which runs code."""
    import base64

    envelope = json.loads(path.read_bytes())
    envelope["metadata"]["serializer"] = {
        "type": "pickle",
        "picklelib": "cloudpickle",
        "picklelib_version": None,
    }
    envelope["result"] = base64.b64encode(pickle.dumps(Payload())).decode()
    path.write_text(json.dumps(envelope))


def older(path: Path) -> None:
    """A record as an earlier version of this program wrote it."""
    envelope = json.loads(path.read_bytes())
    record = json.loads(envelope["result"])
    del record["format"], record["files"]
    path.write_text(json.dumps({**envelope, "result": json.dumps(record)}))


DAMAGES: dict[str, tuple[str, Damage, str]] = {
    "weights deleted": (f"artifacts/{CELL}/train-*/last.safetensors", Path.unlink, "train"),
    "weights with a flipped bit": (f"artifacts/{CELL}/train-*/best.safetensors", flip, "train"),
    "weights of another cell": (f"artifacts/{CELL}/train-*/last.safetensors", replace_by_anothers, "train"),
    "history truncated": (f"artifacts/{CELL}/train-*/history.parquet", cut, "train"),
    "metrics with a flipped bit": (f"artifacts/{CELL}/evaluate-*/metrics.json", flip, "evaluate"),
    "examples emptied": (f"artifacts/{CELL}/evaluate-*/examples.parquet", empty, "evaluate"),
    "signals truncated": ("data/generated/*/alpha=0.1/signals.parquet", cut, "generate"),
    "training signals deleted": ("data/formula-*/alpha=0.1/train.parquet", Path.unlink, "split"),
    "test signals with a flipped bit": ("data/formula-*/alpha=0.1/test.parquet", flip, "split"),
    "page emptied": ("artifacts/quick-*/report.html", empty, "report"),
    "figure deleted": ("artifacts/quick-*/figures/comparison.svg", Path.unlink, "report"),
    "record emptied": ("artifacts/records/train/depth=3,alpha=0.1,seed=0/*", empty, "train"),
    "record truncated": ("artifacts/records/evaluate/depth=3,alpha=0.1,seed=0/*", cut, "evaluate"),
    "record of an older format": ("artifacts/records/generate/*alpha=0.1/*", older, "generate"),
    "record to be unpickled": ("artifacts/records/train/depth=3,alpha=0.1,seed=0/*", pickled, "train"),
}  # fmt: skip


def contents(settings: Settings) -> dict[Path, bytes]:
    """Every output of a sweep but what tells of the run."""
    roots = (
        store_of(settings).data,
        store_of(settings).artifacts / "cells",
        store_of(settings).artifacts / settings.study,
    )
    files = (path for root in roots for path in root.rglob("*.*") if path.is_file())
    return {path: path.read_bytes() for path in files if path.suffix in {".parquet", ".safetensors", ".svg"}}


@pytest.mark.parametrize(("pattern", "damage", "stage"), DAMAGES.values(), ids=DAMAGES)
def test_damage_is_found_and_what_it_hit_is_all_that_is_made_again(
    done: Sweeps,
    undrawn: None,
    pattern: str,
    damage: Damage,
    stage: str,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    monkeypatch.setenv("PAYLOAD", str(tmp_path / "payload"))
    settings = done.read()
    before = contents(settings)
    path = file(pattern, settings)
    damage(path)

    plan = make_plan(settings)
    [damaged] = [step for step in plan.steps if step.status == "damaged"]
    assert damaged.stage == stage
    assert damaged.why[0].startswith("its record" if "records" in pattern else str(path))
    assert {step.status for step in plan.steps} <= {"damaged", "cached", "pending"}

    assert done.ran() == {stage: 1, "publish": 1}
    after = contents(settings)
    if stage in (
        "train",
        "report",
    ):  # the results tell how long a training took, the figures are drawn from them
        study = store_of(settings).artifacts / settings.study
        before, after = ({p: c for p, c in x.items() if study not in p.parents} for x in (before, after))
    assert after == before
    assert make_plan(settings, verify=True).nothing_to_do
    assert not (tmp_path / "payload").exists()


def copy(settings: Settings, folder: Path) -> Settings:
    """A copy of a sweep's folders with all their times, the records last."""
    (folder / "artifacts").mkdir(parents=True)
    artifacts = store_of(settings).artifacts
    for path in (
        store_of(settings).data,
        artifacts / "cells",
        artifacts / settings.study,
        artifacts / "records",
    ):
        target = folder if path == store_of(settings).data else folder / "artifacts"
        subprocess.run(["cp", "-a", path, target], check=True)
    places = {"data_dir": str(folder / "data"), "artifacts_dir": str(folder / "artifacts")}
    return settings.model_copy(update=places)


def test_a_copy_is_as_good_and_does_not_hide_damage(sweeps: Sweeps, done: Sweeps) -> None:
    settings = done.read()
    assert make_plan(copy(settings, done.folder / "whole")).nothing_to_do
    for pattern in (f"artifacts/{CELL}/evaluate-*/metrics.json", "data/formula-*/alpha=0.3/test.parquet"):
        path = file(pattern, settings)
        times = path.stat()
        flip(path)
        os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))
    for where in (settings, copy(settings, done.folder / "damaged")):
        damaged = [step.stage for step in make_plan(where).steps if step.status == "damaged"]
        assert damaged == ["split", "evaluate"]


def test_a_moved_sweep_is_known_without_reading_its_files(
    sweeps: Sweeps, undrawn: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert sweeps.run(alphas=[0.1]).is_completed()
    (sweeps.folder / "data").rename(sweeps.folder / "moved")
    (sweeps.folder / "artifacts").rename(sweeps.folder / "too")
    places = {"data_dir": str(sweeps.folder / "moved"), "artifacts_dir": str(sweeps.folder / "too")}
    monkeypatch.setattr(Store, "read", lambda *_: pytest.fail("a file is read"))
    assert make_plan(sweeps.read(alphas=[0.1], **places)).nothing_to_do


def test_the_payload_would_have_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PAYLOAD", str(tmp_path / "payload"))
    pickle.loads(pickle.dumps(Payload()))
    assert (tmp_path / "payload").exists()


@pytest.mark.slow
def test_what_follows_runs_again_if_the_content_differs(done: Sweeps, undrawn: None) -> None:
    """Results that came out otherwise, as those of an earlier version of a library may, are reported anew."""
    settings = done.read()
    path = file("artifacts/records/evaluate/depth=3,alpha=0.1,seed=0/*", settings)
    envelope = json.loads(path.read_bytes())
    record = json.loads(envelope["result"])
    metrics = store_of(settings).read_json(record["outputs"]["metrics"])
    name = record["outputs"]["metrics"]["path"]
    record["outputs"]["metrics"] = store_of(settings).write_json(name, {**metrics, "test_mse": 7.0})
    del record["digest"]
    path.write_text(json.dumps({**envelope, "result": json.dumps({**record, "digest": digest(record)})}))
    assert [step.stage for step in make_plan(settings).steps if step.status != "cached"] == ["report"]
    assert done.ran() == {"report": 1, "publish": 1}
    results = pd.read_parquet(store_of(settings).artifacts / settings.study / "results.parquet")
    assert results["test_mse"].max() == 7


def test_a_record_is_replaced_and_never_written_over(done: Sweeps, undrawn: None, tmp_path: Path) -> None:
    """So that a kill in the middle of it leaves the old one whole."""
    path = file("artifacts/records/report/*/*", done.read())
    path.with_name("kept").hardlink_to(path)
    before = path.read_bytes()
    assert done.ran(refresh=["report"]) == {"report": 1, "publish": 1}
    assert path.with_name("kept").read_bytes() == before
    assert path.stat().st_ino != path.with_name("kept").stat().st_ino
