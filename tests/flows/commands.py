"""The command as people start it, in a process group of its own, and what can be seen of it from outside."""

import os
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import psutil

from flows.settings.study_settings import PROJECT
from tasks.run.progress import Run

OPTIONS = {
    "preset": "quick", "depths": "2 3", "alphas": "0.1 0.3", "epochs": 2, "n-signals": 20, "n-test": 10,
    "signal-length": 32, "workers": 2,
}  # fmt: skip


def small_sweep(**changes: object) -> list[str]:
    """The command line of a small sweep, of which some options may have other values."""
    options = {**OPTIONS, **changes}
    return [word for name, value in options.items() for word in (f"--{name}", *str(value).split())]


def with_runner(arguments: list[str], runner: str = "threads") -> list[str]:
    """A command line of the sweep that names a runner: processes, the default, take seconds to start."""
    return arguments if "--runner" in arguments else [*arguments, "--runner", runner]


SMALL = small_sweep()
LONGER = small_sweep(epochs=4000)  # so long that both its workers are seen in their first cells
PAIR = small_sweep(epochs=4000, alphas=0.1)  # of no other cells
LONG = small_sweep(epochs=100_000)
IN_TURN = small_sweep(epochs=1000, workers=1)
FINAL = ("COMPLETED", "FAILED", "CRASHED", "CANCELLED")
PATIENCE = 300.0  # seconds after which a wait is taken to be in vain


class Command:
    """Runs a command over folders and a Prefect home of its own, on the server at `url` if one is given.

    It is that of the checkout, or of a copy of the project; unless another is named, the sweep. That runs in
    threads, unless it is told otherwise or left at its default.
    """

    def __init__(
        self,
        folder: Path,
        url: str | None = None,
        project: Path = PROJECT,
        name: str = "sweep.py",
        default: bool = False,
    ) -> None:
        self.name = name
        self.default = default
        self.folder = folder
        self.project = project
        self.home = folder / "home"
        self.server = {"PREFECT_API_URL": url} if url else {}
        self.folders = ["--data-dir", str(folder / "data"), "--artifacts-dir", str(folder / "artifacts")]

    def start(self, arguments: list[str]) -> subprocess.Popen[str]:
        """Start the command as a process group, as a shell does."""
        environment = {name: value for name, value in os.environ.items() if not name.startswith("PREFECT_")}
        words = arguments if self.default or self.name != "sweep.py" else with_runner(arguments)
        return subprocess.Popen(
            [sys.executable, str(self.project / "flows" / self.name), *words, *self.folders],
            env={**environment, **self.server, "PREFECT_HOME": str(self.home)},
            cwd=self.folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            process_group=0,
        )

    def run(self, arguments: list[str]) -> tuple[int, str, str]:
        process = self.start(arguments)
        out, err = process.communicate()
        return process.returncode, out, err

    def processes(self) -> list[psutil.Process]:
        """Every process that works for this command, the server included."""
        return [process for process in psutil.process_iter() if home_of(process) == str(self.home)]

    def epochs_done(self) -> int:
        """How many epochs every one of two running trainings has done."""
        return epochs_done(self.folder / "artifacts")

    def count(self, query: str) -> int:
        """The number that a query of the server's database gives."""
        with sqlite3.connect(self.home / "prefect.db") as database:
            number: int = database.execute(query).fetchone()[0]
        database.close()
        return number


def epochs_done(artifacts: Path) -> int:
    """How many epochs every one of two running trainings has done, of a run with these artifacts."""
    progress = [run.running() for run in map(Run, (artifacts / "runs").glob("*"))]
    return min((p.epoch for running in progress if len(running) == 2 for p in running), default=0)


def home_of(process: psutil.Process) -> str | None:
    try:
        return process.environ().get("PREFECT_HOME")
    except psutil.Error:
        return None


def wait_for(condition: Callable[[], object], every: float = 0.1) -> None:
    """Wait until a condition holds; look after every so many seconds."""
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(every)
