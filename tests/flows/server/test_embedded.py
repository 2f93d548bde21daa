"""The command as people run it, on an embedded server: a first run, a clean end, Ctrl-C, kill -9."""

import os
import shutil
import signal
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.flows.commands import FINAL, IN_TURN, LONG, SMALL, Command, wait_for
from tests.flows.sweeps import RUNS, STEPS, ran


@pytest.fixture
def command(tmp_path: Path) -> Iterator[Command]:
    made = Command(tmp_path)
    yield made
    for process in made.processes():
        process.kill()


@pytest.fixture
def not_the_first(command: Command, migrated: Path) -> None:
    """A server has run in the command's Prefect home before."""
    shutil.copytree(migrated, command.home)


@pytest.mark.slow
def test_a_first_run_needs_nothing_and_a_second_takes_all_from_the_cache(command: Command) -> None:
    command.default = True
    status, out, err = command.run(SMALL)
    assert (status, err) == (0, "")
    lines = out.splitlines()
    assert lines[0].startswith("first run: preparing the Prefect database")
    assert lines[1].endswith(": 4 cells, 2 at once")
    assert "[4/4] trained" in out
    report = Path(lines[-1].removeprefix("report: "))
    assert report.is_file()
    assert report.is_relative_to(command.folder)
    assert command.processes() == []
    ended = f"select count(*) from task_run where state_type in {FINAL}"
    assert command.count("select count(*) from task_run") == command.count(ended) == RUNS
    assert command.count("select count(*) from flow_run where state_type = 'COMPLETED'") == 1

    status, out, err = command.run(SMALL)
    assert (status, err) == (0, "")
    assert out.splitlines()[0].endswith(f": nothing to do, all {STEPS} steps are cached")
    assert out.splitlines()[1] == lines[-1]
    assert command.count(ended) == RUNS, "no server was started for that"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("runner", "number", "line"),
    [
        ("threads", signal.SIGINT, "interrupted"),
        ("processes", signal.SIGINT, "interrupted"),
        ("dask", signal.SIGINT, "interrupted"),
        ("threads", signal.SIGTERM, "ended by SIGTERM"),
        ("processes", signal.SIGTERM, "ended by SIGTERM"),
        ("threads", signal.SIGHUP, "ended because its terminal is gone (SIGHUP)"),
    ],
)
def test_a_signal_stops_everything_and_the_next_run_goes_on(
    command: Command,
    not_the_first: None,
    server: None,
    undrawn: None,
    runner: str,
    number: signal.Signals,
    line: str,
) -> None:
    """The next run is begun in this process, on the server of the tests."""
    process = command.start([*IN_TURN, "--runner", runner])
    trained = command.folder / "artifacts" / "records" / "train"
    wait_for(lambda: list(trained.glob("*/*")) or process.poll() is not None)
    os.killpg(process.pid, number)
    _, err = process.communicate()
    assert process.returncode == 128 + number
    assert err == f"{line}: run the same command again to go on from what is done\n"
    assert command.processes() == []
    assert not any((command.folder / "artifacts" / "runs").iterdir())
    assert not any((command.folder / "artifacts" / "locks").iterdir())
    assert command.count("select count(*) from flow_run where state_type in ('CRASHED', 'FAILED')") == 1
    assert command.count("select count(*) from task_run where name like 'train%' and run_count > 1") == 0

    done = len(list(trained.parent.glob("*/*/*")))
    assert 1 <= len(list(trained.glob("*/*"))) < 4
    assert sum(ran([*IN_TURN, *command.folders]).values()) == RUNS - done
    assert len(list(trained.glob("*/*"))) == 4


@pytest.mark.slow
@pytest.mark.parametrize("runner", ["threads", "processes"])
def test_a_run_whose_server_is_killed_ends_in_a_line_and_keeps_what_is_done(
    command: Command, not_the_first: None, runner: str
) -> None:
    process = command.start([*IN_TURN, "--runner", runner])
    trained = command.folder / "artifacts" / "records" / "train"
    wait_for(lambda: list(trained.glob("*/*")) or process.poll() is not None)
    [server] = [p for p in command.processes() if "flows.server.embedded" in p.cmdline()]
    server.kill()
    _, err = process.communicate()
    assert process.returncode == 1
    [line] = err.splitlines()
    assert line.startswith("sweep.py: the Prefect server at http://127.0.0.1:")
    assert line.endswith("is gone; what is done is kept, and the same command goes on from there")
    assert command.processes() == []
    assert not any((command.folder / "artifacts" / "runs").iterdir())
    assert not any((command.folder / "artifacts" / "locks").iterdir())
    status, _, err = command.run(IN_TURN)
    assert (status, err) == (0, "")


@pytest.mark.slow
@pytest.mark.parametrize("runner", ["processes", "dask"])
def test_there_is_one_server_and_no_process_outlives_a_command_that_is_killed(
    command: Command, not_the_first: None, runner: str
) -> None:
    process = command.start([*LONG, "--runner", runner])
    wait_for(lambda: command.epochs_done() >= 1000 or process.poll() is not None)
    servers = [p for p in command.processes() if {"flows.server.embedded", "uvicorn"} & set(p.cmdline())]
    assert len(servers) == 1, "one server however many workers"
    process.kill()
    process.communicate()
    wait_for(lambda: command.processes() == [])


def damage(path: Path) -> None:
    path.write_bytes(b"no database" * 1000)


def make_newer(path: Path) -> None:
    """Leave the database as a newer Prefect does: of a revision that this one does not know."""
    with sqlite3.connect(path) as database:
        database.execute("create table alembic_version (version_num varchar(32) primary key)")
        database.execute("insert into alembic_version values ('ffffffffffff')")
    database.close()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("spoil", "reason", "remedy"),
    [
        (damage, "DatabaseError: file is not a database", "that file is damaged"),
        (make_newer, "CommandError: Can't locate revision identified by 'ffffffffffff'", "a newer Prefect"),
    ],
)
def test_a_server_that_cannot_start_is_told_with_its_reason_and_nothing_is_written(
    command: Command, spoil: Callable[[Path], None], reason: str, remedy: str
) -> None:
    command.home.mkdir()
    spoil(command.home / "prefect.db")
    status, out, err = command.run(SMALL)
    assert status == 1
    assert out.endswith(": 4 cells, 2 at once\n")
    assert err.startswith(
        f"sweep.py: the embedded Prefect server ended ({reason}); its database is {command.home}/prefect.db: "
        f"{remedy}"
    )
    assert err.count("\n") == 1
    assert command.processes() == []
    assert {path.name for path in command.folder.iterdir()} == {"home"}
