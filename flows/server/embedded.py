"""A Prefect server that a command starts for itself when no API URL is configured.

It runs in a process group of its own, so that Ctrl-C in the terminal does not stop it before it has recorded
the runs. It ends when its parent process ends in any way.
"""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from secrets import token_urlsafe
from typing import IO, Any
from uuid import UUID

from flows.server.api import ConfigurationError, ServerError, direct, import_prefect, surroundings
from flows.server.guard import guarded
from flows.server.last_words import why_no_server

START_SECONDS = 180.0
STOP_SECONDS = 10.0
DRAIN_SECONDS = 5.0
IDLE_SECONDS = 5.0

DATABASES = ("sqlite", "postgresql")

BASE_PATH = "/api"
ENVIRONMENT = {
    "PREFECT_SERVER_API_BASE_PATH": BASE_PATH,
    "PREFECT_LOGGING_HANDLERS_CONSOLE_LEVEL": "ERROR",  # goes to a log file that is shown if the start fails
    "PREFECT_UI_ENABLED": "0",
    "PREFECT__SERVER_EPHEMERAL": "1",
    "PREFECT__SERVER_FINAL": "1",
    "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    "DO_NOT_TRACK": "1",
    # Record task runs as fast as cached steps produce them. Prefect cuts the interval to whole seconds; with
    # 0 the recorder would never sleep.
    "PREFECT_SERVER_SERVICES_TASK_RUN_RECORDER_BATCH_SIZE": "200",
    "PREFECT_SERVER_SERVICES_TASK_RUN_RECORDER_READ_BATCH_SIZE": "200",
    "PREFECT_SERVER_SERVICES_TASK_RUN_RECORDER_FLUSH_INTERVAL": "1",
}


@contextlib.contextmanager
def embedded_server(meanwhile: Callable[[], object] = import_prefect) -> Iterator[str]:
    """Run a server on a free port of this machine and make it the API of this process and its children.

    Args:
        meanwhile: called while the server starts, which takes seconds; it imports Prefect.

    Yields:
        The API's URL.

    Raises:
        ServerError: the server ended or did not answer in time, or is gone.
    """
    port, secret = free_port(), token_urlsafe()
    url = f"http://127.0.0.1:{port}{BASE_PATH}"
    ours = {"PREFECT_API_URL": url, "PREFECT_API_AUTH_STRING": secret, **direct(url)}
    with tempfile.TemporaryFile() as log, started(port, secret, log.fileno()) as process:
        meanwhile()
        wait_until_healthy(url, process, log)
        # The environment reaches every thread and child process; without a URL, each would start a server.
        with surroundings(ours), guarded(url, lambda: process.poll() is None):
            yield url


@contextlib.contextmanager
def started(port: int, secret: str, log: int) -> Iterator[subprocess.Popen[bytes]]:
    """Start the server's process, and end it after the block by closing its standard input."""
    process = subprocess.Popen(
        [sys.executable, "-m", "flows.server.embedded", str(port)],
        env={**os.environ, **ENVIRONMENT, "PREFECT_SERVER_API_AUTH_STRING": secret},
        cwd=Path(__file__).parents[2],
        stdin=subprocess.PIPE,
        stdout=log,
        stderr=log,
        process_group=0,
    )
    assert process.stdin is not None
    try:
        yield process
    finally:
        process.stdin.close()
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def wait_until_healthy(url: str, process: subprocess.Popen[bytes], log: IO[bytes]) -> None:
    """Return when the server answers.

    Raises:
        ServerError: it ended or did not answer in time.
    """
    import httpx

    deadline = time.monotonic() + START_SECONDS
    with httpx.Client(trust_env=False, timeout=5) as client:
        while time.monotonic() < deadline and process.poll() is None:
            with contextlib.suppress(httpx.TransportError):
                if client.get(f"{url}/health").is_success:
                    return
            time.sleep(0.1)
    log.seek(0)
    raise ServerError(why_no_server(process.poll(), log.read().decode(errors="replace"), START_SECONDS))


def drain() -> None:
    """Send the logs and events that are still queued in this process."""
    from prefect.events.worker import EventsWorker
    from prefect.logging.handlers import APILogWorker

    APILogWorker.drain_all(timeout=DRAIN_SECONDS)
    EventsWorker.drain_all(timeout=DRAIN_SECONDS)


def wait_until_recorded(flow_run_id: UUID | None, task_runs: int) -> int:
    """Wait until the server has recorded the end of this many task runs, or records no more for five seconds.

    Returns:
        The number of task runs that it has recorded.
    """
    from prefect import get_client

    recorded, changed = 0, time.monotonic()
    with get_client(sync_client=True) as client:
        while recorded < task_runs and time.monotonic() < changed + IDLE_SECONDS:
            response = client.request("POST", "/task_runs/count", json=ended_in(flow_run_id))
            if (count := int(response.json())) > recorded:
                recorded, changed = count, time.monotonic()
            time.sleep(0.1)
    return recorded


def database_exists() -> bool:
    """Whether a server has run here before, so that the next one starts quickly.

    Raises:
        ConfigurationError: there can be no database where the settings say.
    """
    from prefect.settings import PREFECT_API_DATABASE_CONNECTION_URL
    from sqlalchemy import make_url
    from sqlalchemy.exc import ArgumentError

    name = "PREFECT_SERVER_DATABASE_CONNECTION_URL"
    try:
        url = make_url(PREFECT_API_DATABASE_CONNECTION_URL.value() or "sqlite://")
    except ArgumentError as error:
        raise ConfigurationError(f"{name}: it is no address of a database; correct or unset it") from error
    if url.get_backend_name() not in DATABASES:
        raise ConfigurationError(f"{name}: Prefect needs SQLite or PostgreSQL; correct or unset it")
    return url.get_backend_name() != "sqlite" or Path(url.database or "").is_file()


def ended_in(flow_run_id: UUID | None) -> dict[str, Any]:
    """Return the API filter for a flow run's ended task runs, including those whose inputs failed."""
    final = ["COMPLETED", "FAILED", "CRASHED", "CANCELLED"]
    state = {"operator": "or_", "type": {"any_": final}, "name": {"any_": ["NotReady"]}}
    return {"flow_runs": {"id": {"any_": [str(flow_run_id)]}}, "task_runs": {"state": state}}


def free_port() -> int:
    """Return a port of this machine on which nothing listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def serve(port: int) -> None:
    """Run the server in this process until the parent closes our standard input or ends."""
    threading.Thread(target=end_with_parent, daemon=True).start()
    import uvicorn

    uvicorn.run(
        "prefect.server.api.server:create_app", factory=True, port=port, log_level="error", lifespan="on"
    )


def end_with_parent() -> None:
    """Wait until the parent closes our standard input, which its end does too, then end this process."""
    while os.read(sys.stdin.fileno(), 4096):
        pass
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(STOP_SECONDS)
    os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    serve(int(sys.argv[1]))
