"""Tasks of a flow on a real server."""

from pathlib import Path
from typing import Any

import pytest
from prefect import flow
from prefect.client.schemas.objects import State

import tasks.run.task
from denoising.networks.training import StoppedError
from flows.graph import graph_of
from flows.settings.study_settings import store_of
from flows.walks.execution import failure_of
from tasks.cache.code import code_of
from tasks.run.progress import Run
from tasks.run.task import task_of
from tests.flows.sweeps import Sweeps


@pytest.mark.slow
def test_a_task_that_fails_after_its_run_is_over_reads_cancelled_and_leaves_no_record(
    sweeps: Sweeps, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    step = graph_of(sweeps.read()).steps[0]
    store = store_of(sweeps.read())
    run = Run(tmp_path / "runs" / "1")

    def stop(*_: object) -> None:
        raise StoppedError("stopped in epoch 3 of 4")

    monkeypatch.setattr(tasks.run.task, "produce", stop)

    states: list[State[Any]] = []
    told = (step, code_of(*step.code).digest, store, run)

    @flow
    def ask() -> None:
        states.append(task_of(step.stage)(*told, return_state=True))

    with run.open():
        ask()
    ask()
    failed, cancelled = states
    assert (failed.name, failure_of(failed)) == ("Failed", "StoppedError: stopped in epoch 3 of 4")
    assert cancelled.name == "Cancelled"
    assert failure_of(cancelled) == f"stopped, because its run is over: {run.folder} is gone"
    assert list(store.records.glob("*/*/*")) == []
