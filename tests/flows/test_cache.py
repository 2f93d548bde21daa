"""The housekeeping: what is listed, explained and removed, and what is never touched."""

from collections.abc import Callable
from pathlib import Path

import pytest

from flows.cache import in_bytes, main
from flows.redraw import redraw
from flows.walks.plan import make_plan
from tasks.run.progress import Run
from tests.flows.sweeps import STEPS, Sweeps

Cache = Callable[..., tuple[int, str, str]]


@pytest.fixture
def cache(done: Sweeps, capsys: pytest.CaptureFixture[str]) -> Cache:
    """Runs the command over the folders of a sweep that has been run."""
    settings = done.read()
    folders = ["--data-dir", str(settings.store.data), "--artifacts-dir", str(settings.store.artifacts)]

    def run(*arguments: str) -> tuple[int, str, str]:
        capsys.readouterr()
        status = main([*folders, *arguments])
        told = capsys.readouterr()
        return status, told.out, told.err

    return run


def everything(sweeps: Sweeps) -> set[Path]:
    return {path for path in sweeps.folder.rglob("*") if path.is_file()}


def test_studies_are_listed_with_what_they_need(done: Sweeps, cache: Cache) -> None:
    assert done.run(epochs=3).is_completed()
    status, out, _ = cache("list")
    head, newest, oldest, unneeded = out.splitlines()
    assert status == 0
    assert head.split() == ["study", "cells", "records", "files", "size", "last", "run"]
    assert newest.split()[:3] == [done.read(epochs=3).study, "4", str(STEPS)]
    assert oldest.split()[:3] == [done.read().study, "4", str(STEPS)]
    assert unneeded == "needed by no study: 0 files, 0 B"


def test_an_entry_is_explained(done: Sweeps, cache: Cache) -> None:
    status, out, _ = cache("explain", "train/depth=3,alpha=0.1")
    lines = [line.strip() for line in out.splitlines()]
    assert status == 0
    assert lines[0].startswith("train/depth=3,alpha=0.1,seed=0/")
    assert "whole: every file is what was written" in lines
    assert "settings: depth 3, seed 0, variant base, channels 4, kernel_size 3, stride 2" in out
    assert "changed since: neither code nor versions" in lines
    assert f"needed by: {done.read().study}" in lines
    next(done.read().store.artifacts.glob("cells/depth=3,alpha=0.1,*/train-*/history.parquet")).unlink()
    assert "history.parquet is missing" in cache("explain", "train/depth=3,alpha=0.1")[1]
    status, _, err = cache("explain", "train/depth=7")
    assert status == 2
    assert err.startswith("cache.py: key train/depth=7: there is no such entry")


def test_what_no_study_needs_is_told_first_and_removed_on_demand(done: Sweeps, cache: Cache) -> None:
    needed = everything(done)
    assert done.run(epochs=3).is_completed()
    other = done.read(epochs=3)
    assert done.run().is_completed()
    before = everything(done)
    assert cache("remove") == (0, "there is nothing to remove\n", "")

    status, out, _ = cache("remove", "--study", other.study)
    assert status == 0
    assert "do it with --yes" in out
    assert everything(done) == before, "a dry run removes nothing"
    told = {Path(line.split("  ")[-1]) for line in out.splitlines()[:-1]}

    status, out, _ = cache("remove", "--study", other.study, "--yes")
    assert status == 0
    assert out.splitlines()[-1].startswith(f"removed {len(told)} files")
    assert before - everything(done) == told
    assert everything(done) == needed
    assert not (done.read().store.artifacts / other.study).exists()
    assert make_plan(done.read(), verify=True).nothing_to_do
    assert make_plan(other).counts["stale"] == 4


def test_the_study_of_the_last_run_stays_and_so_do_those_that_are_not_named(
    done: Sweeps, cache: Cache
) -> None:
    before = everything(done)
    status, _, err = cache("remove", "--study", done.read().study, "--yes")
    assert status == 2
    assert "it is the last one that was run" in err
    assert cache("remove", "--study", "post-0", "--yes")[2] == (
        f"cache.py: study post-0: there is no such study; there are {done.read().study}\n"
    )
    assert everything(done) == before


def test_what_an_unfinished_run_has_made_is_needed(
    done: Sweeps, cache: Cache, break_training: Callable[[int, Exception], list[int]]
) -> None:
    """A sweep that was killed has no study to show yet; what it finished and its checkpoints stay."""
    settings = done.read(epochs=3)
    break_training(3, KeyboardInterrupt())
    with pytest.raises(KeyboardInterrupt):
        done.run(epochs=3)
    assert not (settings.store.artifacts / settings.study / "study.json").exists()
    begun = next(step.key for step in make_plan(settings).steps if step.of.startswith("depth=3") and step.key)
    settings.store.write_checkpoint(f"{begun.folder}/checkpoint", b"")
    before = everything(done)
    assert cache("remove", "--yes")[0] == 0
    assert everything(done) == before
    old = settings.store.resolve(f"{begun.folder}0")
    old.mkdir()
    (old / "checkpoint").touch()
    assert cache("remove", "--yes")[0] == 0
    assert everything(done) == before


def test_nothing_is_removed_while_a_sweep_goes_on(done: Sweeps, cache: Cache) -> None:
    run = Run(done.read().store.runs / "1")
    with run.open():
        status, _, err = cache("remove", "--yes")
    assert status == 2
    assert err == "cache.py: run 1 is going on and may need anything; wait until it has ended\n"


def test_a_study_of_an_earlier_version_is_listed_and_neither_tidied_nor_redrawn(
    done: Sweeps, cache: Cache
) -> None:
    settings = done.read()
    old = settings.store.artifacts / "post-0"
    old.mkdir()
    (old / "study.json").write_text('{"study": "post-0", "datasets": [], "cells": []}')
    assert done.run(alphas=[0.1]).is_completed()
    assert "post-0" in cache("list")[1]
    assert cache("remove", "--yes")[0] == 0
    assert (old / "study.json").exists()
    state = redraw(study="post-0", artifacts_dir=settings.artifacts_dir, return_state=True)
    assert state.is_failed()
    assert "is of an earlier version; run the sweep again" in state.message


@pytest.mark.parametrize(("size", "text"), [(0, "0 B"), (999, "999 B"), (1234, "1.23 kB"), (5e7, "50 MB")])
def test_sizes_read_well(size: float, text: str) -> None:
    assert in_bytes(size) == text
