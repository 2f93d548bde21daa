"""Real edits of the code while studies run: none changes what runs or is recorded as what ran."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest

from tests.copies import copy_source
from tests.flows.commands import PAIR, SMALL, Command, wait_for
from tests.flows.sweeps import Sweeps, ran

BROKEN = "\nraise RuntimeError('this is the edited code')\n"
EDITS = {
    "denoising/networks/training.py": BROKEN,
    "denoising/measure/evaluation.py": BROKEN,
    "denoising/report/summary.py": BROKEN,
    "denoising/report/report.css": "\n/* edited */\n",
    "denoising/report/page.html.j2": "\n<!-- edited -->\n",
    "denoising/original/curves.csv": "edited",
}
OTHER_CODE = "this process has other code than the run began with; start the run again"

TWO_STUDIES = """
import sys
from pathlib import Path
from flows.settings.sweep_settings import Settings
from flows.terminal.launch import launch

settings = Settings(preset="quick", depths=[2], alphas=[0.1], epochs=1, n_signals=20, n_test=10,
                    signal_length=32, channels=2, runner="threads", data_dir="data",
                    artifacts_dir="artifacts")
print("first", int(launch(settings)))
figure = Path(sys.argv[1], "denoising/figures/spectra.py")
source = figure.read_text()
figure.write_text(source + "# a comment\\n")
print("after a comment", int(launch(settings)))
figure.write_text(source + "EDITED = True\\n")
print("after an edit", int(launch(settings)))
figure.write_text(source)
print("taken back", int(launch(settings)))
"""


@pytest.fixture
def copied(tmp_path: Path, url: str) -> Command:
    """The command of a copy of the project, which may be edited."""
    return Command(tmp_path, url, copy_source(tmp_path / "project"))


@contextmanager
def edited(project: Path) -> Iterator[None]:
    """Edit code, a style sheet, a template and a table for as long as the block lasts."""
    before = {name: (project / name).read_bytes() for name in EDITS}
    for name, more in EDITS.items():
        (project / name).write_bytes(before[name] + more.encode())
    yield
    for name, content in before.items():
        (project / name).write_bytes(content)


def all_cached(command: Command, arguments: list[str]) -> bool:
    status, out, err = command.run([*arguments, "--plan", "--json"])
    assert (status, err) == (0, ""), err
    return set(json.loads(out)["counts"]) == {"cached"}


@pytest.mark.slow
@pytest.mark.parametrize("runner", ["threads", "processes", "dask"])
def test_an_edit_during_a_run_neither_runs_nor_is_recorded(copied: Command, runner: str) -> None:
    arguments = [*PAIR, "--runner", runner]
    running = copied.start(arguments)
    wait_for(lambda: copied.epochs_done() >= 20 or running.poll() is not None)
    with edited(copied.project):
        out, err = running.communicate()
        assert (running.returncode, err) == (0, ""), out + err
    assert "edited" not in (copied.folder / "artifacts" / "latest" / "report.html").read_text()
    assert all_cached(copied, arguments)


@pytest.mark.slow
@pytest.mark.parametrize(("runner", "known_by"), [("processes", "tasks.run.bodies"), ("dask", "spawn_main")])
def test_a_worker_that_starts_after_an_edit_refuses(
    copied: Command, undrawn: None, runner: str, known_by: str
) -> None:
    """The next run is one of the checkout, whose code is that of the copy again."""
    arguments = [*PAIR, "--runner", runner]
    running = copied.start(arguments)
    wait_for(lambda: copied.epochs_done() >= 20 or running.poll() is not None)
    with edited(copied.project):
        workers = [
            process
            for process in psutil.Process(running.pid).children(recursive=True)
            if known_by in " ".join(process.cmdline())
        ]
        assert len(workers) == 2
        for worker in workers:
            worker.send_signal(signal.SIGKILL)
        out, err = running.communicate()
    assert (running.returncode, err) == (1, ""), out + err
    assert OTHER_CODE in out
    assert ran([*PAIR, *copied.folders])["report"] == 1


@pytest.mark.slow
def test_a_process_that_runs_two_studies_refuses_the_second_after_an_edit(copied: Command) -> None:
    environment = {**os.environ, "PYTHONPATH": str(copied.project), **copied.server}
    done = subprocess.run(
        [sys.executable, "-c", TWO_STUDIES, str(copied.project)],
        cwd=copied.folder,
        env={**environment, "PREFECT_HOME": str(copied.home)},
        capture_output=True,
        text=True,
    )
    assert done.stderr == ""
    for said in ("first 0", "after a comment 0", "after an edit 1", "taken back 0"):
        assert said in done.stdout.splitlines(), done.stdout
    refusal = "denoising/figures/spectra.py changed since this process began; start it again to go on"
    assert refusal in done.stdout.splitlines(), done.stdout


@pytest.mark.slow
def test_small_edits_are_told_in_a_plan(done: Sweeps, copied: Command) -> None:
    """Of a study that the checkout has run in the same folders."""
    arguments = [*SMALL, "--channels", "4"]
    assert all_cached(copied, arguments)
    style = copied.project / "denoising/report/report.css"
    style.write_text(style.read_text() + "p { color: red }")
    status, out, _ = copied.run([*arguments, "--plan", "--json"])
    steps = [step for step in json.loads(out)["steps"] if step["status"] != "cached"]
    assert status == 0
    assert [(step["stage"], step["why"]) for step in steps] == [
        ("report", ["denoising/report/report.css changed"])
    ]
