"""A user's modules whose names are those of our packages."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from flows.settings.study_settings import PROJECT
from tests.flows.commands import SMALL, Command

ONE_CELL = [*SMALL, "--depths", "2", "--alphas", "0.1", "--workers", "1"]


@pytest.mark.slow
def test_a_users_modules_of_the_same_names_disturb_no_command(
    command: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    theirs = tmp_path / "theirs"
    theirs.mkdir()
    for name in ("tasks", "flows", "denoising"):
        (theirs / f"{name}.py").write_text("raise RuntimeError('this is the user\\'s own')\n")
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(theirs), os.environ.get("PYTHONPATH", "")]))

    status, out, err = command.run([*ONE_CELL, "--plan"])
    assert (status, err) == (0, ""), out + err
    assert "2 missing" in out
    status, out, err = command.run([*ONE_CELL, "--runner", "processes"])
    assert (status, err) == (0, ""), out + err
    listed = subprocess.run(
        [sys.executable, str(PROJECT / "flows" / "cache.py"), *command.folders, "list"],
        cwd=theirs,
        capture_output=True,
        text=True,
    )
    assert (listed.returncode, listed.stderr) == (0, ""), listed.stderr
    assert "quick-" in listed.stdout
