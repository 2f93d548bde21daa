"""The folders that a study is made from and makes: what is refused before anything is written."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from flows.redraw import redraw
from flows.settings.study_settings import store_of
from flows.settings.sweep_settings import Settings
from flows.sweep import SWEEP
from tasks.cache.store import IN_DATA, study_note, study_settings
from tests.flows.sweeps import Sweeps
from tests.tasks.cache.users import another_user, shared_folder

SMALL = ["--depths", "2", "--alphas", "0.4"]
STUDY = Settings(depths=[2], alphas=[0.4])
DATASET = STUDY.cells[0].level.dataset.folder
CELL = "depth=2,alpha=0.4,seed=0"
Told = Callable[..., str]


@pytest.fixture
def told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Told:
    """The one line with which a command is refused, whether it is to run or to plan."""

    def refused(*arguments: str, folder: Path = tmp_path, plan: bool = True) -> str:
        given = dict(zip(arguments[::2], arguments[1::2], strict=True))
        usual = {"--data-dir": str(folder / "data"), "--artifacts-dir": str(folder / "artifacts")}
        words = [word for option in {**usual, **given}.items() for word in option]
        lines = set()
        for more in ([], ["--plan"])[: 1 + plan]:
            assert SWEEP.main([*SMALL, *words, *more]) == 2
            shown = capsys.readouterr()
            assert shown.out == ""
            lines |= set(shown.err.splitlines())
        [line] = lines
        return line

    return refused


@pytest.mark.parametrize(
    "own",
    ["records", "cells", "runs", "locks", "latest", "pinned", "comparisons", STUDY.study, "quick-0123abcd"],
)
def test_data_does_not_lie_among_what_is_kept_of_studies(tmp_path: Path, told: Told, own: str) -> None:
    for inner in (tmp_path / "artifacts" / own, tmp_path / "artifacts" / own / "deeper"):
        line = told("--data-dir", str(inner))
        assert line.startswith(
            f"sweep.py: data_dir {inner}: it lies in {tmp_path}/artifacts/{own}, where results"
        )
        assert line.endswith("choose another folder")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("own", [*IN_DATA, DATASET])
def test_artifacts_do_not_lie_among_datasets(tmp_path: Path, told: Told, own: str) -> None:
    inner = tmp_path / "data" / own / "artifacts"
    inner.parent.mkdir(parents=True)
    (tmp_path / "link").symlink_to(inner)
    line = told("--artifacts-dir", str(inner))
    assert line.startswith(
        f"sweep.py: artifacts_dir {inner}: it lies in {tmp_path}/data/{own}, where datasets"
    )
    inner.mkdir()
    assert "where datasets are kept" in told("--artifacts-dir", str(tmp_path / "link"))


@pytest.mark.parametrize(
    ("data", "artifacts"), [("a", "a"), ("a/data", "a"), ("a", "a/artifacts"), ("a/b/c", "a")]
)
def test_one_may_lie_in_the_other_where_nothing_mixes(tmp_path: Path, data: str, artifacts: str) -> None:
    folders = ["--data-dir", str(tmp_path / data), "--artifacts-dir", str(tmp_path / artifacts)]
    assert SWEEP.main([*SMALL, *folders, "--plan"]) == 0


FOLDERS = [
    "data/generated", f"data/generated/{DATASET}", f"data/{DATASET}", f"data/{DATASET}/alpha=0.4",
    "artifacts/records", "artifacts/records/train", f"artifacts/records/train/{CELL}", "artifacts/cells",
    f"artifacts/cells/{CELL}", f"artifacts/cells/{CELL}/train-0123456789abcdef", "artifacts/runs",
    "artifacts/locks", f"artifacts/{STUDY.study}", f"artifacts/{STUDY.study}/figures",
]  # fmt: skip


@pytest.mark.parametrize("folder", FOLDERS)
def test_every_folder_is_one_and_can_be_written(tmp_path: Path, told: Told, folder: str) -> None:
    path = tmp_path / folder
    path.parent.mkdir(parents=True)
    name = "data_dir" if folder.startswith("data") else "artifacts_dir"
    for make, why in (
        (Path.touch, "it is no folder; move it away"),
        (lambda path: path.symlink_to("/nowhere/disk"), "it is a link to /nowhere/disk: mount or make that"),
    ):
        make(path)
        line = told()
        assert line.startswith(f"sweep.py: {name} {tmp_path}/{folder.partition('/')[0]}: {path}: ")
        assert line.endswith(why)
        path.unlink()
    with shared_folder() as shared:
        (shared / folder).mkdir(parents=True)
        for above in (shared / folder).parents:
            if shared in above.parents:
                above.chmod(0o777)
        (shared / folder).chmod(0o555)
        with another_user():
            assert "'umask 002'" in told(folder=shared, plan=False)
        (shared / folder).chmod(0o755)


@pytest.mark.parametrize("note", [study_note, study_settings])
def test_a_folder_where_a_note_goes_is_refused(
    tmp_path: Path, told: Told, note: Callable[[str], str]
) -> None:
    path = tmp_path / note(STUDY.study)
    path.mkdir(parents=True)
    assert told().endswith(f"{path}: it is a folder; move it away")


def test_a_report_is_not_drawn_again_where_the_link_to_it_cannot_be_made(done: Sweeps) -> None:
    latest = store_of(done.read()).artifacts / "latest"
    latest.unlink()
    latest.mkdir()
    state: Any = redraw(done.read().study, done.read().artifacts_dir, return_state=True)
    assert state.is_failed()
    assert state.message.endswith(f"{latest} is no link to the last study, which goes there; move it away")
    assert "is no link to the last study" in done.run(refresh=["report"]).message
