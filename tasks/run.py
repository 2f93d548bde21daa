"""A run in progress, as a folder: how its trainings are told to stop and tell how far they are.

Files serve threads and processes alike: whoever sees the folder takes part. A run decides when a training
ends or is kept for later, and never what comes of it.
"""

import contextlib
import json
import shutil
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from math import inf
from pathlib import Path

from tasks.cell import Cell
from tasks.files import CancelledError, locked

SHOW_SECONDS = 0.3
LOCK, OVER = ".lock", ".over"


@dataclass(frozen=True)
class Progress:
    """How far a training is: `epoch` of `epochs` are done, the last with this validation error."""

    label: str
    epoch: int
    epochs: int
    validation_mse: float | None


@dataclass(frozen=True)
class Run:
    """One run of a study.

    Attributes:
        folder: exists as long as the run goes on.
        checkpoint_seconds: how often the state of a training is kept.
        time_limit: how many seconds an attempt at a training may take.
    """

    folder: Path
    checkpoint_seconds: float = inf
    time_limit: float = inf

    @contextlib.contextmanager
    def open(self) -> Iterator["Run"]:
        """Make the folder and, however the run ends, close it; who holds the lock beside it is alive."""
        with locked(self.folder.with_suffix(LOCK)):
            shutil.rmtree(self.folder, ignore_errors=True)
            self.folder.mkdir(parents=True)
            try:
                yield self
            finally:
                self.close()

    def close(self) -> None:
        """Remove the folder, in one step to whoever looks: trainings still at work end at their next step."""
        over = self.folder.with_suffix(OVER)
        with contextlib.suppress(FileNotFoundError):
            self.folder.rename(over)
            shutil.rmtree(over, ignore_errors=True)

    def stopped(self) -> bool:
        """Whether the run is over, so that its trainings are to end."""
        return not self.folder.exists()

    @contextlib.contextmanager
    def track(self, cell: Cell, epochs: int) -> Iterator["Tracker"]:
        """Show a training among those running for as long as the block lasts."""
        tracker = Tracker(self, cell, epochs)
        tracker.show(0, None)
        try:
            yield tracker
        finally:
            tracker.path.unlink(missing_ok=True)

    def running(self) -> list[Progress]:
        """How far every running training is."""
        found = []
        for path in sorted(self.folder.glob("*.json")):
            with contextlib.suppress(OSError, ValueError):
                found.append(Progress(**json.loads(path.read_bytes())))
        return found


class Tracker:
    """Keeps the time for one training, and tells how far it is a few times a second at most."""

    def __init__(self, run: Run, cell: Cell, epochs: int) -> None:
        self.path = run.folder / f"{cell.label}.json"
        self.cell = cell
        self.epochs = epochs
        self.show_due = 0.0
        self.checkpoint_seconds = run.checkpoint_seconds
        self.checkpoint_due = time.monotonic() + run.checkpoint_seconds

    def show(self, epoch: int, validation_mse: float | None) -> None:
        """Say that `epoch` epochs are done."""
        now = time.monotonic()
        if now < self.show_due:
            return
        self.show_due = now + SHOW_SECONDS
        progress = Progress(self.cell.label, epoch, self.epochs, validation_mse)
        draft = self.path.with_suffix(".part")
        with contextlib.suppress(
            OSError
        ):  # the run is over, or the disk is full, which is not worth a training
            draft.write_text(json.dumps(asdict(progress)))
            draft.replace(self.path)

    def checkpoint_is_due(self) -> bool:
        """Whether it is time to keep the state; if so, the time until the next begins."""
        now = time.monotonic()
        if now < self.checkpoint_due:
            return False
        self.checkpoint_due = now + self.checkpoint_seconds
        return True


def remove_abandoned_runs(folder: Path) -> list[str]:
    """Remove what killed runs left in the folder of the runs; the names of these runs."""
    killed = []
    for run in sorted({path.with_suffix("") for path in folder.glob("*")}):
        with contextlib.suppress(CancelledError), locked(run.with_suffix(LOCK), blocking=False):
            for path in (run, run.with_suffix(OVER)):
                shutil.rmtree(path, ignore_errors=True)
            killed.append(run.name)
    return killed


def is_going_on(folder: Path) -> bool:
    """Whether the process of a run with this folder is alive."""
    try:
        with locked(folder.with_suffix(LOCK), blocking=False):
            return False
    except CancelledError:
        return True
