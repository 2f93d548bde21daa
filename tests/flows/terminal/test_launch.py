"""The command on a server that is there already: what it prints, and the status it ends with."""

from collections.abc import Callable

import pytest
import torch
from prefect import get_client

import tasks.gather.tables
from flows.settings.study_settings import store_of
from flows.terminal.launch import launch
from flows.terminal.status import Status
from tests.flows.sweeps import Sweeps


@pytest.mark.slow
def test_a_sweep_is_recorded_on_the_server_that_is_configured(
    sweeps: Sweeps, undrawn: None, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = sweeps.read()
    with get_client(sync_client=True) as client:
        before = client.request("POST", "/flow_runs/count", json={}).json()
        assert launch(settings) is Status.DONE
        assert client.request("POST", "/flow_runs/count", json={}).json() == before + 1
    told = capsys.readouterr().out
    assert told.startswith(f"{settings.study}: 4 cells, 2 at once\n")
    assert "first run" not in told
    assert "test MSE" in told
    assert told.endswith(f"report: {store_of(settings).artifacts / settings.study / 'report.html'}\n")


@pytest.mark.slow
def test_the_report_is_found_where_the_device_was_chosen_on_the_way(
    done: Sweeps, undrawn: None, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    assert launch(done.read(device="auto")) is Status.DONE
    assert (
        f"report: {store_of(done.read()).artifacts / done.read(device='cpu').study}"
        in capsys.readouterr().out
    )


@pytest.mark.slow
def test_a_failed_cell_is_told_after_the_report(
    sweeps: Sweeps,
    undrawn: None,
    break_training: Callable[[int, Exception], list[int]],
    capsys: pytest.CaptureFixture[str],
) -> None:
    break_training(3, ArithmeticError("too much"))
    assert launch(sweeps.read(alphas=[0.1])) is Status.NOT_ALL_DONE
    told = capsys.readouterr().out
    assert "failed depth=3 alpha=0.1 seed=0" in told
    assert told.index("report: ") < told.index(
        "1 of 2 cells failed: depth=3 alpha=0.1 seed=0: ArithmeticError"
    )


@pytest.mark.slow
def test_the_report_of_an_earlier_run_is_not_taken_for_this_ones(
    sweeps: Sweeps, undrawn: None, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert launch(sweeps.read()) is Status.DONE
    capsys.readouterr()

    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(tasks.gather.tables, "collect", fail)
    assert launch(sweeps.read(refresh=["report"])) is Status.NOT_ALL_DONE
    told = capsys.readouterr().out
    assert "no report could be made: OSError: [Errno 28] No space left on device" in told
    assert "report: " not in told
