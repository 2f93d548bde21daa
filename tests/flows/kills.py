"""Kills sweeps at random moments and compares what becomes of them with one that was left alone.

python -m tests.flows.kills [TIMES] [SEED]
"""

import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from tasks.cache.store import Store
from tests.flows.commands import Command, wait_for

SWEEP = [
    "--preset", "quick", "--depths", "2", "3", "--alphas", "0.1", "0.3", "--epochs", "800", "--workers", "2",
    "--n-signals", "200", "--n-test", "50", "--signal-length", "64", "--checkpoint-seconds", "0.2",
]  # fmt: skip
TIMINGS = ["train_seconds"]


@dataclass
class Tally:
    """What was seen: kills, sweeps brought to their end, checkpoints and outputs found by one begun again."""

    kills: int = 0
    sweeps: int = 0
    resumed: int = 0
    found_done: int = 0


def torture(folder: Path, times: int, randomness: random.Random, url: str | None = None) -> Tally:
    """Kill sweeps as often as asked for, each begun again until it ends well, and compare them.

    Args:
        folder: where everything goes.
        times: how many kills.
        randomness: where the moments come from.
        url: the API of a server to use; without one, every sweep starts its own.
    """
    tally = Tally()
    undisturbed = Command(folder / "undisturbed", url)
    undisturbed.folder.mkdir(parents=True)
    began = time.monotonic()
    status, out, err = undisturbed.run(SWEEP)
    assert (status, err) == (0, ""), out + err
    span = time.monotonic() - began
    expected = results(undisturbed)
    while tally.kills < times:
        command = Command(folder / f"killed-{tally.sweeps}", url)
        command.folder.mkdir()
        runner = ("processes", "threads")[tally.sweeps % 2]
        while sweep(command, runner, randomness.uniform(0, span / 3) if tally.kills < times else None, tally):
            pass
        tally.sweeps += 1
        assert results(command) == expected
        places = [command.folder / "data", command.folder / "artifacts"]
        left = [path for place in places for path in place.rglob(".*")]
        left += [
            *places[1].glob("locks/*"),
            *places[1].glob("runs/*"),
            *places[1].glob("cells/*/*/checkpoint"),
        ]
        assert left == [], "something temporary stays"
    return tally


def sweep(command: Command, runner: str, seconds: float | None, tally: Tally) -> bool:
    """Begin a sweep again, and kill its process group after some seconds' work; False if it ended."""
    before = finished(command)
    runs = command.folder / "artifacts" / "runs"
    earlier = set(runs.glob("*"))
    tally.resumed += len(list((command.folder / "artifacts").glob("cells/*/*/checkpoint")))
    process = command.start([*SWEEP, "--runner", runner])
    if seconds is not None:  # a kill before there is a run would show nothing
        wait_for(lambda: set(runs.glob("*")) - earlier or process.poll() is not None)
    try:
        out, err = process.communicate(timeout=seconds)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
        wait_for(lambda: command.processes() == [])  # no orphan stays
        tally.kills += 1
    else:
        assert (process.returncode, err) == (0, ""), out + err
    after = finished(command)
    tally.found_done += len(before)
    assert before.items() <= after.items(), "what was done was done again"
    return process.returncode != 0


def finished(command: Command) -> dict[Path, tuple[int, int]]:
    """The files of all stages that are done, and what tells whether they are written again."""
    store = Store(command.folder / "data", command.folder / "artifacts")
    found = {}
    for path in store.records.glob("*/*/[!.]*"):
        record = store.read_record(path.relative_to(store.records).as_posix())
        assert record is not None
        for output in record["outputs"].values():
            status = store.resolve(output["path"]).stat()
            found[store.resolve(output["path"])] = (status.st_ino, status.st_mtime_ns)
    return found


def results(command: Command) -> dict[str, Any]:
    """What a sweep came to, without how long it took."""
    artifacts = command.folder / "artifacts"
    weights = {path.parts[-3:]: path.read_bytes() for path in artifacts.glob("cells/*/train-*/*.safetensors")}
    return {
        "weights": weights,
        "history": (artifacts / "latest" / "history.parquet").read_bytes(),
        "results": pd.read_parquet(artifacts / "latest" / "results.parquet").drop(columns=TIMINGS).to_csv(),
    }


if __name__ == "__main__":
    times, seed = ([int(argument) for argument in sys.argv[1:]] + [50, 0][len(sys.argv) - 1 :])[:2]
    with tempfile.TemporaryDirectory() as name:
        print(torture(Path(name), times, random.Random(seed)))
