"""The housekeeping: what is listed, explained and removed, and what is never touched."""

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from flows.cache import in_bytes, minute
from flows.redraw import redraw
from flows.settings.study_settings import store_of
from flows.walks.plan import make_plan
from tasks.cache.files import LOCK
from tasks.run.progress import Run
from tests.flows.conftest import Cache
from tests.flows.sweeps import STEPS, WHOLE, Sweeps

LAST = "it is the last one that was run; run another one first"


def everything(sweeps: Sweeps) -> set[Path]:
    return {path for path in sweeps.folder.rglob("*") if path.is_file()}


def test_studies_are_listed_with_what_they_need(done: Sweeps, cache: Cache, undrawn: None) -> None:
    assert done.run(epochs=3).is_completed()
    status, out, _ = cache("list")
    head, newest, oldest, unneeded = out.splitlines()
    assert status == 0
    assert head.split()[:7] == ["study", "cells", "records", "files", "size", "last", "run"]
    assert newest.split()[:3] == [done.read(epochs=3).study, "4", str(STEPS)]
    assert oldest.split()[:3] == [done.read().study, "4", str(STEPS)]
    assert unneeded == "needed by no study: 0 files, 0 B"
    own = "alphas=0.1,0.3 depths=2,3 signal_length=32 n_signals=20 n_test=10 channels=4"
    assert newest.endswith(f" {own} epochs=3")
    assert oldest.endswith(f" {own} epochs=2")


def test_an_entry_is_explained(done: Sweeps, cache: Cache) -> None:
    status, out, _ = cache("explain", "train/depth=3,alpha=0.1")
    lines = [line.strip() for line in out.splitlines()]
    assert status == 0
    assert lines[0].startswith("train/depth=3,alpha=0.1,seed=0/")
    assert "whole: every file is what was written" in lines
    [settings] = [line for line in lines if line.startswith("settings: ")]
    assert "channels 4, growth 1, max_channels 64, kernel_size 3, stride 2" in settings
    assert "depth 3, alpha 0.1, seed 0" in settings
    assert "changed since: neither code nor versions" in lines
    assert f"needed by: {done.read().study}" in lines
    next(store_of(done.read()).artifacts.glob("cells/depth=3,alpha=0.1,*/train-*/history.parquet")).unlink()
    assert "history.parquet is missing" in cache("explain", "train/depth=3,alpha=0.1")[1]
    status, _, err = cache("explain", "train/depth=7")
    assert status == 2
    assert err.startswith("cache.py: key train/depth=7: there is no such entry")


@pytest.mark.slow
def test_what_no_study_needs_is_told_first_and_removed_on_demand(
    done: Sweeps, cache: Cache, undrawn: None
) -> None:
    for folder in ("data", "artifacts"):  # which a clone has
        (done.folder / folder / "README.md").touch()
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
    assert not (store_of(done.read()).artifacts / other.study).exists()
    assert make_plan(done.read(), verify=True).nothing_to_do
    assert make_plan(other).counts["stale"] == 4


@pytest.fixture
def users(done: Sweeps, tmp_path_factory: pytest.TempPathFactory) -> Callable[[], dict[Path, str]]:
    """Puts files of the user's into every folder of a sweep; what becomes of them is told when called."""
    outside = tmp_path_factory.mktemp("outside")
    (outside / "theirs.json").write_text("outside")
    store = store_of(done.read())
    for folder in [path for root in (store.data, store.artifacts) for path in [root, *root.rglob("*")]]:
        if not folder.is_dir() or folder.is_symlink():
            continue
        (folder / "mine").mkdir()
        for name in ("notes.txt", ".todo.draft", ".file.x1.draft", ".hidden", "metrics-old.json", "mine/x"):
            (folder / name).write_text("mine")
        (folder / "elsewhere").symlink_to(outside, target_is_directory=True)
        (folder / "linked.json").symlink_to(outside / "theirs.json")
    for name in ("settings.json", "study.json", "0123456789abcdef"):
        (store.artifacts / "cells" / name).write_text("[]")
        (store.records / name).write_text("{}")
    named_alike = [*store.artifacts.glob("cells/*/evaluate-*"), *store.artifacts.glob("cells/*/mine")]
    for folder in named_alike:
        (folder / "checkpoint").symlink_to(outside / "theirs.json")
    for name in ("train-old", f"train-{'0' * 16}"):
        (store.artifacts / "cells" / "mine" / name).mkdir()
        (store.artifacts / "cells" / "mine" / name / "last.safetensors").write_text("mine")
    known = {"mine", "outside", "[]", "{}"}

    def there() -> dict[Path, str]:
        found = {}
        for root in (store.data, store.artifacts, outside):
            for path in root.rglob("*"):
                if path.is_symlink() and path.name != "latest":
                    found[path] = str(path.readlink())
                elif path.is_file() and path.stat().st_size < 10 and (text := path.read_text()) in known:
                    found[path] = text
        return found

    return there


def plant(folder: Path) -> list[Path]:
    """What a killed process leaves in a folder."""
    draft = folder / f".denoising-{'0a' * 16}.draft"
    draft.parent.mkdir(parents=True, exist_ok=True)
    draft.write_bytes(b"half")
    return [draft]


def test_a_run_touches_no_file_of_the_users(
    done: Sweeps, users: Callable[[], dict[Path, str]], undrawn: None
) -> None:
    store, before = store_of(done.read()), users()
    assert len(before) > 500
    ours = [
        path
        for folder in (store.data, store.artifacts, store.artifacts / "cells", store.records / "train")
        for path in plant(folder)
    ]
    ours += [store.artifacts / "locks" / f"train;x;0{LOCK}", store.runs / f"killed{LOCK}"]
    for path in ours[-2:]:
        path.touch()
    (store.runs / "killed").mkdir()
    assert done.ran(refresh=["generate", "limits"]) == WHOLE, "every stage runs again, in the same folders"
    assert users() == before
    assert not [path for path in [*ours, store.runs / "killed"] if path.exists()]


def test_removing_a_study_touches_no_file_of_the_users(
    done: Sweeps, users: Callable[[], dict[Path, str]], cache: Cache, undrawn: None
) -> None:
    other, before = done.read(), users()
    assert done.run(epochs=3).is_completed()
    cells = store_of(other).artifacts / "cells" / "depth=3,alpha=0.1,seed=0"
    killed, bare = cells / f"train-{'0' * 16}", cells / f"train-{'1' * 16}"
    for folder in (killed, bare):
        folder.mkdir()
        for name in ("last.safetensors", "history.parquet", "checkpoint"):
            (folder / name).write_bytes(b"ours")
        plant(folder)
    for name in ("notes.txt", "last-old.safetensors", ".hidden"):
        (killed / name).write_text("mine")
    before = users()

    status, out, err = cache("remove", "--study", other.study)
    assert (status, err) == (0, "")
    told = {Path(line.split("  ")[-1]) for line in out.splitlines()[:-1]}
    assert not told & before.keys()
    status, out, err = cache("remove", "--study", other.study, "--yes")
    assert (status, err) == (0, "")
    assert users() == before
    assert not [path for path in told if path.exists()]
    assert not bare.exists()
    assert {path.name for path in killed.iterdir()} == {"notes.txt", "last-old.safetensors", ".hidden"}
    left = {path for path in (store_of(other).artifacts / other.study).rglob("*") if not path.is_dir()}
    assert left <= before.keys(), "of the study itself, nothing is left"
    assert make_plan(done.read(epochs=3), verify=True).nothing_to_do
    assert [line.split()[0] for line in cache("list")[1].splitlines()[1:-1]] == [done.read(epochs=3).study]


def test_the_study_of_the_last_run_stays_and_so_do_those_that_are_not_named(
    done: Sweeps, cache: Cache
) -> None:
    before = everything(done)
    status, _, err = cache("remove", "--study", done.read().study, "--yes")
    assert status == 2
    assert LAST in err
    assert cache("remove", "--study", "post-01234567", "--yes")[2] == (
        f"cache.py: study post-01234567: there is no such study; there are {done.read().study}\n"
    )
    assert everything(done) == before


def test_the_study_of_the_last_run_stays_though_a_clock_that_was_set_back_calls_another_newer(
    done: Sweeps, cache: Cache
) -> None:
    study = store_of(done.read()).artifacts / done.read().study
    newer = study.with_name("quick-01234567")
    newer.mkdir()
    shutil.copy(study / "settings.json", newer)
    os.utime(newer / "settings.json", (2**32, 2**32))
    before = everything(done)
    status, _, err = cache("remove", "--study", study.name, "--yes")
    assert (status, err) == (2, f"cache.py: study {study.name}: {LAST}\n")
    assert cache("list")[1].splitlines()[1].split()[0] == newer.name
    assert everything(done) == before


def test_nothing_is_removed_where_the_needs_of_the_last_study_cannot_be_read(
    done: Sweeps, cache: Cache, undrawn: None
) -> None:
    study = store_of(done.read()).artifacts / done.read().study
    for name in ("study.json", "settings.json"):
        (study / name).write_text("{")
    before = everything(done)
    assert cache("remove", "--yes")[::2] == (
        2, f"cache.py: study {study.name}: what the last study needs cannot be read; run it again first\n",
    )  # fmt: skip
    assert everything(done) == before
    assert done.run().is_completed()
    assert cache("remove", "--yes")[0] == 0
    assert json.loads((study / "study.json").read_bytes())["study"] == study.name


def test_notes_of_the_users_are_no_study(done: Sweeps, cache: Cache) -> None:
    settings = done.read()
    for name in ("mine", "mine-01234567"):
        folder = store_of(settings).artifacts / name
        folder.mkdir()
        (folder / "study.json").write_text(json.dumps({"study": name, "steps": []}))
        (folder / "settings.json").write_text('{"preset": ["quick"]}')
    assert cache("remove", "--study", settings.study)[0] == 2, "which is the last one"
    assert cache("list")[0] == 0
    assert "mine " not in cache("list")[1]


def test_what_an_unfinished_run_has_made_is_needed(
    done: Sweeps, cache: Cache, break_training: Callable[[int, Exception], list[int]]
) -> None:
    """A sweep that was killed has no study to show yet; what it finished and its checkpoints stay."""
    settings = done.read(epochs=3)
    break_training(3, KeyboardInterrupt())
    with pytest.raises(KeyboardInterrupt):
        done.run(epochs=3)
    assert not (store_of(settings).artifacts / settings.study / "study.json").exists()
    begun = next(step.key for step in make_plan(settings).steps if step.of.startswith("depth=3") and step.key)
    store_of(settings).write_checkpoint(f"{begun.folder}/checkpoint", b"")
    before = everything(done)
    assert cache("remove", "--yes")[0] == 0
    assert everything(done) == before
    old = store_of(settings).resolve(f"{begun.folder[:-16]}{'0' * 16}")
    old.mkdir()
    (old / "checkpoint").touch()
    assert cache("remove", "--yes")[0] == 0
    assert everything(done) == before


def test_nothing_is_removed_while_a_sweep_goes_on(done: Sweeps, cache: Cache) -> None:
    run = Run(store_of(done.read()).runs / "1")
    with run.open():
        status, _, err = cache("remove", "--yes")
    assert status == 2
    assert err == "cache.py: run 1 is going on and may need anything; wait until it has ended\n"


def test_a_study_of_an_earlier_version_is_listed_and_neither_tidied_nor_redrawn(
    done: Sweeps, cache: Cache, undrawn: None
) -> None:
    settings = done.read()
    old = store_of(settings).artifacts / "post-01234567"
    old.mkdir()
    (old / "study.json").write_text('{"study": "post-01234567", "datasets": [], "cells": []}')
    assert done.run(alphas=[0.1]).is_completed()
    assert "post-01234567" in cache("list")[1]
    assert cache("remove", "--yes")[0] == 0
    assert (old / "study.json").exists()
    state = redraw(study="post-01234567", artifacts_dir=settings.artifacts_dir, return_state=True)
    assert state.is_failed()
    assert "is of an earlier version; run the sweep again" in state.message


@pytest.mark.parametrize(("size", "text"), [(0, "0 B"), (999, "999 B"), (1234, "1.23 kB"), (5e7, "50 MB")])
def test_sizes_read_well(size: float, text: str) -> None:
    assert in_bytes(size) == text


@pytest.mark.parametrize(
    ("seconds", "text"), [(2.0**32, "2106-02-0"), (2.0**40, "unknown"), (-2e11, "unknown")]
)
def test_no_clock_is_so_wrong_that_nothing_can_be_listed(seconds: float, text: str) -> None:
    assert minute(seconds).startswith(text)
