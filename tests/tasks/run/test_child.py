"""Real processes beside this one: what they are told, what they say, and how they end."""

import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from flows.settings.study_settings import PROJECT
from tasks.run.child import Child, KilledError
from tests.flows.commands import wait_for
from tests.tasks.run.beside import echo, idle

UNGUARDED = """
import time
from tests.tasks.run.beside import {does}
from tasks.run.child import Child

print("begun", flush=True)
child = Child({does})
print(child.receive(), flush=True)
time.sleep(600)
"""


@contextlib.contextmanager
def ended(child: Child) -> Iterator[Child]:
    yield child
    child.end()
    assert child.process.returncode is not None


def test_a_process_answers_until_it_is_killed_and_does_not_hear_the_terminal() -> None:
    with ended(Child(echo)) as child:
        for sent in (signal.SIGINT, signal.SIGHUP):
            child.process.send_signal(sent)
            child.send(["a", 1])
            assert child.receive() == ["a", 1]
        with pytest.raises(TimeoutError):
            child.receive(0.01)
        child.process.kill()
        with pytest.raises(KilledError):
            child.receive()
        with pytest.raises(KilledError):
            child.send("are you there?")


def test_one_that_is_stopped_is_killed_when_its_time_is_over() -> None:
    with ended(Child(idle)) as child:
        child.process.send_signal(signal.SIGSTOP)
        child.end(0.01)
        assert child.process.returncode == -signal.SIGKILL


@pytest.mark.parametrize(("how", "does"), [("file", "idle"), ("-", "idle"), ("-c", "idle"), ("-c", "stuck")])
def test_the_program_that_starts_it_does_not_run_again_and_takes_it_along_when_killed(
    how: str, does: str, tmp_path: Path
) -> None:
    script, program_text = tmp_path / "unguarded.py", UNGUARDED.format(does=does)
    script.write_text(program_text)
    arguments = {"file": [str(script)], "-": ["-"], "-c": ["-c", program_text]}[how]
    environment = {**os.environ, "PYTHONPATH": str(PROJECT)}
    with (
        script.open() as text,
        subprocess.Popen(
            [sys.executable, *arguments], env=environment, stdin=text, stdout=subprocess.PIPE, text=True
        ) as program,
    ):
        assert program.stdout is not None
        assert program.stdout.readline() == "begun\n"
        child = int(program.stdout.readline())
        program.kill()
        wait_for(lambda: not psutil.pid_exists(child))
        assert program.stdout.read() == ""
