"""The commit that a study is noted with is that of its code, whatever repository is named or is around it."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.copies import copy_source

ASK = "from tasks.run.facts import git_commit; print(git_commit())"


def committed(folder: Path) -> str:
    """Make a repository of all that lies in a folder; its commit."""
    git = ["git", "-c", "user.name=a", "-c", "user.email=a@example.org", "-C", str(folder)]
    for step in (["init", "-q"], ["add", "."], ["commit", "-q", "-m", "all", "--allow-empty"]):
        subprocess.run([*git, *step], check=True)
    told = subprocess.run([*git, "rev-parse", "HEAD"], check=True, capture_output=True, text=True)
    return told.stdout.strip()


def noted(code: Path) -> str:
    done = subprocess.run(
        [sys.executable, "-B", "-c", ASK], cwd=code, capture_output=True, text=True, check=True
    )
    return done.stdout.strip()


def test_the_commit_is_that_of_the_code(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    around, other = tmp_path / "around", tmp_path / "other"
    code = around / "code"
    code.mkdir(parents=True)
    other.mkdir()
    copy_source(code)
    committed(around)
    committed(other)
    assert noted(code) == "None", "the repository around it is somebody else's"
    commit = committed(code)
    monkeypatch.setenv("GIT_DIR", str(other / ".git"))
    monkeypatch.setenv("GIT_WORK_TREE", str(other))
    assert noted(code) == commit
    (code / "tasks" / "__init__.py").write_text("changed = True\n")
    assert noted(code) == f"{commit}-dirty"
