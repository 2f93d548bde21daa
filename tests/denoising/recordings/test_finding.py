import os
from pathlib import Path

import pytest

from denoising.recordings.finding import find
from denoising.recordings.settings import RecordingError
from tests.denoising.recordings.written import text


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder of recordings, of what is none, and of hidden ones."""
    names = ("day1/b.wav", "day1/a.csv", "day2/deep/c.NPY", "day2/notes.pdf", ".hidden/d.csv", "day1/.e.csv")
    for name in names:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        text(tmp_path, name, name)
    return tmp_path


def names(*paths: Path | str) -> list[str]:
    return [file.name for file in find([str(path) for path in paths])]


def fault_of(*paths: Path | str) -> str:
    with pytest.raises(RecordingError) as caught:
        names(*paths)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_a_folder_gives_its_recordings_below_it_but_hidden_ones(folder: Path) -> None:
    assert names(folder) == ["day1/a.csv", "day1/b.wav", "day2/deep/c.NPY"]


def test_names_start_at_the_folder_that_all_share(folder: Path) -> None:
    assert names(folder / "day1") == names(folder / "day1/b.wav", folder / "day1/a.csv") == ["a.csv", "b.wav"]
    assert names(folder / "day2/deep/c.NPY") == ["c.NPY"]
    assert names(folder / "day2/deep", folder / "day1/a.csv") == ["day1/a.csv", "day2/deep/c.NPY"]


def test_a_recording_has_one_name_wherever_its_folder_lies(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = find([str(folder)])
    moved = folder.rename(folder.with_name("moved elsewhere"))
    monkeypatch.chdir(moved / "day1")
    again = find(["..", "../day1"])
    assert [(file.name, file.sha256) for file in again] == [(file.name, file.sha256) for file in before]
    assert Path(again[0].path).is_file()


@pytest.mark.parametrize(
    ("pattern", "found"),
    [
        ("day1/*", ["a.csv", "b.wav"]),
        ("*/*.csv", ["a.csv"]),
        ("**/*.[cN]*", ["day1/a.csv", "day2/deep/c.NPY"]),
        ("day?/b.wav", ["b.wav"]),
    ],
)
def test_a_pattern_gives_the_files_that_it_matches(pattern: str, found: list[str], folder: Path) -> None:
    assert names(folder / pattern) == found


def test_a_file_whose_name_looks_like_a_pattern_is_itself(folder: Path) -> None:
    assert names(text(folder, "1", "a[1].csv"), folder / "day1/a.csv") == ["a[1].csv", "day1/a.csv"]


def test_a_file_counts_once_and_is_refused_twice(folder: Path) -> None:
    assert names(folder / "day1", folder / "day1/a.csv") == ["a.csv", "b.wav"]
    (folder / "day2/again.csv").symlink_to(folder / "day1/a.csv")
    assert fault_of(folder).endswith(": a file is there twice; give it once")
    assert fault_of(folder / "day1/a.csv", folder / "day2/again.csv").endswith("give it once")


def test_where_there_is_no_recording_that_is_told(folder: Path) -> None:
    (folder / "x.csv").mkdir()
    (folder / "gone.csv").symlink_to(folder / "nowhere")
    assert fault_of(folder / "day3") == f"{folder}/day3: there is no such file or folder"
    assert fault_of(folder / "gone.csv") == f"{folder}/gone.csv: there is no such file or folder"
    assert fault_of(folder / "x.csv").startswith(f"{folder}/x.csv: there is no recording in this folder")
    assert fault_of(folder / "day3*") == f"{folder}/day3*: no file is of this pattern"
    assert fault_of(folder / "x**y[z") == f"{folder}/x**y[z: no file is of this pattern"
    assert fault_of("~no such user/a.csv").startswith("~no such user/a.csv: there is no such file")
    assert fault_of(folder / ("x" * 5000)).endswith("it cannot be read (File name too long)")


def test_what_is_neither_a_file_nor_a_folder_is_refused_at_once(folder: Path) -> None:
    os.mkfifo(folder / "pipe.csv")
    assert fault_of(folder / "pipe.csv").endswith("neither a file nor a folder; save it as a file first")
    assert "pipe.csv" not in names(folder)


def test_a_file_that_may_not_be_read_is_refused(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(path: Path, *_: object) -> None:
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(Path, "open", refuse)
    path = text_of_its_own(folder)
    assert fault_of(path) == f"{path}: it cannot be read (Permission denied)"


def text_of_its_own(folder: Path) -> Path:
    path = folder / "own.csv"
    path.touch()
    return path
