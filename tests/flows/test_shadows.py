"""A user's modules whose names are those of our packages, and settings of libraries that we use."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from flows.settings.study_settings import PROJECT
from tests.flows.commands import Command, small_sweep

ONE_CELL = small_sweep(depths=2, alphas=0.1, workers=1)


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


@pytest.mark.slow
def test_a_users_settings_of_matplotlib_change_no_figure(
    command: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    status, out, err = command.run(ONE_CELL)
    assert (status, err) == (0, ""), out + err
    drawn = figures(tmp_path)
    assert len(drawn) > 20
    settings = tmp_path / "matplotlibrc"
    for content, backend in (
        (b"text.usetex: True\nfont.size: 20\nlines.marker: o\npath.sketch: 2, 99, 2\nimage.lut: 8\n", "agg"),
        (b"text.color: \xff\n", "odd"),
    ):
        settings.write_bytes(content)
        monkeypatch.setenv("MPLBACKEND", backend)
        status, out, err = command.run([*ONE_CELL, "--refresh", "report"])
        assert status == 0, out + err
        assert figures(tmp_path) == drawn


def figures(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in (folder / "artifacts/latest/figures").iterdir()}
