"""A run in progress, as a folder: how its trainings are told to stop and tell how far they are.

Files serve threads and processes alike: whoever sees the folder takes part.
"""

import contextlib
import json
import shutil
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from tasks.cell import Cell

REPORT_SECONDS = 0.3


@dataclass(frozen=True)
class Progress:
    """How far a training is: `epoch` of `epochs` are done, the last with this validation error."""

    label: str
    epoch: int
    epochs: int
    validation_mse: float | None


@dataclass(frozen=True)
class Run:
    """The folder of one run; it exists as long as the run goes on."""

    folder: Path

    @contextlib.contextmanager
    def open(self) -> Iterator["Run"]:
        """Make the folder and, however the run ends, close it. What killed runs left half closed goes too."""
        for left in (self.folder, *self.folder.parent.glob("*.over")):
            shutil.rmtree(left, ignore_errors=True)
        self.folder.mkdir(parents=True)
        try:
            yield self
        finally:
            self.close()

    def close(self) -> None:
        """Remove the folder, in one step to whoever looks: trainings still at work end at their next step."""
        over = self.folder.with_suffix(".over")
        with contextlib.suppress(FileNotFoundError):
            self.folder.rename(over)
            shutil.rmtree(over, ignore_errors=True)
        with contextlib.suppress(OSError):
            self.folder.parent.rmdir()

    def stopped(self) -> bool:
        """Whether the run is over, so that its trainings are to end."""
        return not self.folder.exists()

    @contextlib.contextmanager
    def track(self, cell: Cell, epochs: int) -> Iterator["Tracker"]:
        """Show a training among those running for as long as the block lasts."""
        tracker = Tracker(self.folder / f"{cell.label}.json", cell, epochs)
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
    """Writes one training's progress, a few times a second at most."""

    def __init__(self, path: Path, cell: Cell, epochs: int) -> None:
        self.path = path
        self.cell = cell
        self.epochs = epochs
        self.due = 0.0

    def show(self, epoch: int, validation_mse: float | None) -> None:
        """Say that `epoch` epochs are done."""
        now = time.monotonic()
        if now < self.due:
            return
        self.due = now + REPORT_SECONDS
        progress = Progress(self.cell.label, epoch, self.epochs, validation_mse)
        draft = self.path.with_suffix(".draft")
        with contextlib.suppress(FileNotFoundError):  # the run is over
            draft.write_text(json.dumps(asdict(progress)))
            draft.replace(self.path)
