"""What is said of a step that failed."""

import errno
import os
from pathlib import Path

import pytest

from flows.walks.execution import MOST_REASONS, in_words, told
from tasks.cache.record import DamagedError


@pytest.mark.parametrize(
    ("number", "remedy"),
    [
        (errno.ENOSPC, "make room there"),
        (errno.EACCES, "give yourself permission to write there"),
        (errno.EROFS, "mount that disk for writing"),
        (errno.ENOENT, "put it back"),
        (errno.ENOTDIR, "move away the file that stands for a folder"),
        (errno.EISDIR, "move away the folder that stands for a file"),
    ],
)
def test_an_error_of_a_folder_names_it_and_says_what_to_do(number: int, remedy: str) -> None:
    line = told(OSError(number, os.strerror(number), "/disk"))
    assert "'/disk'; " in line
    assert remedy in line
    assert line.endswith(", then run the same again")


def test_what_is_damaged_is_made_again_and_other_errors_say_what_they_say() -> None:
    assert told(DamagedError("x is missing")) == (
        "DamagedError: x is missing; run the same again, which makes it again"
    )
    assert told(ValueError("too deep")) == "ValueError: too deep"
    assert told(OSError("no number")) == "OSError: no number"


def test_a_current_folder_that_is_gone_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "gone").mkdir()
    monkeypatch.chdir(tmp_path / "gone")
    (tmp_path / "gone").rmdir()
    with pytest.raises(FileNotFoundError) as caught:
        Path.cwd()
    monkeypatch.undo()
    assert told(caught.value).endswith(
        "the folder in which this was started is gone: start it in another one"
    )


def test_of_many_reasons_the_first_are_told_and_how_many_more_there_are() -> None:
    reasons = {f"cell {n}": f"reason {n // 2}" for n in range(2 * MOST_REASONS)}
    line = in_words("cells", {**reasons, "cell x": None})
    assert line.startswith(
        f"{2 * MOST_REASONS} of {2 * MOST_REASONS + 1} cells failed: cell 0 and 1 more: reason 0; "
    )
    assert line.endswith(f": reason {MOST_REASONS - 1}")
    more = in_words("cells", {f"cell {n}": f"reason {n}" for n in range(10_000)})
    assert more.endswith(f": reason {MOST_REASONS - 1}; and {10_000 - MOST_REASONS:,} other reasons")
