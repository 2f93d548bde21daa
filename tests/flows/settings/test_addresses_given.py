"""Addresses of object stores, wherever a command takes one."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from prefect import get_client

from flows.automations import main as automations
from flows.batch import denoise as denoise_flow
from flows.cache import main as cache
from flows.compare import main as compare
from flows.denoise import main as denoise
from flows.export import main as export
from flows.recordings import main as recordings
from flows.redraw import redraw
from flows.study import sweep
from flows.sweep import SWEEP
from flows.terminal.status import Status
from flows.verdict import VERDICT

Main = Callable[[Sequence[str]], Status]
GIVEN: dict[str, tuple[Main, list[str]]] = {
    "data_dir": (SWEEP.main, ["--plan", "--data-dir"]),
    "artifacts_dir": (VERDICT.main, ["--plan", "--artifacts-dir"]),
    "signals": (SWEEP.main, ["--plan", "--signals"]),
    "noisy": (SWEEP.main, ["--plan", "--noisy"]),
    "again": (SWEEP.main, ["--plan", "--noisy", "here", "--again"]),
    "noise": (SWEEP.main, ["--plan", "--signals", "here", "--noise"]),
    "files": (denoise, []),
    "output_dir": (denoise, ["here.csv", "--output-dir"]),
    "model": (denoise, ["here.csv", "--model"]),
    "output": (export, ["--output"]),
    "cache": (lambda given: cache([*given, "list"]), ["--data-dir"]),
    "recordings": (recordings, []),
    "studies": (compare, ["latest"]),
}


def refused(name: str, given: str, capsys: pytest.CaptureFixture[str]) -> str:
    """What a command says of an address that it refuses in one line."""
    main, arguments = GIVEN[name]
    assert main([*arguments, given]) == Status.BAD_PARAMETERS
    out, err = capsys.readouterr()
    assert out == ""
    assert err.count("\n") == 1
    return err


@pytest.mark.parametrize("name", GIVEN)
def test_what_is_neither_a_path_nor_an_address_is_refused(
    name: str, capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for given in ("S3://bucket/x.onnx", "s3:/bucket/x.onnx", "file:///tmp/x.onnx"):
        assert (
            f"{given}: give a path, or an address such as s3://bucket/prefix, without ?, # and .."
            in refused(name, given, capsys)
        )
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", GIVEN)
def test_credentials_are_refused_and_not_repeated(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    for given in ("s3://KEY:WORD/+@bucket", "s3:KEY:WORD@bucket", "https://user:WORD@host/x"):
        line = refused(name, given, capsys)
        assert "WORD" not in line
        assert "credentials" in line


@pytest.mark.parametrize("name", ["output_dir", "model", "output"])
def test_where_only_this_machine_will_do_that_is_said(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert "of this machine" in refused(name, "s3://bucket/x.onnx", capsys)


def test_no_command_repeats_what_it_does_not_know(capsys: pytest.CaptureFixture[str]) -> None:
    scheduler = ["--plan", "--runner", "dask", "--dask-scheduler", "tcp://user:WORD@host:8786"]
    assert SWEEP.main(scheduler) == Status.BAD_PARAMETERS
    assert automations(["--webhook", "hooks.example.org/services/WORD"]) == Status.BAD_PARAMETERS
    with pytest.raises(SystemExit):
        SWEEP.main(["--data", "s3://KEY:WORD@bucket"])
    err = capsys.readouterr().err
    assert "WORD" not in err
    assert err.count("\n") == 3


@pytest.mark.slow
def test_no_secret_stays_with_the_server(server: None) -> None:
    address = "s3://KEY:WORD@bucket/x"
    calls: dict[Any, dict[str, Any]] = {
        sweep: {"data_dir": address},
        denoise_flow: {"files": [address, "here.csv"]},
        redraw: {"artifacts_dir": address},
    }
    for flow, given in calls.items():
        state = flow(**given, return_state=True)
        assert state.is_failed()
        assert "credentials" in state.message
        with get_client(sync_client=True) as client:
            run = client.read_flow_run(state.state_details.flow_run_id)
        assert "WORD" not in f"{run.model_dump_json()} {state.model_dump_json()}"
        assert "s3://***@bucket/x" in str(run.parameters)
