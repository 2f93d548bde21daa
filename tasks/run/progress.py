"""A run in progress, as a folder: how its trainings are told to stop and tell how far they are.

Files serve threads, processes and other machines alike: whoever sees the folder takes part. In an object
store all look and tell less often. A run decides when a training ends or is kept for later, and never what
comes of it.
"""

import contextlib
import json
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from math import inf
from pathlib import Path

from tasks.cache.files import LOCK, CancelledError, locked
from tasks.cache.places import Place, is_plain_file, lock, read, write

SHOW_SECONDS = 0.3
REMOTE_SECONDS = 3.0  # between two looks at an object store
TOLD, DRAFT, OVER = ".progress", ".progress-draft", ".denoising-over"
GOING_ON = ".going-on"


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
        folder: is there as long as the run goes on.
        checkpoint_seconds: how often the state of a training is kept.
        time_limit: how many seconds an attempt at a training may take.
        device_slots: how many trainings may share a GPU.
    """

    folder: Place
    checkpoint_seconds: float = inf
    time_limit: float = inf
    device_slots: int = 1

    @contextlib.contextmanager
    def open(self) -> Iterator["Run"]:
        """Make the folder and, however the run ends, close it; who holds the lock beside it is alive."""
        with lock(self.folder.with_suffix(LOCK)):
            remove_told(self.folder)
            if isinstance(self.folder, Path):
                self.folder.mkdir(parents=True, exist_ok=True)
            else:
                self.sign.write_bytes(b"")
            try:
                yield self
            finally:
                self.close()

    def close(self) -> None:
        """Remove the folder, in one step to whoever looks: trainings still at work end at their next look."""
        folder = self.folder
        if isinstance(folder, Path):
            folder = folder.with_suffix(OVER)
            with contextlib.suppress(FileNotFoundError):
                self.folder.rename(folder)
        else:
            self.sign.unlink(missing_ok=True)
        remove_told(folder)

    @property
    def sign(self) -> Place:
        """What is there as long as the run goes on: the folder; in an object store, an object in it."""
        return self.folder if isinstance(self.folder, Path) else self.folder / GOING_ON

    @property
    def look_seconds(self) -> float:
        """How long those wait who want to know of each other before they look again."""
        return 0.0 if isinstance(self.folder, Path) else REMOTE_SECONDS

    def stopped(self) -> bool:
        """Whether the run is over, so that its trainings are to end."""
        return not self.sign.exists()

    @contextlib.contextmanager
    def track(self, label: str, epochs: int) -> Iterator["Tracker"]:
        """Show a training among those running for as long as the block lasts."""
        tracker = Tracker(self, label, epochs)
        tracker.show(0, None)
        try:
            yield tracker
        finally:
            tracker.path.unlink(missing_ok=True)

    def running(self) -> list[Progress]:
        """How far every running training is."""
        found = []
        paths: list[Place] = [*self.folder.glob(f"*{TOLD}")]
        for path in sorted(paths, key=str):
            with contextlib.suppress(OSError, ValueError):
                found.append(Progress(**json.loads(read(path))))
        return found


class Tracker:
    """Keeps the time for one training: when to tell how far it is, and when to look whether it is to stop."""

    def __init__(self, run: Run, label: str, epochs: int) -> None:
        self.run = run
        self.path = run.folder / f"{label}{TOLD}"
        self.label = label
        self.epochs = epochs
        self.show_due = self.look_due = 0.0
        self.checkpoint_seconds = run.checkpoint_seconds
        self.checkpoint_due = time.monotonic() + run.checkpoint_seconds

    def show(self, epoch: int, validation_mse: float | None) -> None:
        """Say that `epoch` epochs are done."""
        now = time.monotonic()
        if now < self.show_due:
            return
        self.show_due = now + (self.run.look_seconds or SHOW_SECONDS)
        progress = Progress(self.label, epoch, self.epochs, validation_mse)
        content = json.dumps(asdict(progress)).encode()
        # The run may be over, or the disk full, which is not worth a training.
        with contextlib.suppress(OSError):
            if isinstance(self.path, Path):
                draft = self.path.with_suffix(DRAFT)
                draft.write_bytes(content)
                draft.replace(self.path)
            else:
                write(self.path, content)

    def stopped(self) -> bool:
        """Whether the run was over when that was looked for last."""
        now = time.monotonic()
        if now < self.look_due:
            return False
        self.look_due = now + self.run.look_seconds
        return self.run.stopped()

    def checkpoint_is_due(self) -> bool:
        """Whether it is time to keep the state; if so, the time until the next begins."""
        now = time.monotonic()
        if now < self.checkpoint_due:
            return False
        self.checkpoint_due = now + self.checkpoint_seconds
        return True


def remove_abandoned_runs(folder: Path) -> list[str]:
    """Remove what killed runs left in the folder of the runs; the names of these runs.

    A run is known by its lock, whose file is there from before its folder until that is gone.
    """
    killed = []
    for run in sorted(path.with_suffix("") for path in folder.glob(f"*{LOCK}") if is_plain_file(path)):
        with contextlib.suppress(CancelledError), locked(run.with_suffix(LOCK), blocking=False):
            for path in (run, run.with_suffix(OVER)):
                remove_told(path)
            killed.append(run.name)
    return killed


def remove_told(folder: Place) -> None:
    """Remove what trainings told in the folder of a run, and the folder if there is nothing else in it."""
    for suffix in (TOLD, DRAFT):
        for path in folder.glob(f"*{suffix}"):
            path.unlink(missing_ok=True)
    if isinstance(folder, Path):
        with contextlib.suppress(OSError):
            folder.rmdir()


def may_go_on(folder: Place) -> bool:
    """Whether a run with this folder is alive, as far as that can be told: in an object store, nobody can."""
    if not isinstance(folder, Path):
        return True
    try:
        with locked(folder.with_suffix(LOCK), blocking=False):
            return False
    except CancelledError:
        return True
