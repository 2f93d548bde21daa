"""The command as people run it, on an embedded server: a first run, a clean end, Ctrl-C, kill -9."""

import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from flows.settings import PROJECT
from tasks.run import Run

SMALL = [
    "--preset", "quick", "--depths", "2", "3", "--alphas", "0.1", "0.3", "--epochs", "2",
    "--n-signals", "20", "--n-test", "10", "--signal-length", "32", "--workers", "2",
]  # fmt: skip
LONG = [*SMALL[:-2], "--workers", "2", "--epochs", "100000"]
IN_TURN = [*SMALL[:-2], "--workers", "1", "--epochs", "1000"]
FINAL = ("COMPLETED", "FAILED", "CRASHED", "CANCELLED")
PATIENCE = 300.0  # seconds after which a wait is taken to be in vain


class Command:
    """Runs the command over folders and a Prefect home of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.home = folder / "home"
        self.folders = ["--data-dir", str(folder / "data"), "--artifacts-dir", str(folder / "artifacts")]

    def start(self, arguments: list[str]) -> subprocess.Popen[str]:
        """Start the command as a process group, as a shell does."""
        environment = {name: value for name, value in os.environ.items() if not name.startswith("PREFECT_")}
        return subprocess.Popen(
            [sys.executable, str(PROJECT / "flows" / "sweep.py"), *arguments, *self.folders],
            env={**environment, "PREFECT_HOME": str(self.home)},
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
        progress = [run.running() for run in map(Run, (self.folder / "artifacts" / "runs").glob("*"))]
        return min((p.epoch for running in progress if len(running) == 2 for p in running), default=0)

    def count(self, query: str) -> int:
        """The number that a query of the server's database gives."""
        with sqlite3.connect(self.home / "prefect.db") as database:
            number: int = database.execute(query).fetchone()[0]
        database.close()
        return number


def home_of(process: psutil.Process) -> str | None:
    try:
        return process.environ().get("PREFECT_HOME")
    except psutil.Error:
        return None


def wait_for(condition: Callable[[], object]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.1)


@pytest.fixture
def command(tmp_path: Path) -> Iterator[Command]:
    made = Command(tmp_path)
    yield made
    for process in made.processes():
        process.kill()


def test_a_first_run_needs_nothing_and_a_second_takes_all_from_the_cache(command: Command) -> None:
    status, out, err = command.run(SMALL)
    assert (status, err) == (0, "")
    lines = out.splitlines()
    assert lines[0].endswith(": 4 cells, 2 at once")
    assert lines[1].startswith("first run: preparing the Prefect database")
    assert "[4/4] trained" in out
    report = Path(lines[-1].removeprefix("report: "))
    assert report.is_file()
    assert report.is_relative_to(command.folder)
    assert command.processes() == []
    ended = f"select count(*) from task_run where state_type in {FINAL}"
    assert command.count("select count(*) from task_run") == command.count(ended) == 14
    assert command.count("select count(*) from flow_run where state_type = 'COMPLETED'") == 1

    status, out, err = command.run(SMALL)
    assert (status, err) == (0, "")
    assert "first run" not in out
    assert "[4/4] from the cache" in out
    assert command.count("select count(*) from task_run where state_name = 'Cached'") == 13
    assert command.count(ended) == 28


@pytest.mark.parametrize("runner", ["threads", "processes"])
def test_ctrl_c_stops_everything_and_the_next_run_goes_on(command: Command, runner: str) -> None:
    process = command.start([*IN_TURN, "--runner", runner])
    trained = command.folder / "artifacts" / "records" / "train"
    wait_for(lambda: list(trained.glob("*/*")) or process.poll() is not None)
    os.killpg(process.pid, signal.SIGINT)
    _, err = process.communicate()
    assert process.returncode == 130
    assert err == "interrupted: run the same command again to go on from what is done\n"
    assert command.processes() == []
    assert not (command.folder / "artifacts" / "runs").exists()
    assert command.count("select count(*) from flow_run where state_type in ('CRASHED', 'FAILED')") == 1
    assert command.count("select count(*) from task_run where name like 'train%' and run_count > 1") == 0

    done = len(list(trained.glob("*/*")))
    assert 1 <= done < 4
    status, _, err = command.run(IN_TURN)
    assert (status, err) == (0, "")
    assert command.count("select count(*) from task_run where state_name = 'Cached'") == 4 + done
    assert len(list(trained.glob("*/*"))) == 4


@pytest.mark.parametrize("runner", ["threads", "processes"])
def test_there_is_one_server_and_no_process_outlives_a_command_that_is_killed(
    command: Command, runner: str
) -> None:
    process = command.start([*LONG, "--runner", runner])
    wait_for(lambda: command.epochs_done() >= 1000 or process.poll() is not None)
    servers = [p for p in command.processes() if {"flows.server", "uvicorn"} & set(p.cmdline())]
    assert len(servers) == 1, "one server however many workers"
    process.kill()
    process.communicate()
    wait_for(lambda: command.processes() == [])


def test_a_server_that_cannot_start_is_told_with_its_reason_and_nothing_is_written(command: Command) -> None:
    command.home.mkdir()
    (command.home / "prefect.db").write_bytes(b"no database" * 1000)
    status, out, err = command.run(SMALL)
    assert status == 1
    assert out.endswith(": 4 cells, 2 at once\n")
    assert err.startswith(f"sweep.py: the embedded Prefect server ended; its database is in {command.home}\n")
    assert "file is not a database" in err
    assert "Traceback" not in err
    assert command.processes() == []
    assert {path.name for path in command.folder.iterdir()} == {"home"}
