"""Real Dask clusters: a scheduler and workers as people start them, killed, set up wrongly, and gone."""

import gc
import logging
import os
import signal
import socket
import sys
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import distributed
import psutil
import pytest

from flows.graph import graph_of
from flows.runners import elsewhere
from flows.runners.cluster import Workers
from flows.runners.local import RunnerError
from flows.runners.local_cluster import LOCAL, local_cluster
from flows.runners.obstacles import CONNECT_SECONDS, of_scheduler
from flows.runners.worker import code, what_lacks
from flows.server.embedded import free_port
from flows.settings.study_settings import PROJECT
from flows.settings.sweep_settings import Settings
from flows.sweep import SWEEP
from flows.terminal.status import Status
from tasks.cache.code import code_of
from tasks.cache.files import CancelledError
from tasks.cache.record import Made
from tasks.cache.stage import Stage
from tasks.run.child import KilledError
from tasks.run.progress import Run
from tests.copies import copy_source
from tests.flows.commands import LONGER, SMALL, Command, wait_for
from tests.flows.kills import results
from tests.flows.runners.on_workers import kill, wait_for_file, work_of
from tests.flows.sweeps import WHOLE, ran
from tests.flows.told import flow_runs, log_lines, repeated, task_states

DASK = str(Path(sys.executable).parent / "dask")


class Cluster:
    """`dask scheduler` and twice `dask worker`, where no API is configured and Prefect cannot be imported."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.address = f"tcp://127.0.0.1:{free_port()}"
        clean = {name: value for name, value in os.environ.items() if not name.startswith("PREFECT_")}
        (folder / "prefect.py").write_text("raise ImportError('workers need none')")
        self.environment = {**clean, "PYTHONPATH": f"{folder}:{PROJECT}"}
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
            kill_all(process)


def kill_all(process: psutil.Popen) -> None:
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
    kill_all(cluster.workers.pop())
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
    assert repeated([run]) == {"train": 1}, "and no other"

    assert ran([*LONGER, *on_cluster, *command.folders]) == {"publish": 1}

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
        kill_all(stranger)
    assert (status, err) == (1, "")
    assert out.splitlines()[-1].startswith("Dask worker tcp://127.0.0.1:")
    assert "its code or libraries are not those of this run" in out
    [run] = flow_runs(command)
    assert task_states([run]) == {}


def test_a_worker_says_what_it_lacks(tmp_path: Path) -> None:
    note = tmp_path / "note"
    note.write_bytes(b"seen")
    ours = code(dict.fromkeys(step.code for step in graph_of(Settings()).steps))
    well = {"ours": ours, "note": str(note), "content": b"seen"}
    assert what_lacks(**well) is None
    stale = {modules: ("0123", libraries) for modules, (_, libraries) in ours.items()}
    other = {modules: (digest, libraries | {"torch": "1.0"}) for modules, (digest, libraries) in ours.items()}
    for others in (stale, other):
        assert "its code or libraries" in str(what_lacks(**{**well, "ours": others}))
    for changes in ({"content": b"other"}, {"note": str(tmp_path / "none")}):
        assert "does not see" in str(what_lacks(**{**well, **changes}))


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


@pytest.fixture(scope="module")
def client() -> Iterator[distributed.Client]:
    """That of a cluster with one worker for two bodies at once."""
    small = LOCAL | {"n_workers": 1, "threads_per_worker": 2}
    with (
        distributed.LocalCluster(**small) as made,
        distributed.Client(made, set_as_default=False) as client,
    ):
        yield client


@pytest.fixture
def run(tmp_path: Path) -> Iterator[Run]:
    with Run(tmp_path / "runs" / "1").open() as opened:
        yield opened


def start(
    threads: ThreadPoolExecutor, workers: Workers, run: Run, body: Stage, **inputs: Any
) -> Future[Made]:
    """Have a body run on a worker, while a thread waits for it."""
    work = work_of(body, run)
    return threads.submit(workers.run, inputs, work, code_of(*work.step.code).digest)


@pytest.mark.slow
def test_what_a_body_says_is_heard_while_it_runs_by_who_waits_for_it(
    client: distributed.Client, run: Run, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    workers, file = Workers(client), tmp_path / "go on"
    with ThreadPoolExecutor(2) as threads:
        begun = {name: start(threads, workers, run, wait_for_file, name=name, file=file) for name in "ab"}
        wait_for(lambda: {"a waits", "b waits"} <= {*caplog.messages})
        assert not any(waiting.done() for waiting in begun.values())
        file.touch()
        made = {name: waiting.result().values for name, waiting in begun.items()}
    assert {name: values["name"] for name, values in made.items()} == {"a": "a", "b": "b"}
    [process] = {values["process"] for values in made.values()}
    assert process != os.getpid()
    said = [
        (record.thread, record.getMessage()) for record in caplog.records if "waits" in record.getMessage()
    ]
    assert len({thread for thread, _ in said}) == len(said) == 2, "each thread logs what its own body says"
    assert list(run.folder.iterdir()) == []


@pytest.mark.slow
def test_a_body_that_kills_its_worker_is_lost_and_not_begun_again(
    client: distributed.Client, run: Run, tmp_path: Path
) -> None:
    workers, file = Workers(client), tmp_path / "begun"
    with ThreadPoolExecutor(1) as threads:
        for times in (1, 2):
            with pytest.raises(KilledError, match="the Dask cluster lost it"):
                start(threads, workers, run, kill, file=file).result()
            assert file.read_text() == times * "begun\n"
        waiting = start(threads, workers, run, wait_for_file, name="a", file=file)
        assert waiting.result().values["name"] == "a", "the worker has been replaced"


@pytest.mark.slow
def test_the_end_of_a_run_waits_for_no_body_that_does_not_end(
    client: distributed.Client, run: Run, tmp_path: Path, caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setattr(elsewhere, "STOP_SECONDS", 0.05)
    caplog.set_level(logging.INFO)
    workers, file = Workers(client), tmp_path / "go on"
    with ThreadPoolExecutor(3) as threads:
        begun = [start(threads, workers, run, wait_for_file, name=name, file=file) for name in "abc"]
        wait_for(lambda: sum("waits" in said for said in caplog.messages) == 2)
        run.close()
        workers.close()
        for ended in begun:
            with pytest.raises(CancelledError, match="the run is over"):
                ended.result()
        with pytest.raises(CancelledError):
            start(threads, workers, run, wait_for_file, name="d", file=file).result()
        file.touch()
        wait_for(lambda: not any(client.processing().values()))
    assert len([said for said in caplog.messages if "waits" in said]) == 2, "what had not begun never did"


@pytest.mark.slow
def test_a_scheduler_that_is_killed_costs_an_attempt_and_then_there_is_none(run: Run, tmp_path: Path) -> None:
    others = psutil.Process().children()
    with local_cluster(n_workers=1) as address, ThreadPoolExecutor(1) as threads:
        [scheduler] = [each for each in psutil.Process().children() if each not in others]
        with distributed.Client(address, timeout=1, set_as_default=False) as client:
            workers = Workers(client)
            lost = start(threads, workers, run, wait_for_file, name="a", file=tmp_path / "go on")
            wait_for(lambda: any(client.processing().values()))
            scheduler.kill()
            with pytest.raises(KilledError, match="its scheduler is gone"):
                lost.result()
            with pytest.raises((KilledError, RunnerError)):
                start(threads, workers, run, wait_for_file, name="b", file=tmp_path / "go on").result()
            wait_for(lambda: client.status == "closed")
            with pytest.raises(RunnerError, match="the Dask scheduler is gone"):
                start(threads, workers, run, wait_for_file, name="c", file=tmp_path / "go on").result()


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
