"""The parts and shares of a run that is known second by second."""

import subprocess
import sys

import pytest

import benchmarks.overhead
from benchmarks.noted import Body, Notes
from benchmarks.overhead import parts_of
from flows.settings.study_settings import PROJECT

SMALL = "--preset quick --depths 2 --alphas 0.1 --epochs 2 --n-signals 20 --n-test 10 --signal-length 32"


def test_parts_add_up_and_shares_are_of_the_cores(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(benchmarks.overhead, "CORES", 4)
    bodies = [
        Body("generate", 3, 4, cpu_seconds=1, idle_before=9, idle_after=12),
        Body("train", 5, 15, cpu_seconds=9, idle_before=15, idle_after=36),
        Body("train", 5, 10, cpu_seconds=4, idle_before=15, idle_after=25),
        Body("evaluate", 10, 20, cpu_seconds=8, idle_before=25, idle_after=50),  # half of it counts
        Body("report", 20, 22, cpu_seconds=2, idle_before=50, idle_after=56),
    ]
    parts = list(parts_of(Notes(1, 2, bodies, 23), workers=2).values())
    assert parts[:6] == [1, 3, 10, 5, 2, 1]
    assert sum(parts[:6]) == 23 - 1
    # Of 2 x 10 core-seconds bodies had 9 + 4 + 8 / 2; beside 2 cores without a worker, 1 was idle.
    assert parts[6:] == pytest.approx([15, 5, 10, 0])


@pytest.mark.slow
def test_a_real_sweep_is_noted_on_a_running_server() -> None:
    command = [sys.executable, "-m", "benchmarks", "overhead", "1", *SMALL.split()]
    done = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    seconds = [float(line.split("|")[2].split()[0]) for line in done.stdout.splitlines() if " s |" in line]
    assert len(seconds) == 6
    assert min(seconds) > 0
