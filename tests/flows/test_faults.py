"""Real faults: kills, a full disk, too little time, a second sweep at the same time."""

import random
import resource
import shutil
import signal
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

import denoising.networks.training
from denoising.networks.training import Training
from flows.settings.study_settings import store_of
from tests.flows.commands import PAIR, SMALL, Command, small_sweep, wait_for
from tests.flows.kills import torture
from tests.flows.sweeps import LEVEL, STEPS, Sweeps, ran
from tests.flows.told import flow_runs, log_lines, task_states


@pytest.mark.slow
def test_killed_sweeps_end_like_one_that_was_left_alone(tmp_path: Path, url: str) -> None:
    tally = torture(tmp_path, 6, random.Random(), url)
    assert tally.kills >= 6
    assert tally.resumed > 0, "no training had to go on from a checkpoint"
    assert tally.found_done > 0


@pytest.mark.slow
def test_two_sweeps_at_the_same_time_train_a_cell_once_and_both_end_well(command: Command) -> None:
    """The second comes to the cells that the first, which is halted meanwhile, has begun."""
    sweep = small_sweep(epochs=1000)
    first = command.start(sweep)
    wait_for(lambda: command.epochs_done() >= 20 or first.poll() is not None)
    first.send_signal(signal.SIGSTOP)
    second = command.start(sweep)
    wait_for(lambda: task_states(flow_runs(command)[1:])["train", "Running"] > 0 or second.poll() is not None)
    first.send_signal(signal.SIGCONT)
    for process in (first, second):
        out, err = process.communicate()
        assert (process.returncode, err) == (0, ""), out + err
        assert "test MSE" in out
        assert out.splitlines()[-1].startswith("report: ")
    runs = flow_runs(command)
    assert len(runs) == 2
    said = Counter(log_lines(runs))
    assert sum(n for line, n in said.items() if line.startswith("epoch 1000 of 1000")) == 4
    adopted = said["another run has finished this meanwhile"]
    cached = sum(n for (_, state), n in task_states(runs).items() if state == "Cached")
    assert adopted + cached == STEPS, "all was made by one of the two and taken over by the other"
    assert adopted > 0
    assert list((command.folder / "artifacts" / "locks").iterdir()) == []


@pytest.mark.slow
def test_a_killed_process_costs_an_attempt_at_its_cell_and_nothing_else(command: Command) -> None:
    running = command.start([*PAIR, "--runner", "processes", "--checkpoint-seconds", "0.1"])
    wait_for(lambda: command.epochs_done() >= 100 or running.poll() is not None)
    workers = [
        p for p in psutil.Process(running.pid).children() if "tasks.run.bodies" in " ".join(p.cmdline())
    ]
    assert len(workers) == 2
    workers[0].send_signal(signal.SIGKILL)
    out, err = running.communicate()
    assert (running.returncode, err) == (0, ""), out + err
    [run] = flow_runs(command)
    assert task_states([run])["train", "Completed"] == 2
    said = log_lines([run])
    assert sum("the process it ran in was killed" in line for line in said) == 1
    assert sum(line.startswith("goes on after epoch") for line in said) == 1
    assert command.processes() == []


@pytest.mark.slow
def test_a_full_disk_is_told_and_the_rest_goes_on_after_it_is_mended(command: Command, undrawn: None) -> None:
    """As if the disk had no room for more: no file may be longer than some bytes."""
    status, out, err = run_with_short_files(command, 8_000)
    assert status == 1
    reason = "4 of 4 cells failed: depth=3 alpha=0.1 seed=0 and 3 more: OSError: [Errno 27] File too large"
    assert out.splitlines()[-1].startswith(reason)
    assert "Traceback" not in out + err
    assert list(command.folder.rglob("*.draft")) == []
    assert ran([*SMALL, *command.folders])["train"] == 4


@pytest.mark.slow
@pytest.mark.parametrize("lost", ["artifacts", "data"])
def test_a_run_whose_folder_is_moved_away_ends_in_a_line_and_goes_on_when_it_is_back(
    command: Command, undrawn: None, lost: str
) -> None:
    running = command.start([*PAIR, "--checkpoint-seconds", "0.1"])
    wait_for(lambda: command.epochs_done() >= 100 or running.poll() is not None)
    (command.folder / lost).rename(command.folder / "away")
    out, err = running.communicate()
    assert (running.returncode, err) == (1, ""), out + err
    last = out.splitlines()[-1]
    assert str(command.folder / lost) in last
    assert "run the same again" in last
    assert "Traceback" not in out
    shutil.copytree(command.folder / "away", command.folder / lost, symlinks=True, dirs_exist_ok=True)
    assert ran([*PAIR, *command.folders])["report"] == 1
    [_, again] = flow_runs(command)
    assert lost == "data" or any(line.startswith("goes on after epoch") for line in log_lines([again]))


@pytest.mark.slow
def test_a_run_that_may_not_write_any_more_ends_in_a_line(command: Command) -> None:
    """As after a `chmod`; root may write all the same, so a file takes the place of the folder."""
    running = command.start(PAIR)
    wait_for(lambda: command.epochs_done() >= 100 or running.poll() is not None)
    records = command.folder / "artifacts" / "records"
    records.rename(command.folder / "away")
    records.touch()
    out, err = running.communicate()
    assert (running.returncode, err) == (1, ""), out + err
    assert str(records) in out.splitlines()[-1]
    assert "Traceback" not in out
    status, _, err = command.run(PAIR)
    assert (status, err) == (
        2,
        f"sweep.py: artifacts_dir {records.parent}: {records}: it is no folder; move it away\n",
    )


def run_with_short_files(command: Command, most: int) -> tuple[int, str, str]:
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (most, before[1]))
    try:
        process = command.start(SMALL)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    out, err = process.communicate()
    return process.returncode, out, err


class Clock:
    """A clock that goes on by some seconds whenever it is read."""

    def __init__(self) -> None:
        self.now = 0.0
        self.step = 0.0

    def monotonic(self) -> float:
        self.now += self.step
        return self.now


@pytest.fixture
def epochs_done(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The depth of every epoch that was done; a step takes a second at depth 3, and no time at others."""
    clock, done = Clock(), []
    run = Training.run

    def timed_run(training: Training, *arguments: Any) -> Iterator[Any]:
        clock.step = 1.0 if len(training.network.encoder) == 3 else 0.0
        for epoch in run(training, *arguments):
            done.append(len(training.network.encoder))
            yield epoch

    monkeypatch.setattr(denoising.networks.training, "time", clock)
    monkeypatch.setattr(Training, "run", timed_run)
    return done


@pytest.mark.slow
def test_a_cell_past_its_time_limit_fails_with_that_reason_and_goes_on_from_there(
    sweeps: Sweeps, undrawn: None, epochs_done: list[int]
) -> None:
    changes = {"alphas": [0.1], "epochs": 50, "checkpoint_seconds": 0.0, "time_limit": 10.0, "workers": 1}
    state = sweeps.run(**changes)
    assert state.message == (
        "1 of 2 cells failed: depth=3 alpha=0.1 seed=0: TimeLimitError: in epoch 30 of 50 after 10 seconds, "
        "its time_limit; run again to go on from there, or raise the limit"
    )
    assert Counter(epochs_done) == {3: 30, 2: 50}, "three attempts, and the other cell goes on"
    assert sweeps.ran(**changes) == {"train": 1, "evaluate": 1, "report": 1, "publish": 1}
    assert Counter(epochs_done) == {3: 50, 2: 50}, "no epoch is done twice"

    disturbed = weights(sweeps)
    assert sweeps.ran(**{**changes, "time_limit": 1e9, "refresh": ["train"]})["train"] == 2
    assert weights(sweeps) == disturbed


def weights(sweeps: Sweeps) -> dict[str, bytes]:
    """The last weights of every cell."""
    found = store_of(sweeps.read()).artifacts.glob("cells/*/train-*/last.safetensors")
    return {path.parts[-3]: path.read_bytes() for path in found}


@pytest.mark.slow
def test_a_cell_that_ran_out_of_memory_is_tried_again(
    sweeps: Sweeps, undrawn: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    measure, attempts = Training.measure, []

    def measure_once_without_memory(training: Training, *arguments: Any) -> float:
        attempts.append(training)
        if len(attempts) == 1:
            raise RuntimeError(
                "[enforce fail at alloc_cpu.cpp:121] DefaultCPUAllocator: can't allocate memory"
            )
        return measure(training, *arguments)

    monkeypatch.setattr(Training, "measure", measure_once_without_memory)
    assert sweeps.ran(alphas=[0.1]) == LEVEL | {"train": 2, "evaluate": 2, "report": 1, "publish": 1}


@pytest.mark.slow
def test_a_cell_that_never_has_enough_memory_fails_with_a_remedy(
    sweeps: Sweeps, undrawn: None, break_training: Callable[[int, Exception], list[int]]
) -> None:
    begun = break_training(3, MemoryError("no room"))
    state = sweeps.run(alphas=[0.1])
    assert state.message == (
        "1 of 2 cells failed: depth=3 alpha=0.1 seed=0: OutOfMemoryError: out of memory (no room); "
        "use fewer workers, a smaller batch_size or fewer channels"
    )
    assert sorted(begun) == [2, 3, 3, 3]
