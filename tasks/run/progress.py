"""A run in progress as a folder of files: trainings write their progress there and see when the run is over.

Files work alike for threads, processes and other machines that see the folder. In an object store, they are
read and written less often. A run decides when a training stops and when its state is kept, but never its
result.
"""

import contextlib
import hashlib
import json
import stat
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from math import inf
from pathlib import Path

from tasks.cache.files import LOCK, CancelledError, locked
from tasks.cache.places import Place, StoreError, is_plain_file, lock, read, write
from tasks.run.child import KilledError

SHOW_SECONDS = 0.3
OBJECT_STORE_SECONDS = 3.0
TOLD, DRAFT, BEGUN, OVER = ".progress", ".progress-draft", ".begun", ".denoising-over"
GOING_ON = ".going-on"


@dataclass(frozen=True)
class Progress:
    """The progress of a training: `epoch` of `epochs` are done, the last one with this validation error."""

    label: str
    epoch: int
    epochs: int
    validation_mse: float | None


@dataclass(frozen=True)
class Run:
    """One run of a study.

    Attributes:
        folder: the folder of the run, which exists while the run goes on.
        checkpoint_seconds: time between two checkpoints of a training.
        time_limit: seconds that one attempt at a training may take.
        device_slots: how many trainings may share a GPU.
    """

    folder: Place
    checkpoint_seconds: float = inf
    time_limit: float = inf
    device_slots: int = 1

    @contextlib.contextmanager
    def open(self) -> Iterator["Run"]:
        """Make the folder, and remove it at the end of the block, however that ends.

        The run holds the lock file beside the folder meanwhile, which shows others that it is alive.
        """
        with lock(self.folder.with_suffix(LOCK)):
            remove_told(self.folder)
            if isinstance(self.folder, Path):
                self.folder.mkdir(parents=True, exist_ok=True)
            else:
                write(self.sign, b"")
            try:
                yield self
            finally:
                self.close()

    def close(self) -> None:
        """Remove the folder, which ends trainings that still run when they next look for it.

        It is renamed first, so that nobody sees it half removed.
        """
        folder = self.folder
        if isinstance(folder, Path):
            folder = folder.with_suffix(OVER)
            with contextlib.suppress(OSError):  # it may be gone, or not be ours to rename any more
                self.folder.rename(folder)
        with contextlib.suppress(StoreError):  # nor then is the end of the run another than it was
            if not isinstance(self.folder, Path):
                self.sign.unlink(missing_ok=True)
            remove_told(folder)

    @property
    def sign(self) -> Place:
        """The path that exists while the run goes on: the folder or, in an object store, an object in it."""
        return self.folder if isinstance(self.folder, Path) else self.folder / GOING_ON

    @property
    def look_seconds(self) -> float:
        """Seconds to wait between two looks at the folder."""
        return 0.0 if isinstance(self.folder, Path) else OBJECT_STORE_SECONDS

    def stopped(self) -> bool:
        """Whether the run is over, so that its trainings have to stop; not if an object store cannot tell."""
        try:
            return not self.sign.exists()
        except StoreError:
            return False

    @contextlib.contextmanager
    def once(self, name: str) -> Iterator[None]:
        """Run the block, unless one of this name was begun before and not ended.

        Raises:
            CancelledError: the run is over.
            KilledError: it was; so what ran it was killed.
        """
        note = self.folder / f"{name}{BEGUN}"
        try:
            if isinstance(note, Path):
                note.touch(exist_ok=False)
            elif note.exists():
                raise FileExistsError(note)
            else:
                write(note, b"")
        except FileExistsError as error:
            raise KilledError from error
        except FileNotFoundError as error:
            raise CancelledError("the run is over") from error
        try:
            yield
        finally:
            with contextlib.suppress(OSError, StoreError):
                note.unlink(missing_ok=True)

    @contextlib.contextmanager
    def track(self, label: str, epochs: int) -> Iterator["Tracker"]:
        """List a training as running within the block."""
        tracker = Tracker(self, label, epochs)
        tracker.show(0, None)
        try:
            yield tracker
        finally:
            with contextlib.suppress(OSError, StoreError):
                tracker.path.unlink(missing_ok=True)

    def running(self) -> list[Progress]:
        """Return the progress of every running training."""
        found = []
        paths: list[Place] = []
        with contextlib.suppress(StoreError):
            paths += self.folder.glob(f"*{TOLD}")
        for path in sorted(paths, key=str):
            with contextlib.suppress(OSError, StoreError, ValueError, TypeError, RecursionError):
                found.append(Progress(**json.loads(read(path))))
        return found


class Tracker:
    """Writes the progress of one training and tells it when to stop and when to keep a checkpoint.

    It limits how often files are written and looked at.
    """

    def __init__(self, run: Run, label: str, epochs: int) -> None:
        self.run = run
        # A label may be longer than a file's name.
        self.path = run.folder / f"{hashlib.sha256(label.encode()).hexdigest()[:16]}{TOLD}"
        self.label = label
        self.epochs = epochs
        self.show_due = self.look_due = 0.0
        self.checkpoint_seconds = run.checkpoint_seconds
        self.checkpoint_due = time.monotonic() + run.checkpoint_seconds

    def show(self, epoch: int, validation_mse: float | None) -> None:
        """Write that `epoch` epochs are done, unless that was last written a moment ago."""
        now = time.monotonic()
        if now < self.show_due:
            return
        self.show_due = now + (self.run.look_seconds or SHOW_SECONDS)
        progress = Progress(self.label, epoch, self.epochs, validation_mse)
        content = json.dumps(asdict(progress)).encode()
        # The run may be over, the disk full or the store away; none is a reason to lose the training.
        with contextlib.suppress(OSError, StoreError):
            if isinstance(self.path, Path):
                draft = self.path.with_suffix(DRAFT)
                draft.write_bytes(content)
                draft.replace(self.path)
            else:
                write(self.path, content)

    def stopped(self) -> bool:
        """Whether the run is over; in an object store, this may be known some seconds late."""
        now = time.monotonic()
        if now < self.look_due:
            return False
        self.look_due = now + self.run.look_seconds
        return self.run.stopped()

    def checkpoint_is_due(self) -> bool:
        """Whether a checkpoint is due; if so, the time until the next one starts."""
        now = time.monotonic()
        if now < self.checkpoint_due:
            return False
        self.checkpoint_due = now + self.checkpoint_seconds
        return True


def remove_abandoned_runs(folder: Path) -> list[str]:
    """Remove what killed runs left in the folder of all runs, and return the names of those runs.

    A run is known by its lock file, which exists for as long as its folder does.
    """
    killed = []
    for run in sorted(path.with_suffix("") for path in folder.glob(f"*{LOCK}") if is_plain_file(path)):
        with contextlib.suppress(CancelledError, OSError), locked(run.with_suffix(LOCK), blocking=False):
            for path in (run, run.with_suffix(OVER)):
                remove_told(path)
            killed.append(run.name)
    return killed


def remove_told(folder: Place) -> None:
    """Remove what trainings left in the folder of a run, and the folder if it is then empty."""
    for suffix in (TOLD, DRAFT, BEGUN):
        for path in folder.glob(f"*{suffix}"):
            path.unlink(missing_ok=True)
    if isinstance(folder, Path):
        with contextlib.suppress(OSError):
            folder.rmdir()


def may_go_on(folder: Place) -> bool:
    """Whether the run of this folder may be alive; true where that is unknown, as in an object store."""
    if not isinstance(folder, Path):
        return True
    file = folder.with_suffix(LOCK)
    try:
        if not stat.S_ISREG(file.lstat().st_mode):
            return False
        with locked(file, blocking=False):
            return False
    except FileNotFoundError:
        return False
    except (CancelledError, OSError):
        return True
