"""A Prefect server, our deployments and a worker, as the commands of `docs/prefect-ui.md` set them up."""

import os
import re
import shlex
import subprocess
import sys
from collections import Counter
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Literal
from uuid import UUID

import psutil
from prefect.client.orchestration import SyncPrefectClient
from prefect.settings import PREFECT_API_URL, temporary_settings

from flows.server.embedded import free_port, wait_until_recorded
from flows.settings.study_settings import PROJECT
from tests.flows.commands import FINAL, home_of, wait_for
from tests.flows.sweeps import RUNS

USUAL_PORT = "4200"
PAGES = PROJECT / "docs"


def told_commands(page: str, section: str) -> list[list[str]]:
    """The first commands that a section of a page gives, in its order; the interpreter is this one's."""
    block = re.search(rf"# {section}\n.*?```sh\n(.*?)```", (PAGES / page).read_text(), re.DOTALL)
    assert block is not None
    here = str(Path(sys.executable).parent)
    return [shlex.split(line.replace(".venv/bin", here)) for line in block[1].splitlines()]


class Deployed:
    """Runs the page's commands with a Prefect home and a port of their own."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.started: list[subprocess.Popen[bytes]] = []
        port = free_port()
        self.ui = f"http://127.0.0.1:{port}"
        self.url = f"{self.ui}/api"
        self.after = ExitStack()
        # One for all questions: to make another, which reads all certificates, takes longer than to ask.
        self.client = self.after.enter_context(SyncPrefectClient(self.url))
        clean = {name: value for name, value in os.environ.items() if not name.startswith("PREFECT_")}
        self.environment = {
            **clean,
            "PREFECT_HOME": str(home),
            "PREFECT_SERVER_API_PORT": str(port),
            "PREFECT_SERVER_UI_API_URL": self.url,  # needed on any but the usual port
            "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
            "PREFECT_SERVER_SERVICES_SCHEDULER_LOOP_SECONDS": "5",
            "PREFECT_WORKER_QUERY_SECONDS": "1",
        }
        self.commands = [
            [word.replace(USUAL_PORT, str(port)) for word in command]
            for command in told_commands("prefect-ui.md", "The Prefect UI")
        ]

    def set_up(self) -> None:
        """Run all of the commands."""
        server, *settings, _ = self.commands
        self.start(server, "server")
        wait_for(self.is_up)
        for command in settings:
            self.call(command)
        self.start_worker()

    def start(self, command: list[str], log: str) -> subprocess.Popen[bytes]:
        """Start a command that keeps running, as in a terminal of its own."""
        with (self.home.parent / f"{log}.log").open("ab") as file:
            started = subprocess.Popen(
                command,
                cwd=PROJECT,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=file,
                stderr=file,
                process_group=0,
            )
        self.started.append(started)
        return started

    def call(self, command: list[str]) -> str:
        """Run a command that has to end well; what it says."""
        done = subprocess.run(command, cwd=PROJECT, env=self.environment, capture_output=True, text=True)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def start_worker(self) -> None:
        self.worker = self.start(self.commands[-1], "worker")

    def kill_worker(self) -> None:
        self.worker.kill()
        self.worker.wait()

    def kill_worker_and_runs(self) -> None:
        self.kill_worker()
        for process in self.runs():
            process.kill()

    def stop(self) -> None:
        """End everything."""
        self.after.close()
        for process in self.started:
            process.kill()
            process.wait()
        for left in psutil.process_iter():
            if home_of(left) == str(self.home):
                left.kill()

    def is_up(self) -> bool:
        return self.client.api_healthcheck() is None

    def runs(self) -> list[psutil.Process]:
        """The processes that run flows."""
        return [
            process
            for process in psutil.process_iter(["cmdline"])
            if "prefect.engine" in (process.info["cmdline"] or []) and home_of(process) == str(self.home)
        ]

    # What the API says

    def ask(self, path: Any, method: Literal["GET", "POST", "DELETE"] = "POST", body: Any = None) -> Any:
        """What the API answers; Prefect's client asks again where the server is too busy."""
        answer = self.client.request(method, path, json=body)
        return answer.json() if answer.content else None

    def deployment(self, name: str) -> str:
        """A deployment's id."""
        found: str = self.ask(f"/deployments/name/{name}", "GET")["id"]
        return found

    def trigger(self, parameters: Mapping[str, Any], name: str = "sweep/quick") -> str:
        """Trigger a deployment; the run's id."""
        path = f"/deployments/{self.deployment(name)}/create_flow_run"
        run: str = self.ask(path, body={"parameters": parameters, "state": {"type": "SCHEDULED"}})["id"]
        return run

    def run(self, run: str) -> dict[str, Any]:
        """A run as the API holds it."""
        found: dict[str, Any] = self.ask(f"/flow_runs/{run}", "GET")
        return found

    def set_state(self, run: str, state: str) -> None:
        """Ask for a state, as the UI's buttons do."""
        self.ask(f"/flow_runs/{run}/set_state", body={"state": {"type": state}})

    def end_of(self, run: str) -> tuple[str, str | None]:
        """Wait for a run's end; the name of its last state and the message."""
        wait_for(lambda: self.run(run)["state_type"] in FINAL, every=0.5)
        state = self.run(run)["state"]
        return state["name"], state["message"]

    def task_runs(self, run: str) -> list[dict[str, Any]]:
        """A run's task runs, at most 200."""
        only = {"flow_runs": {"id": {"any_": [run]}}}
        found: list[dict[str, Any]] = self.ask("/task_runs/filter", body=only)
        return found

    def what_ran(self, run: str) -> Counter[str]:
        """How many tasks of each stage a small sweep did not take from the cache."""
        return Counter(t["name"].split()[0] for t in self.recorded(run) if t["state_name"] != "Cached")

    def recorded(self, run: str, n: int = RUNS) -> list[dict[str, Any]]:
        """The task runs of a run that has ended, once the API, which lags behind, holds the end of n."""
        self.end_of(run)
        with temporary_settings({PREFECT_API_URL: self.url}):
            wait_until_recorded(UUID(run), n)
        return self.task_runs(run)

    def said(self, run: str) -> list[str]:
        """The lines of a run's log, at most 200."""
        logs = self.ask("/logs/filter", body={"logs": {"flow_run_id": {"any_": [run]}}})
        return [log["message"] for log in logs]
