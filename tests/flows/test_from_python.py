"""What a page tells "From Python", with every runner, from wherever people run Python, without a guard."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from textwrap import indent

import pytest

from flows.settings.study_settings import PROJECT
from tests.flows.commands import Command
from tests.flows.told import flow_runs

pytestmark = pytest.mark.slow

RUNNERS = ("threads", "processes", "dask")
SMALL = "depths=[2], alphas=[0.1], n_signals=20, n_test=10, signal_length=32, workers=2"
ONE_AFTER_THE_OTHER = """
for runner in ("threads", "processes", "dask"):
    run(runner)
"""
IN_A_THREAD_AND_A_LOOP = """
import asyncio, threading

async def in_loop(runner):
    run(runner)

thread = threading.Thread(target=run, args=["processes"])
thread.start()
thread.join()
asyncio.run(in_loop("threads"))
asyncio.run(in_loop("dask"))
"""


PAGE = (PROJECT / "docs" / "changing.md").read_text()
FOLDERS = ("data", "artifacts")


def program(folder: Path, then: str) -> str:
    """What the page says From Python, for a small study with a runner and folders of its own."""
    [block] = re.findall(r"^From Python, the same settings.*?```python\n(.*?)```", PAGE, re.M | re.S)
    assert block.count("launch(Settings(") == 1
    folders = ", ".join(f"{name}_dir={str(folder)!r} + '/' + runner + '/{name}'" for name in FOLDERS)
    small = block.replace("launch(Settings(", f"launch(Settings(runner=runner, {SMALL}, {folders}, ")
    return f"print('begun')\n\ndef run(runner):\n{indent(small, '    ')}\n{then}\nprint('ended')\n"


def python(*arguments: str, folder: Path, stdin: str = "") -> str:
    """Run Python in a folder, and return what it prints."""
    ran = subprocess.run(
        [sys.executable, *arguments],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(PROJECT)},
        input=stdin,
        capture_output=True,
        text=True,
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    return ran.stdout


def as_file(text: str, folder: Path) -> str:
    (folder / "mine.py").write_text(text)
    return python("mine.py", folder=folder)


def as_module(text: str, folder: Path) -> str:
    (folder / "mine.py").write_text(text)
    return python("-m", "mine", folder=folder)


def as_input(text: str, folder: Path) -> str:
    return python("-", folder=folder, stdin=text)


def as_notebook(text: str, folder: Path) -> str:
    """Run it in a notebook's kernel, where an event loop runs already."""
    cell = {"cell_type": "code", "source": text, "metadata": {}, "outputs": [], "execution_count": None}
    notebook = folder / "mine.ipynb"
    notebook.write_text(json.dumps({"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 4}))
    execute = str(Path(sys.executable).with_name("jupyter-execute"))
    python(execute, "--inplace", "--kernel_name=python3", str(notebook), folder=folder)
    outputs = json.loads(notebook.read_text())["cells"][0]["outputs"]
    return "".join("".join(output.get("text", "")) for output in outputs)


@pytest.mark.parametrize(
    ("how", "then"),
    [
        (as_file, ONE_AFTER_THE_OTHER),
        (as_input, ONE_AFTER_THE_OTHER),
        (as_notebook, ONE_AFTER_THE_OTHER),
        (as_module, IN_A_THREAD_AND_A_LOOP),
    ],
)
def test_every_runner_works_and_the_program_runs_once(
    how: Callable[[str, Path], str], then: str, tmp_path: Path, served: None
) -> None:
    told = how(program(tmp_path, then), tmp_path)
    assert (told.count("begun"), told.count("ended")) == (1, 1)
    for runner in RUNNERS:
        [run] = flow_runs(Command(tmp_path / runner))
        assert (run["state_name"], run["parameters"]["runner"]) == ("Completed", runner)
