import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tasks.cache.files import LOCK, CancelledError
from tasks.cache.places import Place, place
from tasks.run.child import KilledError
from tasks.run.progress import OVER, TOLD, Progress, Run, may_go_on, remove_abandoned_runs
from tests.faulty_store import faulty_store

LABEL = "depth=4,alpha=0.2,seed=0"


@pytest.fixture
def bucket() -> Iterator[Place]:
    """A bucket of a server that speaks S3."""
    with faulty_store():
        yield place("s3://bucket")


def test_progress_is_seen_by_whoever_looks(tmp_path: Path) -> None:
    run = Run(tmp_path / "runs" / "1")
    with run.open(), run.track(LABEL, epochs=50) as tracker:
        assert Run(run.folder).running() == [Progress(LABEL, 0, 50, None)]
        tracker.show_due = 0
        tracker.show(7, 0.25)
        assert Run(run.folder).running() == [Progress(LABEL, 7, 50, 0.25)]
    assert run.running() == []


def test_progress_is_written_a_few_times_a_second_at_most(tmp_path: Path) -> None:
    run = Run(tmp_path / "runs" / "1")
    with run.open(), run.track(LABEL, epochs=10_000) as tracker:
        for epoch in range(1000):
            tracker.show(epoch, 0.5)
        [progress] = run.running()
        assert progress.epoch < 999


@pytest.mark.parametrize("error", [KeyboardInterrupt, RuntimeError, None])
def test_a_run_that_ends_stops_its_trainings_and_leaves_nothing(tmp_path: Path, error: type | None) -> None:
    run = Run(tmp_path / "runs" / "1")
    assert run.stopped()
    try:
        with run.open(), run.track(LABEL, 5):
            assert not run.stopped()
            if error:
                raise error
    except (KeyboardInterrupt, RuntimeError):
        pass
    assert run.stopped()
    assert list((tmp_path / "runs").iterdir()) == []


def test_a_training_that_outlives_its_run_may_still_tell_of_itself(tmp_path: Path) -> None:
    run = Run(tmp_path / "runs" / "1")
    with run.open():
        tracker = run.track(LABEL, 5)
        inside = tracker.__enter__()
    inside.show_due = 0
    inside.show(3, 0.1)
    tracker.__exit__(None, None, None)
    assert list((tmp_path / "runs").iterdir()) == []


def test_a_retried_run_starts_afresh_where_its_killed_attempt_left_off(tmp_path: Path) -> None:
    run = Run(tmp_path / "runs" / "1")
    run.folder.mkdir(parents=True)
    run.track(LABEL, 5).__enter__()
    with run.open():
        assert run.running() == []
        assert not run.stopped()
    assert list((tmp_path / "runs").iterdir()) == []


def test_runs_do_not_disturb_each_other(tmp_path: Path) -> None:
    one, two = Run(tmp_path / "runs" / "1"), Run(tmp_path / "runs" / "2")
    with one.open(), two.open():
        one.close()
        assert one.stopped()
        assert not two.stopped()


@pytest.mark.parametrize("where", ["folder", "object store"])
def test_work_that_was_begun_and_not_ended_is_not_begun_again(
    where: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    runs = tmp_path / "runs" if where == "folder" else request.getfixturevalue("bucket") / "runs"
    run = Run(runs / "1")
    with run.open():
        for _ in range(2):
            with run.once("a"), run.once("b"):
                pass
            with pytest.raises(RuntimeError), run.once("a"):
                raise RuntimeError
        killed = run.once("a")
        killed.__enter__()  # and never goes on
        for _ in range(2):
            with pytest.raises(KilledError), run.once("a"):
                pytest.fail("begun again")
        assert run.running() == []
    assert list(runs.glob("*/*")) == []
    if where == "folder":
        with pytest.raises(CancelledError, match="the run is over"), run.once("c"):
            pytest.fail("begun when the run was over")
        assert list(runs.iterdir()) == []


def test_what_killed_runs_left_goes_and_what_goes_on_stays(tmp_path: Path) -> None:
    runs = tmp_path / "runs"
    alive = Run(runs / "1")
    for name, left in (("2", runs / "2"), ("3", runs / f"3{OVER}")):
        left.mkdir(parents=True)
        (left / f"{LABEL}{TOLD}").touch()
        (runs / f"{name}{LOCK}").touch()
    with alive.open():
        assert remove_abandoned_runs(runs) == ["2", "3"]
        assert not alive.stopped()
        assert {path.name for path in runs.iterdir()} == {"1", f"1{LOCK}"}
    assert list(runs.iterdir()) == []


def test_what_is_not_of_a_run_stays(tmp_path: Path) -> None:
    runs = tmp_path / "runs"
    users = {runs / name for name in ("notes.txt", "poetry.lock", "mine/x", "2/notes.txt", "2/metrics.json")}
    for path in users:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("mine")
    (runs / "2" / f"{LABEL}{TOLD}").touch()
    (runs / f"2{LOCK}").touch()
    assert remove_abandoned_runs(runs) == ["2"]
    assert remove_abandoned_runs(runs) == []
    assert {path for path in runs.rglob("*") if path.is_file()} == users
    with Run(runs / "2").open() as run:
        assert run.running() == []
    assert {path.read_text() for path in runs.rglob("*") if path.is_file()} == {"mine"}


def test_a_checkpoint_is_due_as_often_as_is_asked_for(tmp_path: Path) -> None:
    always, never = Run(tmp_path / "runs" / "1", checkpoint_seconds=0), Run(tmp_path / "runs" / "2")
    for run, due in ((always, True), (never, False)):
        with run.open(), run.track(LABEL, 5) as tracker:
            assert [tracker.checkpoint_is_due() for _ in range(3)] == [due] * 3


def test_what_is_no_lock_shows_no_run_that_goes_on(tmp_path: Path) -> None:
    runs = tmp_path / "runs"
    (runs / f"1{LOCK}").mkdir(parents=True)
    (runs / f"2{LOCK}").symlink_to("nowhere")
    os.mkfifo(runs / f"3{LOCK}")
    (runs / "notes.txt").touch()
    before = sorted(runs.iterdir())
    assert not any(map(may_go_on, before))
    assert remove_abandoned_runs(runs) == []
    assert sorted(runs.iterdir()) == before
