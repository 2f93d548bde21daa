"""Data and artifacts in an object store that speaks S3, over its real protocol."""

import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from denoising.denoisers.catalogue import BASELINES
from flows.cache import main as cache
from flows.redraw import redraw
from flows.settings.study_settings import store_of
from flows.sweep import SWEEP
from flows.terminal.status import Status
from flows.walks.plan import make_plan
from tasks.cache.places import StoreError, place
from tests.faulty_store import FaultyStore, faulty_store
from tests.flows.commands import Command, small_sweep, wait_for
from tests.flows.recorded import small, write_csv
from tests.flows.sweeps import LEVEL, Sweeps, outputs, ran, read
from tests.flows.test_recordings import SHORT, of_levels

BUCKET = "s3://bucket"
ONE_LEVEL = LEVEL | {"train": 2, "evaluate": 2, "report": 1, "publish": 1}  # what a sweep of one alpha runs

MOST_ASKED = 32  # times a step


@pytest.fixture(scope="module", autouse=True)
def behind() -> Iterator[FaultyStore]:
    """A server that speaks S3."""
    with faulty_store() as store:
        yield store


@pytest.fixture(scope="module")
def bucket(behind: FaultyStore) -> Any:
    """Its bucket."""
    return place(BUCKET)


@pytest.fixture(scope="module")
def stored(server: None, behind: FaultyStore, bucket: Any) -> Sweeps:
    """A sweep that was run there, and asked for little."""
    made = Sweeps(bucket / "stored")
    made.settings["alphas"] = [0.1]
    before = behind.asked
    assert made.ran() == ONE_LEVEL
    assert behind.asked - before < MOST_ASKED * sum(ONE_LEVEL.values())
    return made


@pytest.mark.slow
def test_recordings_are_read_from_there(server: None, bucket: Any, tmp_path: Path, undrawn: None) -> None:
    for number, samples in enumerate(np.array_split(SHORT, 3)):
        write_csv(tmp_path / "here" / f"{number}.csv", samples)
        place(f"{BUCKET}/recordings/day/{number}.csv").write_bytes(
            (tmp_path / "here" / f"{number}.csv").read_bytes()
        )
    place(f"{BUCKET}/recordings/readme.md").write_bytes(b"not a recording")
    here = small(tmp_path, "--signals", tmp_path / "here", "--snr", "5")
    there = small(tmp_path, "--signals", f"{BUCKET}/recordings", "--snr", "5")
    assert ran(there) == of_levels(1)
    assert make_plan(read(there)).nothing_to_do
    cut = [step for step in make_plan(read(here)).steps if step.stage != "decide"]
    assert {step.status for step in cut} == {"cached"}, "the same names and contents"
    place(f"{BUCKET}/recordings/day/1.csv").write_bytes((tmp_path / "here" / "2.csv").read_bytes())
    assert not make_plan(
        read(small(tmp_path, "--signals", f"{BUCKET}/recordings/day/[01].csv"))
    ).nothing_to_do


def test_recordings_that_are_not_there_are_told_in_one_line(
    bucket: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for where, told in {
        f"{BUCKET}/nothing": "there is no recording of this name or prefix",
        "s3://nobody/x": "The specified bucket does not exist",
    }.items():
        assert SWEEP.main(small(tmp_path, "--signals", where)) == Status.BAD_PARAMETERS
        line = capsys.readouterr().err
        assert told in line
        assert line.count("\n") == 1


@pytest.mark.slow
def test_a_sweep_leaves_there_what_it_leaves_in_folders(stored: Sweeps, done: Sweeps) -> None:
    assert outputs(stored.read()).items() < outputs(done.read()).items()
    there = store_of(stored.read())
    assert there.latest == stored.read().study
    assert (there.artifacts / "latest").read_text() == f"{stored.read().study}\n"
    assert list(there.runs.glob("*")) == []
    assert stored.ran() == {"publish": 1}


@pytest.mark.slow
def test_a_look_at_the_cache_asks_for_the_records_and_for_little_else(
    stored: Sweeps, behind: FaultyStore, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = stored.read()
    before = behind.asked
    plan = make_plan(settings)
    planned = behind.asked - before
    assert plan.nothing_to_do
    assert planned < 3 * len(plan.steps)
    folders = ["--data-dir", settings.data_dir, "--artifacts-dir", settings.artifacts_dir]
    assert cache([*folders, "list"]) == Status.DONE
    assert settings.study in capsys.readouterr().out
    assert behind.asked - before - planned < 6 * len(plan.steps)


@pytest.mark.slow
def test_a_store_that_refuses_a_look_is_not_taken_for_a_damaged_one(
    stored: Sweeps, behind: FaultyStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert make_plan(stored.read()).nothing_to_do
    monkeypatch.setattr(behind, "spoil", lambda _, __, path: 403 if "list-type" in path else None)
    with pytest.raises(StoreError, match=r"s3://bucket cannot be used \(Access"):
        make_plan(stored.read())


@pytest.mark.slow
def test_what_is_damaged_there_is_made_again_and_nothing_else(stored: Sweeps) -> None:
    store, before = store_of(stored.read()), outputs(stored.read())
    [weights] = store.artifacts.glob("cells/depth=3,alpha=0.1,seed=0/train-*/last.safetensors")
    content = weights.read_bytes()
    weights.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
    [metrics] = store.artifacts.glob("cells/depth=3,alpha=0.1,seed=0/evaluate-*/metrics.json")
    metrics.write_bytes(metrics.read_bytes()[:-1])
    [spectra] = store.artifacts.glob("cells/depth=2,alpha=0.1,seed=0/evaluate-*/spectra.parquet")
    spectra.unlink()
    [record] = store.records.glob("train/depth=2,alpha=0.1,seed=0/*")
    record.write_bytes(b"no record")
    assert make_plan(stored.read()).counts["damaged"] == 2, "the others wait for these"
    assert stored.ran() == {"train": 2, "evaluate": 2, "publish": 1}
    assert outputs(stored.read()) == before


@pytest.mark.slow
def test_the_report_is_drawn_again_and_the_cache_is_tidied_up_there(
    stored: Sweeps, undrawn: None, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = stored.read()
    state: Any = redraw("latest", settings.artifacts_dir, return_state=True)
    assert state.is_completed(), state.message
    folders = ["--data-dir", settings.data_dir, "--artifacts-dir", settings.artifacts_dir]
    killed = store_of(settings).artifacts / "cells" / "depth=9,alpha=0.1,seed=0" / f"train-{'0' * 16}"
    unneeded = killed / "last.safetensors"
    unneeded.write_bytes(b"12")
    users = [
        store_of(settings).artifacts / "cells" / name
        for name in ("notes.txt", "depth=9,alpha=0.1,seed=0/train-0/metrics.json")
    ]
    for path in users:
        path.write_bytes(b"mine")
    mark = store_of(settings).runs / "killed" / ".going-on"
    mark.write_bytes(b"")
    assert cache([*folders, "remove", "--yes"]) == Status.BAD_PARAMETERS
    assert "run killed is going on" in capsys.readouterr().err
    mark.unlink()
    assert cache([*folders, "remove", "--yes"]) == Status.DONE
    assert capsys.readouterr().out.splitlines()[-1] == "removed 1 files, 2 B"
    assert not unneeded.exists()
    assert [path.read_bytes() for path in users] == [b"mine", b"mine"]
    assert make_plan(settings, verify=True).nothing_to_do


@pytest.mark.slow
def test_a_sweep_that_is_killed_goes_on_there_and_ends_like_one_that_was_not(
    command: Command, tmp_path: Path
) -> None:
    sweep = [*small_sweep(epochs=800, alphas=0.1), "--checkpoint-seconds", "0.2"]
    undisturbed = Command(tmp_path / "undisturbed")
    assert ran([*sweep, *undisturbed.folders]) == ONE_LEVEL
    command.folders = ["--data-dir", f"{BUCKET}/data", "--artifacts-dir", f"{BUCKET}/artifacts"]
    killed = command.start(sweep)
    cells = place(f"{BUCKET}/artifacts/cells")
    wait_for(lambda: list(cells.glob("*/*/checkpoint")) or killed.poll() is not None)
    killed.send_signal(signal.SIGKILL)
    killed.communicate()
    status, out, err = command.run([*sweep, "--runner", "processes"])
    assert (status, err) == (Status.DONE, ""), out + err
    assert f"report: {BUCKET}/artifacts/" in out
    assert outputs(read([*sweep, *command.folders])) == outputs(read([*sweep, *undisturbed.folders]))
    assert list(cells.glob("*/*/checkpoint")) == []


@pytest.mark.slow
def test_two_sweeps_at_the_same_time_both_end_well_there(command: Command) -> None:
    sweep = [
        *small_sweep(epochs=300, alphas=0.1),
        "--data-dir",
        f"{BUCKET}/both/data",
        "--artifacts-dir",
        f"{BUCKET}/both/a",
    ]
    command.folders = []
    both = [command.start(sweep) for _ in range(2)]
    for process in both:
        out, err = process.communicate()
        assert (process.returncode, err) == (Status.DONE, ""), out + err
    assert make_plan(read(sweep), verify=True).nothing_to_do


BAD = {
    "gs://bucket": "give a path, or an address such as s3://bucket/prefix, without ?, # and ..",
    "s3:///prefix": "give a path, or an address such as s3://bucket/prefix, without ?, # and ..",
    "s3://none/prefix": "cannot be used (The specified bucket does not exist)",
}


@pytest.mark.parametrize("folder", BAD)
def test_what_cannot_be_used_is_told_before_anything_is_written(
    folder: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ["--preset", "quick", "--data-dir", str(tmp_path / "data"), "--artifacts-dir", folder]
    assert SWEEP.main(arguments) == Status.BAD_PARAMETERS
    [line] = capsys.readouterr().err.splitlines()
    assert line.startswith(f"sweep.py: artifacts_dir {folder}: {BAD[folder]}")
    assert list(tmp_path.iterdir()) == []


def test_the_cache_can_be_a_whole_bucket(bucket: Any, capsys: pytest.CaptureFixture[str]) -> None:
    for command in (["list"], ["remove", "--yes"]):
        assert cache(["--data-dir", BUCKET, "--artifacts-dir", BUCKET, *command]) == Status.DONE
    assert capsys.readouterr().err == ""


def test_a_plan_needs_no_more_than_a_bucket_and_leaves_nothing_there(
    bucket: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    before = list(bucket.rglob("*"))
    arguments = ["--preset", "quick", "--plan", "--artifacts-dir"]
    assert SWEEP.main([*arguments, f"{BUCKET}/planned"]) == Status.DONE
    assert f"8 missing, {37 + 4 * len(BASELINES)} pending" in capsys.readouterr().out
    assert SWEEP.main([*arguments, "s3://none/planned"]) == Status.BAD_PARAMETERS
    assert "cannot be used (The specified bucket does not exist)" in capsys.readouterr().err
    assert list(bucket.rglob("*")) == before
