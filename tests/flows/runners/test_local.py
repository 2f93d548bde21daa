"""The runner `processes`: real processes that die, that never end, and what trainings say in them."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

import flows.runners.elsewhere
from flows.runners.local import processes
from flows.runners.processes import Processes, processes_for
from flows.server.embedded import drain
from flows.walks.plan import make_plan
from tasks.cache.files import CancelledError
from tasks.run.child import Child, KilledError
from tasks.run.work import execute, perform
from tests.flows.commands import wait_for
from tests.flows.sweeps import Sweeps
from tests.flows.told import log_lines
from tests.tasks.run.beside import idle

WORK: Any = None  # of a body that is never run


class Stuck(Child):
    """A process that runs no body to its end."""

    def __init__(self) -> None:
        super().__init__(idle)

    def perform(self, *_: object) -> None:
        self.receive()
        self.receive()


@pytest.fixture
def stuck(monkeypatch: pytest.MonkeyPatch) -> Processes:
    monkeypatch.setattr(flows.runners.processes, "Bodies", Stuck)
    monkeypatch.setattr(flows.runners.elsewhere, "STOP_SECONDS", 0.05)
    return Processes()


def test_the_end_of_a_run_waits_for_no_process_that_does_not_end(stuck: Processes) -> None:
    with ThreadPoolExecutor(2) as threads:
        begun = [threads.submit(stuck.run, {}, WORK, "") for _ in range(2)]
        wait_for(lambda: len(stuck.busy) == 2)
        busy = [*stuck.busy]
        stuck.close()
        assert all(process.process.returncode is not None for process in busy)
        for ended in begun:
            with pytest.raises(CancelledError, match="the run is over"):
                ended.result()
    with pytest.raises(CancelledError):
        stuck.run({}, WORK, "")


def test_a_process_that_dies_is_replaced_and_affects_no_other(stuck: Processes) -> None:
    with ThreadPoolExecutor(2) as threads:
        begun = [threads.submit(stuck.run, {}, WORK, "") for _ in range(2)]
        wait_for(lambda: len(stuck.busy) == 2)
        killed, other = stuck.busy
        killed.process.kill()
        wait_for(lambda: len(stuck.busy) == 1)
        assert stuck.busy == {other}
        assert stuck.idle == []
        begun.append(threads.submit(stuck.run, {}, WORK, ""))
        wait_for(lambda: len(stuck.busy) == 2)
        stuck.close()
    told = Counter(type(ended.exception()) for ended in begun)
    assert told == {KilledError: 1, CancelledError: 2}


@pytest.mark.parametrize(("depths", "ahead"), [([1], 1), ([1, 2], 2), ([1, 2, 3], 2)])
def test_as_many_processes_are_started_ahead_as_train_at_once(
    tmp_path: Path, depths: list[int], ahead: int
) -> None:
    plan = make_plan(Sweeps(tmp_path).read(depths=depths, alphas=[0.1]))
    with processes_for(plan.to_do, 2) as pool:
        assert len(pool.idle) == ahead


def test_one_is_started_ahead_for_a_report_and_none_where_all_is_done(done: Sweeps) -> None:
    for changes, ahead in ({"refresh": ["report"]}, 1), ({}, 0):
        with processes_for(make_plan(done.read(**changes)).to_do, 2) as pool:
            assert len(pool.idle) == ahead


def test_a_flow_uses_the_processes_that_its_command_has_started(tmp_path: Path) -> None:
    settings = Sweeps(tmp_path).read(runner="processes")
    with processes_for(make_plan(settings).to_do, 1) as pool:
        begun = list(pool.idle)
        with processes(settings):
            assert execute.get() == pool.run
        assert pool.idle == begun
        assert execute.get() is perform
    assert all(process.process.returncode is not None for process in begun)


@pytest.mark.slow
def test_trainings_say_the_same_wherever_they_run(server: None, undrawn: None, tmp_path: Path) -> None:
    said = {}
    for runner in ("threads", "processes", "dask"):
        state = Sweeps(tmp_path / runner).run(runner=runner)
        assert state.is_completed(), state.message
        drain()
        lines = log_lines([{"id": str(state.state_details.flow_run_id)}])
        said[runner] = sorted(line for line in lines if line.startswith("epoch "))
    assert said["dask"] == said["processes"] == said["threads"]
    assert len(said["threads"]) == 8
