"""Real Dask clusters: a scheduler and workers as people start them, killed, set up wrongly, and gone."""

import gc
import os
import signal
import socket
import sys
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import distributed
import psutil
import pytest

from flows.graph import graph_of
from flows.runners.cluster import LOST, ClusterFuture, code, what_lacks
from flows.runners.local_cluster import LOCAL, local_cluster
from flows.runners.obstacles import CONNECT_SECONDS, of_scheduler
from flows.server.embedded import free_port
from flows.settings.sweep_settings import Settings
from flows.sweep import SWEEP
from flows.terminal.status import Status
from tests.copies import copy_source
from tests.flows.commands import LONGER, SMALL, Command, wait_for
from tests.flows.kills import results
from tests.flows.sweeps import WHOLE, ran
from tests.flows.told import flow_runs, log_lines, task_states

DASK = str(Path(sys.executable).parent / "dask")


class Cluster:
    """`dask scheduler` and twice `dask worker`, with a Prefect home of their own and no API configured."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.address = f"tcp://127.0.0.1:{free_port()}"
        clean = {name: value for name, value in os.environ.items() if not name.startswith("PREFECT_")}
        self.environment = {**clean, "PREFECT_HOME": str(folder / "home")}
        self.scheduler = self.start("scheduler", "--port", self.address.rpartition(":")[2])
        self.workers = [self.start_worker() for _ in range(2)]

    def start_worker(self, **environment: str) -> psutil.Popen:
        return self.start("worker", self.address, "--nthreads", "1", **environment)

    def start(self, *arguments: str, **environment: str) -> psutil.Popen:
        with (self.folder / "log").open("ab") as log:
            return psutil.Popen(
                [DASK, *arguments, "--no-dashboard"],
                cwd=self.folder,
                env={**self.environment, **environment},
                stdout=log,
                stderr=log,
            )

    def stop(self) -> None:
        for process in (*self.workers, self.scheduler):
            kill(process)


def kill(process: psutil.Popen) -> None:
    """Kill a process with its children."""
    for each in (*process.children(recursive=True), process):
        each.kill()
    process.wait()


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    made = Cluster(tmp_path_factory.mktemp("cluster"))
    yield made
    made.stop()


@pytest.mark.slow
def test_a_killed_worker_costs_an_attempt_at_its_cell_and_the_bits_are_those_of_threads(
    command: Command, cluster: Cluster, tmp_path: Path
) -> None:
    on_cluster = ["--runner", "dask", "--dask-scheduler", cluster.address]
    running = command.start([*LONGER, *on_cluster, "--checkpoint-seconds", "0.1"])
    wait_for(lambda: command.epochs_done() >= 200 or running.poll() is not None)
    kill(cluster.workers.pop())
    out, err = running.communicate()
    assert (running.returncode, err) == (0, ""), out + err
    assert f"4 cells, on {cluster.address}" in out
    [run] = flow_runs(command)
    states = task_states([run])
    assert {state for _, state in states} <= {"Completed", "Cached"}, "what the worker held is read again"
    for stage in ("train", "evaluate"):
        assert states[stage, "Completed"] + states[stage, "Cached"] == 4
    said = log_lines([run])
    assert sum(line.startswith("goes on after epoch") for line in said) == 1, "one cell was tried again"

    assert ran([*LONGER, *on_cluster, *command.folders]) == {"publish": 1}
    assert not (cluster.folder / "home" / "prefect.db").exists(), "no worker starts a server"

    in_threads = Command(tmp_path / "threads")
    assert ran([*LONGER, *in_threads.folders]) == WHOLE
    assert results(in_threads) == results(command)


@pytest.mark.slow
def test_a_worker_of_other_code_is_told_of_before_anything_runs(command: Command, cluster: Cluster) -> None:
    copy = copy_source(cluster.folder / "copy")
    training = copy / "denoising" / "networks" / "training.py"
    training.write_text(training.read_text().replace("deadline = ", "deadline = 0 + "))
    stranger = cluster.start_worker(PYTHONPATH=str(copy))
    try:
        with distributed.Client(cluster.address, set_as_default=False) as client:
            client.wait_for_workers(len(cluster.workers) + 1, timeout=60)
        status, out, err = command.run([*SMALL, "--runner", "dask", "--dask-scheduler", cluster.address])
    finally:
        kill(stranger)
    assert (status, err) == (1, "")
    assert out.splitlines()[-1].startswith("Dask worker tcp://127.0.0.1:")
    assert "its code or libraries are not those of this run" in out
    [run] = flow_runs(command)
    assert task_states([run]) == {}


def test_a_worker_says_what_it_lacks(url: str, tmp_path: Path) -> None:
    note = tmp_path / "note"
    note.write_bytes(b"seen")
    ours = code(dict.fromkeys(step.code for step in graph_of(Settings()).steps))
    well = {"ours": ours, "url": url, "note": str(note), "content": b"seen"}
    assert what_lacks(**well) is None
    stale = {modules: ("0123", libraries) for modules, (_, libraries) in ours.items()}
    other = {
        modules: (digest, libraries | {"prefect": "3.0"}) for modules, (digest, libraries) in ours.items()
    }
    for others in (stale, other):
        assert "its code or libraries" in str(what_lacks(**{**well, "ours": others}))
    for changes in ({"content": b"other"}, {"note": str(tmp_path / "none")}):
        assert "does not see" in str(what_lacks(**{**well, **changes}))
    closed = f"http://127.0.0.1:{free_port()}/api"
    assert f"no Prefect API answers it at {closed}" in str(what_lacks(**{**well, "url": closed}))


@pytest.mark.parametrize("nowhere", ["tcp://127.0.0.1:1", "garbage", "tcp://:", "foo://x:1"])
def test_a_scheduler_that_does_not_answer_is_told_before_anything_is_written(
    nowhere: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    folders = ["--data-dir", str(tmp_path / "data"), "--artifacts-dir", str(tmp_path / "artifacts")]
    status = SWEEP.main(["--preset", "quick", "--runner", "dask", "--dask-scheduler", nowhere, *folders])
    gc.collect()  # what could not connect must have nothing to say when it goes
    assert status == Status.BAD_PARAMETERS
    [line] = capfd.readouterr().err.splitlines()
    assert line.startswith(f"sweep.py: dask_scheduler {nowhere}: it does not answer")
    assert list(tmp_path.iterdir()) == []


def test_a_scheduler_that_never_says_a_word_is_not_waited_for() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = f"tcp://127.0.0.1:{silent.getsockname()[1]}"
        settings = Settings.model_validate({"runner": "dask", "dask_scheduler": address})
        [line] = of_scheduler(settings)
    assert f"it does not answer (not within {CONNECT_SECONDS:g} s)" in line


@pytest.mark.slow
def test_a_task_that_kills_its_workers_has_crashed(server: None) -> None:
    local = LOCAL | {"n_workers": 1, "scheduler_kwargs": {"allowed_failures": 0}}
    with (
        distributed.LocalCluster(**local) as killed,
        distributed.Client(killed, set_as_default=False) as client,
    ):
        future: ClusterFuture[None] = ClusterFuture(uuid4(), client.submit(os._exit, 1))
        future.wait()
    assert future.state.is_crashed()
    assert future.state.message == f"{LOST} (KilledWorker)"


@pytest.mark.slow
def test_workers_that_close_while_they_ask_for_a_heartbeat_say_nothing(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    often = 0.002  # seconds; at Dask's own half second, few clusters close within a heartbeat
    monkeypatch.setattr("distributed.scheduler.heartbeat_interval", lambda _: often)
    for _ in range(4):
        with (
            distributed.LocalCluster(**LOCAL | {"n_workers": 3, "heartbeat_interval": f"{often}s"}) as busy,
            distributed.Client(busy, set_as_default=False) as client,
        ):
            client.submit(sum, (1, 2)).result()
    assert capfd.readouterr().err == ""


@pytest.mark.slow
def test_a_cluster_of_its_own_does_not_hear_the_terminal_and_leaves_no_process() -> None:
    others = psutil.Process().children(recursive=True)
    with local_cluster(n_workers=1) as address, distributed.Client(address, set_as_default=False) as client:
        client.wait_for_workers(1)
        ours = [each for each in psutil.Process().children(recursive=True) if each not in others]
        for process in ours:
            process.send_signal(signal.SIGINT)
            process.send_signal(signal.SIGHUP)
        assert client.submit(sum, (1, 2)).result() == 3
        assert len(ours) > 1
    assert psutil.wait_procs(ours, timeout=60)[1] == []


@pytest.mark.slow
def test_a_cluster_of_its_own_ends_with_the_command(command: Command) -> None:
    status, out, err = command.run([*SMALL, "--runner", "dask"])
    assert (status, err) == (0, ""), out + err
    [run] = flow_runs(command)
    assert task_states([run])["train", "Completed"] == 4
    assert command.processes() == []
