"""A command among other processes: it outlives its reader, and a signal ends it in good order."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from flows.settings.study_settings import PROJECT

BEGIN = """
import os, signal, sys, time
from pathlib import Path
from flows.terminal.process import command_line, take_over
take_over()
"""
COMMANDS = sorted(path for path in (PROJECT / "flows").glob("*.py") if "command_line" in path.read_text())
INTERRUPT = """
import os, signal, sys
class Interrupting:
    def find_spec(self, name, *_):
        if name == "pydantic":
            os.kill(os.getpid(), signal.SIGINT)
sys.meta_path.insert(0, Interrupting())
"""


def start(body: str, folder: Path, before: str = "", **how: object) -> "subprocess.Popen[str]":
    """Start a command whose main function has this body, after what a shell does before."""
    lines = "\n".join(f"    {line}" for line in body.splitlines())
    program = f"{BEGIN}\ndef main(arguments):\n{lines}\n    return 0\ncommand_line(main)\n"
    environment = {**os.environ, "PYTHONPATH": str(PROJECT), **how.pop("env", {})}  # type: ignore[dict-item]
    shell = ["sh", "-c", f'{before} exec "$0" "$@"', sys.executable, "-c", program]
    return subprocess.Popen(
        shell, cwd=folder, env=environment, text=True, stderr=subprocess.PIPE, **how  # type: ignore[call-overload]
    )  # fmt: skip


def end(process: "subprocess.Popen[str]") -> tuple[int, str, str]:
    out, err = process.communicate()
    return process.returncode, out, err


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "utf-8"])
def test_every_character_can_be_said(encoding: str, tmp_path: Path) -> None:
    said = start(
        r"print('depth – 8 \udcff 信号')",
        tmp_path,
        stdout=subprocess.PIPE,
        env={"PYTHONIOENCODING": encoding},
    )
    status, out, err = end(said)
    assert (status, err) == (0, "")
    assert out.startswith("depth ")


def test_a_reader_that_goes_away_costs_nothing_but_what_is_said(tmp_path: Path) -> None:
    body = "for n in range(20_000):\n    print(n, flush=True)\nPath('done').touch()"
    reader, writer = os.pipe()
    process = start(body, tmp_path, stdout=writer)
    os.close(writer)
    os.read(reader, 10)
    os.close(reader)
    assert end(process) == (0, None, "")
    assert (tmp_path / "done").exists()


def test_what_a_command_that_fails_has_said_is_not_lost(tmp_path: Path) -> None:
    process = start("print('what was found')\nreturn 1", tmp_path, stdout=subprocess.PIPE)
    assert end(process) == (1, "what was found\n", "")


def test_a_slow_reader_of_a_pipe_that_does_not_wait_gets_all(tmp_path: Path) -> None:
    reader, writer = os.pipe()
    os.set_blocking(writer, False)
    process = start("print('x' * 1_000_000)", tmp_path, stdout=writer)
    os.close(writer)
    time.sleep(0.2)
    with os.fdopen(reader) as said:
        assert said.read() == "x" * 1_000_000 + "\n"
    assert end(process) == (0, None, "")


def test_what_a_full_disk_cannot_take_is_told(tmp_path: Path) -> None:
    status, _, err = end(start("print('the plan')", tmp_path, "exec >/dev/full;"))
    assert status == 1
    assert err == "-c: what it said is not complete (No space left on device)\n"


def test_a_machine_without_open_files_is_told_in_a_line(tmp_path: Path) -> None:
    status, _, err = end(start("raise OSError(24, os.strerror(24), 'a file')", tmp_path))
    assert status == 1
    assert err.startswith("-c: OSError: [Errno 24] Too many open files: 'a file'; allow more open files")
    assert err.count("\n") == 1


def test_files_do_not_take_the_place_of_streams_that_are_closed(tmp_path: Path) -> None:
    body = "with open('file', 'w') as file:\n    print('to the terminal', flush=True)\n    file.write('own')"
    assert end(start(body, tmp_path, "exec <&- >&- 2>&-;"))[0] == 0
    assert (tmp_path / "file").read_text() == "own"


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_a_command_in_good_order_and_in_a_line(number: signal.Signals, tmp_path: Path) -> None:
    body = "try:\n    print('up', flush=True)\n    time.sleep(600)\nfinally:\n    Path('ended').touch()"
    process = start(body, tmp_path, stdout=subprocess.PIPE)
    assert process.stdout is not None
    process.stdout.readline()
    process.send_signal(number)
    status, _, err = end(process)
    assert status == 128 + number
    assert err.count("\n") == 1
    assert err.endswith(": run the same command again to go on from what is done\n")
    assert (tmp_path / "ended").exists()


def test_a_signal_ends_a_command_though_a_thread_of_a_library_does_not_end(tmp_path: Path) -> None:
    body = "import threading\nthreading.Thread(target=threading.Event().wait).start()\n"
    body += "print('said')\nprint('and begun', end='', file=sys.stderr)\nos.kill(os.getpid(), signal.SIGTERM)"
    status, out, err = end(start(body, tmp_path, stdout=subprocess.PIPE))
    told = "ended by SIGTERM: run the same command again to go on from what is done\n"
    assert (status, out, err) == (143, "said\n", f"{told}and begun")


def test_a_signal_that_a_library_takes_for_an_error_of_its_own_is_told_all_the_same(tmp_path: Path) -> None:
    body = "try:\n    os.kill(os.getpid(), signal.SIGINT)\n    time.sleep(600)\n"
    body += "except BaseException as error:\n    raise ValueError('a setting cannot be read') from error"
    status, _, err = end(start(body, tmp_path))
    assert (status, err) == (130, "interrupted: run the same command again to go on from what is done\n")


def test_a_signal_that_python_drops_is_raised_before_a_run_begins(tmp_path: Path) -> None:
    body = "import weakref\nfrom flows.terminal.process import go_on\nheld = set()\n"
    body += "seen = weakref.ref(held, lambda _: os.kill(os.getpid(), signal.SIGTERM))\ndel held\n"
    body += "print('dropped', flush=True)\ngo_on()\nprint('begun')"
    status, out, err = end(start(body, tmp_path, stdout=subprocess.PIPE))
    told = "ended by SIGTERM: run the same command again to go on from what is done\n"
    assert (status, out, err) == (143, "dropped\n", told)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_later_signal_ends_a_command_whose_end_takes_long(number: signal.Signals, tmp_path: Path) -> None:
    body = "try:\n    print('up', flush=True)\n    time.sleep(600)"
    slow_end = "finally:\n    print('ending', flush=True)\n    time.sleep(600)"
    process = start(f"{body}\n{slow_end}", tmp_path, stdout=subprocess.PIPE)
    assert process.stdout is not None
    process.stdout.readline()
    process.send_signal(signal.SIGINT)
    process.stdout.readline()
    time.sleep(1.1)  # sooner, it would count as the same, sent to the process and to its group
    process.send_signal(number)
    status, _, err = end(process)
    assert status == 128 + number
    assert err.count("\n") == 1


def test_a_command_that_is_to_outlive_its_terminal_does(tmp_path: Path) -> None:
    body = "os.kill(os.getpid(), signal.SIGHUP)\ntime.sleep(0.1)"
    assert end(start(body, tmp_path, "trap '' HUP;"))[0] == 0


@pytest.mark.parametrize("command", COMMANDS, ids=lambda path: path.stem)
def test_ctrl_c_while_modules_are_imported_is_told_in_a_line(command: Path, tmp_path: Path) -> None:
    (tmp_path / "sitecustomize.py").write_text(INTERRUPT)
    done = subprocess.run(
        [sys.executable, command],
        env={**os.environ, "PYTHONPATH": str(tmp_path)}, capture_output=True, text=True,
    )  # fmt: skip
    assert (done.returncode, done.stdout) == (130, "")
    assert done.stderr == "interrupted: run the same command again to go on from what is done\n"
