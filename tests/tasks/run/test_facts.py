"""The commit that a study is noted with is that of its code, and its cores are those that it may use."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tasks.run import facts
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


def test_a_command_bound_to_one_core_works_on_one() -> None:
    ask = "import os; os.sched_setaffinity(0, {min(os.sched_getaffinity(0))}); "
    ask += "from flows.settings.sweep_settings import Settings; print(Settings().workers)"
    done = subprocess.run([sys.executable, "-c", ask], check=True, capture_output=True, text=True)
    assert done.stdout == "1\n"


@pytest.mark.parametrize(
    ("content", "cores"),
    [("max 100000\n", 8), ("200000 100000\n", 2), ("50000 100000\n", 1), ("1600000 100000\n", 8), ("", 8)],
)
def test_a_container_has_the_cores_that_it_is_allotted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: str, cores: int
) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: range(8))
    monkeypatch.setattr(facts, "ALLOTTED", tmp_path / "cpu.max")
    assert facts.cores() == 8
    (tmp_path / "cpu.max").write_text(content)
    assert facts.cores() == cores
