"""Studies in an object store that spoils its answers, and files that come from one."""

from collections.abc import Iterator
from pathlib import Path

import pytest

import tasks.cache.object_store
from denoising.recordings import remote
from flows.denoise import main as denoise
from flows.recordings import main as recordings
from flows.sweep import SWEEP
from flows.terminal.status import Status
from flows.walks.plan import make_plan
from tasks.cache.object_store import ObjectStore
from tasks.cache.places import place, write
from tests.faulty_store import FaultyStore, faulty_store
from tests.flows.denoisers import STUDY, run
from tests.flows.sweeps import LEVEL, Sweeps, outputs

FAULTS: tuple[int | str, ...] = (503, "cut", 500, "lost", "drop")
COMMAND = ["--preset", "quick", "--data-dir", "s3://bucket/d", "--artifacts-dir", "s3://bucket/a"]


@pytest.fixture(scope="module")
def behind() -> Iterator[FaultyStore]:
    with faulty_store() as store:
        yield store


@pytest.fixture
def faulty(behind: FaultyStore) -> Iterator[FaultyStore]:
    yield behind
    behind.spoil = lambda *_: None
    ObjectStore.silent.clear()


@pytest.mark.slow
def test_a_sweep_ends_as_in_folders_though_answers_are_spoiled(
    done: Sweeps, faulty: FaultyStore, undrawn: None
) -> None:
    faulty.spoil = lambda number, *_: None if number % 13 else FAULTS[number // 13 % len(FAULTS)]
    faulty.spoiled = 0
    swept = Sweeps(place("s3://bucket/spoiled"))  # type: ignore[arg-type]
    swept.settings["alphas"] = [0.1]
    state = swept.run()
    assert state.is_completed(), state.message
    assert faulty.spoiled > 30
    faulty.spoil = lambda *_: None
    assert outputs(swept.read()).items() < outputs(done.read()).items()


@pytest.mark.slow
@pytest.mark.parametrize("fault", [403, 404, "hang"])
def test_a_store_that_fails_for_good_ends_the_run_in_a_line_and_the_same_goes_on(
    server: None, faulty: FaultyStore, undrawn: None, fault: int | str, monkeypatch: pytest.MonkeyPatch
) -> None:
    swept = Sweeps(place(f"s3://bucket/{fault}"))  # type: ignore[arg-type]
    swept.settings["alphas"] = [0.1]
    trained = f"/{fault}/artifacts/records/train/"
    begun: list[str] = []

    def spoil(_: int, method: str, path: str) -> int | str | None:
        if method == "PUT" and trained in path and not begun:
            begun.append(path)
            monkeypatch.setattr(tasks.cache.object_store, "SECONDS", 3.0)
            return None
        return fault if begun else None

    faulty.spoil = spoil
    state = swept.run()
    assert state.is_failed()
    assert "s3://bucket cannot be used (" in str(state.message)
    assert "\n" not in str(state.message)
    faulty.spoil = lambda *_: None
    monkeypatch.undo()
    ObjectStore.silent.clear()
    done = swept.ran()
    assert done["train"] < 2, "what was done is not done again"
    assert done.items() >= {"report": 1, "publish": 1}.items()
    assert done.keys() <= {*LEVEL, "train", "evaluate", "report", "publish"}
    assert make_plan(swept.read(), verify=True).nothing_to_do


@pytest.mark.parametrize("fault", [403, pytest.param("hang", marks=pytest.mark.slow)])
@pytest.mark.parametrize("plan", [[], ["--plan"]])
def test_what_cannot_be_used_is_refused_before_anything_is_done(
    faulty: FaultyStore,
    fault: int | str,
    plan: list[str],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(tasks.cache.object_store, "SECONDS", 1.0)
    faulty.spoil = lambda *_: fault
    assert SWEEP.main([*plan, *COMMAND]) == Status.BAD_PARAMETERS
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("sweep.py: data_dir s3://bucket/d: cannot be used (")
    assert err.count("\n") == len(err.splitlines()) <= 2


def test_a_store_that_fails_while_it_is_looked_through_is_told_in_a_line(
    faulty: FaultyStore, capsys: pytest.CaptureFixture[str]
) -> None:
    faulty.spoil = lambda _, __, path: 403 if "/records/" in path else None
    assert SWEEP.main(["--plan", *COMMAND]) == Status.BAD_PARAMETERS
    told = (
        "s3://bucket cannot be used (AccessDenied); look at the bucket, AWS_ENDPOINT_URL and the credentials"
    )
    assert capsys.readouterr() == ("", f"sweep.py: {told}\n")


@pytest.mark.slow
@pytest.mark.parametrize("there", ["data_dir", "artifacts_dir"])
def test_one_of_the_two_folders_can_be_there(
    done: Sweeps, faulty: FaultyStore, undrawn: None, there: str
) -> None:
    swept = Sweeps(done.folder / there)
    swept.settings |= {"alphas": [0.1], there: f"s3://bucket/one/{there}"}
    assert swept.ran() == LEVEL | {"train": 2, "evaluate": 2, "report": 1, "publish": 1}
    assert outputs(swept.read()).items() < outputs(done.read()).items()
    assert make_plan(swept.read(), verify=True).nothing_to_do


def upload(folder: Path, name: str) -> None:
    for path in folder.rglob("*"):
        if path.is_file() and "latest" not in path.parts:
            write(place(f"s3://bucket/{name}/{path.relative_to(folder).as_posix()}"), path.read_bytes())


@pytest.mark.slow
def test_files_are_denoised_from_there_as_from_here(
    served: None, study: Path, faulty: FaultyStore, capsys: pytest.CaptureFixture[str]
) -> None:
    upload(study / "new", "new")
    assert run(study, study / "new", "--output-dir", study / "here", "--no-report") == Status.DONE
    faulty.spoil = lambda number, *_: None if number % 3 else FAULTS[number // 3 % len(FAULTS)]
    assert run(study, "s3://bucket/new", "--output-dir", study / "there", "--no-report") == Status.DONE
    for name in ("mild.wav", "sub/strong.wav"):
        assert (study / "there" / name).read_bytes() == (study / "here" / name).read_bytes()
    capsys.readouterr()
    assert run(study, "s3://bucket/new", "--output-dir", study / "there", "--no-report") == Status.DONE
    assert "nothing to do" in capsys.readouterr().out
    upload(study / "artifacts", "artifacts")
    write(place("s3://bucket/artifacts/latest"), STUDY.encode())
    studies = ["--data-dir", str(study / "data"), "--artifacts-dir", "s3://bucket/artifacts"]
    new = [str(study / "new"), "--output-dir", str(study / "two"), "--no-report"]
    assert denoise([*new, *studies]) == Status.DONE
    assert (study / "two" / "mild.wav").read_bytes() == (study / "here" / "mild.wav").read_bytes()
    capsys.readouterr()
    assert run(study, "s3://bucket/new/mild.wav") == Status.BAD_PARAMETERS
    assert capsys.readouterr().err.startswith("denoise.py: output_dir: give a folder of this machine")


@pytest.mark.slow
def test_recordings_that_cannot_be_had_are_told_in_a_line(
    faulty: FaultyStore, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(remote.CONFIG, "retries", {"mode": "standard", "total_max_attempts": 1})
    write(place("s3://bucket/few/a.csv"), b"1\n2\n3\n")
    for fault in (403, 500, "cut", "drop"):
        faulty.spoil = lambda _, __, path, fault=fault: fault if "few" in path else None
        assert recordings(["s3://bucket/few/a.csv"]) in (Status.BAD_PARAMETERS, Status.NOT_ALL_DONE)
        err = capsys.readouterr().err
        assert err.startswith("recordings.py: s3://bucket/few/a.csv: it cannot be read (")
        assert err.count("\n") == 1
