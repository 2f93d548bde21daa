"""The life of a triggered run on a real server and worker: queued, cancelled, killed, scheduled, told of."""

import json
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
from prefect.settings import PREFECT_API_URL, temporary_settings

import flows.automations
from flows.automations import SILENT, crash_the_silent, keep
from flows.server.abandoned import KILLED
from tests.flows.commands import SMALL, Command, epochs_done, wait_for
from tests.flows.deployed import Deployed
from tests.flows.sweeps import Sweeps

pytestmark = pytest.mark.slow


@pytest.fixture
def small(tmp_path: Path) -> dict[str, Any]:
    """The parameters of a sweep that takes seconds."""
    return Sweeps(tmp_path).settings


@pytest.fixture
def long(small: dict[str, Any]) -> dict[str, Any]:
    """Those of one that would go on for an hour."""
    return {**small, "epochs": 100_000, "checkpoint_seconds": 0.1}


@pytest.fixture
def worker(deployed: Deployed) -> Iterator[None]:
    """There is a worker, afterwards too, and none of its runs is left."""
    yield
    deployed.kill_worker_and_runs()
    deployed.start_worker()


def train_until(epochs: int, parameters: dict[str, Any], deployed: Deployed) -> str:
    """Trigger a sweep and wait until its trainings have done this many epochs; the run."""
    run = deployed.trigger(parameters)
    artifacts = Path(parameters["artifacts_dir"])
    wait_for(lambda: epochs_done(artifacts) >= epochs)
    return run


def test_a_cancelled_run_stops_its_trainings_itself_and_the_next_goes_on(
    deployed: Deployed, long: dict[str, Any]
) -> None:
    """The first run trains in processes, the next in threads."""
    run = train_until(200, {**long, "runner": "processes"}, deployed)
    deployed.set_state(run, "CANCELLING")
    assert deployed.end_of(run)[0] == "Cancelled"
    assert {task["state_name"] for task in deployed.task_runs(run) if task["name"].startswith("train")} == {
        "Cancelled"
    }
    assert deployed.runs() == []
    runs = Path(long["artifacts_dir"]) / "runs"
    assert list(runs.iterdir()) == [], "the run closed its folder, which one that is killed does not"

    again = train_until(200, long, deployed)
    deployed.set_state(again, "CANCELLING")
    assert deployed.end_of(again)[0] == "Cancelled"
    assert sum(line.startswith("goes on after epoch") for line in deployed.said(again)) == 2


def test_a_killed_worker_takes_its_run_with_it_and_frees_its_place(
    deployed: Deployed, worker: None, long: dict[str, Any], small: dict[str, Any]
) -> None:
    run = train_until(200, long, deployed)
    queued = deployed.trigger(small)
    deployed.kill_worker()
    assert deployed.end_of(run)[0] == "Crashed"
    wait_for(lambda: deployed.runs() == [])
    assert deployed.run(queued)["state_type"] == "SCHEDULED"
    deployed.start_worker()
    assert deployed.end_of(queued)[0] == "Completed"


def test_the_next_start_calls_a_run_crashed_that_was_killed_with_its_worker(
    deployed: Deployed, worker: None, long: dict[str, Any], tmp_path: Path
) -> None:
    run = train_until(200, long, deployed)
    deployed.kill_worker_and_runs()
    assert deployed.run(run)["state_name"] == "Running"
    status, out, err = Command(tmp_path, deployed.url).run(SMALL)
    assert (status, err) == (0, ""), out + err
    assert deployed.end_of(run) == ("Crashed", KILLED)
    going_on = [t for t in deployed.task_runs(run) if t["state_type"] == "RUNNING"]
    assert going_on == []
    trainings = [t for t in deployed.task_runs(run) if t["state_type"] == "CRASHED"]
    assert [t["name"].split()[0] for t in trainings] == ["train", "train"]


def test_a_run_whose_machine_fell_silent_frees_its_place_by_itself(
    deployed: Deployed,
    worker: None,
    long: dict[str, Any],
    small: dict[str, Any],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with temporary_settings({PREFECT_API_URL: deployed.url}):
        with monkeypatch.context() as patched:
            patched.setattr(flows.automations, "SILENT_SECONDS", 15)
            keep(crash_the_silent())
        run = train_until(200, long, deployed)
        deployed.kill_worker_and_runs()
        queued = deployed.trigger(small)
        assert deployed.end_of(run) == ("Crashed", SILENT)
        keep(crash_the_silent())
    deployed.start_worker()
    assert deployed.end_of(queued)[0] == "Completed"


def test_sweeps_of_different_presets_queue_and_share_what_they_make(
    deployed: Deployed, small: dict[str, Any]
) -> None:
    first = deployed.trigger(small)
    second = deployed.trigger({**small, "preset": "post"}, "sweep/post")
    for run in (first, second):
        assert deployed.end_of(run)[0] == "Completed"
    earlier, later = sorted(map(deployed.run, (first, second)), key=lambda run: str(run["start_time"]))
    assert earlier["end_time"] <= later["start_time"]
    assert deployed.what_ran(earlier["id"])["train"] == 4
    assert deployed.what_ran(later["id"]) == {"report": 1, "publish": 1}
    note = json.loads((Path(small["artifacts_dir"]) / "latest" / "study.json").read_text())
    assert note["started"] >= earlier["end_time"][:19], "waiting in the queue is not part of a run"


def test_a_schedule_runs_sweeps_and_a_paused_deployment_only_those_that_are_triggered(
    deployed: Deployed, small: dict[str, Any]
) -> None:
    deployment = deployed.deployment("sweep/quick")
    schedules = f"/deployments/{deployment}/schedules"

    def scheduled(*states: str) -> list[str]:
        only = {"deployment_id": {"any_": [deployment]}, "state": {"type": {"any_": states}}}
        found = deployed.ask("/flow_runs/filter", body={"flow_runs": only})
        return [run["id"] for run in found if run["auto_scheduled"]]

    wanted = {"active": True, "schedule": {"interval": 5}, "parameters": small}
    [schedule] = deployed.ask(schedules, body=[wanted])
    wait_for(lambda: scheduled("COMPLETED"))
    deployed.ask(f"/deployments/{deployment}/pause_deployment")
    assert scheduled("SCHEDULED") == []
    assert deployed.end_of(deployed.trigger(small))[0] == "Completed"
    assert scheduled("SCHEDULED", "PENDING", "RUNNING") == []
    deployed.ask(f"{schedules}/{schedule['id']}", "DELETE")
    deployed.ask(f"/deployments/{deployment}/resume_deployment")


@pytest.fixture
def webhook(deployed: Deployed) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """The address of something that can be called, and what it was told."""
    told: list[dict[str, Any]] = []

    class Webhook(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            assert self.headers["Content-Type"] == "application/json"
            told.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Webhook) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/told", told
        server.shutdown()


def automations(deployed: Deployed) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = deployed.ask("/automations/filter")
    return found


def test_a_webhook_is_told_how_a_study_ended(
    deployed: Deployed, small: dict[str, Any], webhook: tuple[str, list[dict[str, Any]]]
) -> None:
    url, told = webhook
    command = [sys.executable, "flows/automations.py", "--webhook", url]
    said = deployed.call(command)
    assert deployed.call(command) == said
    assert len(automations(deployed)) == 2, "to do it again adds nothing"

    good, bad = deployed.trigger(small), deployed.trigger({**small, "depths": [6]})
    for run in (good, bad):
        deployed.end_of(run)
    wait_for(lambda: {good, bad} <= {call["run_id"] for call in told})
    by_run = {call["run_id"]: call for call in told}
    assert by_run[good]["state"] == "Completed"
    assert by_run[good]["parameters"]["depths"] == [2, 3]
    assert by_run[bad]["state"] == "Failed"
    reason = "depths 6: too deep for signal_length 32; use depths up to 5 or a longer signal"
    assert by_run[bad]["message"] == reason
    assert by_run[bad]["text"] == f"sweep quick depths=6 alphas=0.1,0.3 seeds=0: Failed. {reason}"
    assert by_run[bad]["url"] == f"{deployed.ui}/runs/flow-run/{bad}"
    [mine] = [a for a in automations(deployed) if a["name"].startswith("webhook")]
    deployed.ask(f"/automations/{mine['id']}", "DELETE")
