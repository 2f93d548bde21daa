"""The commands of the README and the tutorials, run in order: each prints what is shown below it."""

import re
import shlex
import shutil
from pathlib import Path

import pandas as pd
import pytest

from flows.settings.study_settings import PROJECT
from tests.flows.commands import Command

pytestmark = pytest.mark.slow  # each runs a study

SHOWN = re.compile(r"```sh\n\.venv/bin/python flows/(\w+\.py) ([^\n]*)\n```\n\n```text\n(.*?)```", re.DOTALL)
NUMBER = re.compile(r"\d+(?:\.\d+)?(?:e-?\d+)?")
MARK = "…"  # where lines, or the rest of one, are left out
TOLERANCE = 0.15  # of a number, which differs a little from one kind of machine to the next
TABLE = re.compile(r"^\| 0\.\d \|.*\|$", re.MULTILINE)


def command(name: str, folder: Path, url: str) -> Command:
    """A command over folders of its own; the one that only looks at recordings takes none."""
    made = Command(folder, url, name=name, default=True)
    made.folders = [] if name == "recordings.py" else made.folders
    return made


def is_printed(line: str, printed: str) -> bool:
    """Whether a line is among those that were printed, with nearly the same numbers."""
    beginning = " ".join(line.removesuffix(MARK).split())
    pattern = re.compile(f"({NUMBER.pattern})".join(map(re.escape, NUMBER.split(beginning))))
    match = pattern.match if line.endswith(MARK) else pattern.fullmatch
    told = [float(number) for number in NUMBER.findall(beginning)]
    same = filter(None, (match(" ".join(found.split())) for found in printed.splitlines()))
    return any(list(map(float, found.groups())) == pytest.approx(told, rel=TOLERANCE) for found in same)


@pytest.mark.parametrize("page", ["tutorial-sinusoids.md", "tutorial-ecg.md"])
def test_a_tutorial_shows_what_its_commands_print(page: str, tmp_path: Path, url: str) -> None:
    shutil.copytree(PROJECT / "examples", tmp_path / "examples")
    shown = SHOWN.findall((PROJECT / "docs" / page).read_text())
    assert shown, "a block of text below a command"
    for name, options, text in shown:
        status, out, err = command(name, tmp_path, url).run(shlex.split(options))
        assert status == 0, err
        lines = [line for line in text.splitlines() if line.strip() not in ("", MARK)]
        assert [line for line in lines if not is_printed(line, out + err)] == [], out + err


def test_the_first_command_finds_the_errors_of_the_readme(tmp_path: Path, url: str) -> None:
    status, _, err = command("sweep.py", tmp_path, url).run([])
    assert status == 0, err
    study = tmp_path / "artifacts" / "latest"
    limits = pd.read_parquet(study / "limits.parquet").set_index("alpha")
    errors = pd.read_parquet(study / "results.parquet").pivot_table("test_mse", "alpha", "depth")
    expected = limits[["noisy_mse", "best_gain_mse", "linear_mmse", "mmse"]].join(errors)
    told = [
        [float(cell) for cell in row.split("|")[1:-1]]
        for row in TABLE.findall((PROJECT / "README.md").read_text())
    ]
    assert [row[0] for row in told] == list(expected.index)
    for row, found in zip(told, expected.to_numpy().tolist(), strict=True):
        assert row[1:] == pytest.approx(found, rel=TOLERANCE)
