"""Where everything lies: bytes in, bytes out, and how they are known to be those that were written.

What a stage made is described by a record, plain JSON, in which files are named relative to the data or the
artifacts folder, so that both can be moved. Prefect keeps the records. A stage is done if its record is there
and whole.
"""

import contextlib
import errno
import hashlib
import json
import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tasks.cache.files import LOCK, CancelledError, locked, remove_abandoned_drafts
from tasks.cache.places import (
    Place,
    StoreError,
    for_one_look,
    is_link,
    is_plain_file,
    lock,
    pointed_to,
    read,
    remove,
    state_of,
    write,
)
from tasks.cache.record import DamagedError, Output, Record, parse_record
from tasks.run.progress import remove_abandoned_runs

CHECKPOINT = "checkpoint"  # the file in a stage's folder that is there only until the stage is done
ROOTS = ("data", "artifacts")  # how the paths in records begin
IN_DATA = ("generated", "recordings")  # what has a place of its own there, beside the datasets
LATEST = "latest"  # leads to the study that ran last, or to the one that is pinned
PINNED = "pinned"  # holds the name of the study that `latest` is pinned to, then that of the last to run
COMPARISONS = "comparisons"  # of studies, a page each
IN_ARTIFACTS = ("cells", COMPARISONS, LATEST, "locks", PINNED, "records", "runs")  # and there, beside studies
DIGEST_BYTES = hashlib.sha256().digest_size
LACKS = {errno.EMFILE, errno.ENFILE, errno.ENOMEM, errno.ESTALE, errno.ETIMEDOUT}  # no fault of a file's


@dataclass(frozen=True)
class Store:
    """The data and the artifacts of all studies.

    Attributes:
        data: `<dataset>/alpha=<alpha>/{train,validation,test}.parquet` and `generated/`.
        artifacts: `cells/`, `records/`, one folder a study, `latest`; in a run, `runs/` and `locks/`.
    """

    data: Place
    artifacts: Place

    @property
    def records(self) -> Place:
        """Where Prefect keeps the record of every finished stage, under the stage's key."""
        return self.artifacts / "records"

    @property
    def runs(self) -> Place:
        """Where the runs that go on have their folders."""
        return self.artifacts / "runs"

    @property
    def locks(self) -> bool:
        """Whether locks keep two runs from making the same at the same time."""
        return isinstance(self.artifacts, Path)

    def resolve(self, path: str) -> Place:
        """The place of a path as records name it, which leads nowhere else.

        Raises:
            DamagedError: it would lead out of the data and the artifacts.
        """
        root, *parts = path.split("/")
        if root not in ROOTS or ".." in parts or not all(parts) or not is_name(path):
            raise DamagedError(f"{path} is no path below {' or '.join(ROOTS)}")
        return (self.data if root == "data" else self.artifacts).joinpath(*parts)

    def for_one_look(self) -> "Store":
        """The same store, through which what others write from now on may not be seen."""
        return Store(for_one_look(self.data), for_one_look(self.artifacts))

    # Writing

    def write(self, path: str, content: bytes) -> Output:
        """Write a file atomically, and describe it."""
        state = write(self.resolve(path), content)
        sha256 = hashlib.sha256(content).hexdigest()
        return Output(path=path, bytes=len(content), sha256=sha256, state=state)

    def write_json(self, path: str, value: Any) -> Output:
        """Write a value as readable JSON."""
        return self.write(path, (json.dumps(value, indent=2, allow_nan=False) + "\n").encode())

    # Reading

    def read(self, output: Output) -> bytes:
        """The bytes of a file, which are those that were written.

        Raises:
            DamagedError: the file is missing or its content differs.
            OSError: the machine lacks what it takes to read any file.
        """
        path = self.resolve(output["path"])
        with damage_told(path):
            content = read(path)
        if len(content) != output["bytes"]:
            raise DamagedError(f"{path} has {len(content)} bytes instead of {output['bytes']}")
        if hashlib.sha256(content).hexdigest() != output["sha256"]:
            raise DamagedError(f"{path} is not what was written there")
        return content

    def read_json(self, output: Output) -> Any:
        """A JSON value."""
        return json.loads(self.read(output))

    def read_note(self, path: str) -> dict[str, Any] | None:
        """What a JSON file of a study tells; None where there is none, or none that can be read."""
        with contextlib.suppress(OSError, ValueError, RecursionError, DamagedError):
            note = json.loads(read(self.resolve(path)))
            return note if isinstance(note, dict) else None
        return None

    # Checkpoints

    def write_checkpoint(self, path: str, content: bytes) -> None:
        """Write the state of unfinished work, with a digest of its own: no record tells what it has to be.

        An object store that cannot be used meanwhile is no reason to lose the work.
        """
        with contextlib.suppress(StoreError):
            write(self.resolve(path), hashlib.sha256(content).digest() + content)

    def read_checkpoint(self, path: str) -> bytes | None:
        """The state of work that was cut short; None where none was kept, or not whole."""
        try:
            content = read(self.resolve(path))
        except OSError as error:
            pass_on(error)
            return None
        digest, content = content[:DIGEST_BYTES], content[DIGEST_BYTES:]
        return content if hashlib.sha256(content).digest() == digest else None

    # Records

    def read_record(self, key: str, *, verify: bool = True) -> Record | None:
        """The record of a finished stage; None where there is none.

        Args:
            key: the stage's key.
            verify: compare the content of every file with its digest, not only of those that are no longer
                the very files that were written.

        Raises:
            DamagedError: the record or a file that it names is not what was written.
            OSError: the machine lacks what it takes to read any file.
        """
        path = self.resolve(f"artifacts/records/{key}")
        try:
            content = read(path)
        except (FileNotFoundError, NotADirectoryError):
            return None
        except OSError as error:
            pass_on(error)
            raise DamagedError(f"its record cannot be read ({error.strerror or error})") from error
        record = parse_record(content)
        if record["key"] != key:
            raise DamagedError("its record is another's")
        for output in record["outputs"].values():
            self.check(output, verify)
        return record

    def whole_record(self, key: str, *, verify: bool = True) -> Record | None:
        """The record of a finished stage if there is one and it is whole; see `read_record`."""
        try:
            return self.read_record(key, verify=verify)
        except DamagedError:
            return None

    def check(self, output: Output, verify: bool) -> None:
        """Compare a file with what is noted of it.

        Args:
            output: what is noted.
            verify: compare its content even if it is the very file that was written.

        Raises:
            DamagedError: it is missing, or another.
        """
        if not verify:
            path, state = self.resolve(output["path"]), output["state"]
            if not isinstance(path, Path):
                state = state.partition(" ")[0]  # earlier versions noted a time, too
            with damage_told(path):
                if state_of(path) == (output["bytes"], state):
                    return
        self.read(output)

    def forget_damaged(self, key: str) -> str | None:
        """Drop the record under a key if it, or a file that it names, is not whole; says why if so."""
        try:
            self.read_record(key)
        except DamagedError as error:
            remove(self.records / key)
            return str(error)
        return None

    def is_written_over(self, key: str) -> bool:
        """Whether the files of a record are those of another run of its stage, which is whole."""
        files = {
            record["key"]: {output["path"] for output in record["outputs"].values()}
            for record in self.records_like(key)
        }
        own = files.pop(key, set())
        return any(not own.isdisjoint(others) and self.whole_record(other) for other, others in files.items())

    def records_like(self, key: str) -> list[Record]:
        """The readable records whose keys differ from this one in the digest alone, newest first."""
        paths = [path for path in (self.records / key).parent.glob("*") if path.is_file()]
        found = []
        for path in sorted(paths, key=lambda path: path.stat().st_mtime_ns, reverse=True):
            with contextlib.suppress(DamagedError, OSError):
                found.append(parse_record(read(path)))
        return found

    def tidy(self, folder: str) -> None:
        """Remove what a stage that was cut short had left in its folder, now that it is done."""
        checkpoint = self.resolve(folder) / CHECKPOINT
        if not is_link(checkpoint):
            remove(checkpoint)

    def lock(self, key: str, cancelled: Callable[[], bool] = lambda: False) -> AbstractContextManager[None]:
        """Keep everybody else from making what this key stands for, where that can be."""
        return lock(self.artifacts / "locks" / f"{key.replace('/', ';')}{LOCK}", cancelled)

    def remove_abandoned(self) -> list[str]:
        """Remove what killed processes left half done; the names of the runs that were killed.

        In an object store nothing is half done, and nobody can tell who was killed.
        """
        for root in (self.data, self.artifacts):
            if isinstance(root, Path):
                remove_abandoned_drafts(root)
        if not isinstance(self.artifacts, Path):
            return []
        for path in filter(is_plain_file, (self.artifacts / "locks").glob(f"*{LOCK}")):
            with contextlib.suppress(CancelledError, OSError), locked(path, blocking=False):
                pass  # the file goes when it is released
        return remove_abandoned_runs(self.artifacts / "runs")

    @property
    def studies(self) -> list[str]:
        """The names of the studies that were run to their end."""
        names = (path.parent.name for path in self.artifacts.glob("*/study.json"))
        return sorted(name for name in names if name != LATEST)

    @property
    def latest(self) -> str | None:
        """The study that ran last, or the one that is pinned."""
        return pointed_to(self.artifacts / LATEST)

    def named(self, study: str) -> str:
        """The name of a study that goes by its name or as `latest`, which may lead nowhere."""
        return (self.latest or study) if study == LATEST else study


def is_name(path: str) -> bool:
    """Whether a file can be of this name."""
    try:
        return b"\0" not in os.fsencode(path)
    except UnicodeEncodeError:
        return False


@contextlib.contextmanager
def damage_told(path: Place) -> Iterator[None]:
    """Say of a file that cannot be read in the block that it is damaged.

    Raises:
        DamagedError: it is missing, or cannot be read.
        OSError: the machine lacks what it takes to read any file.
    """
    try:
        yield
    except FileNotFoundError as error:
        raise DamagedError(f"{path} is missing") from error
    except OSError as error:
        pass_on(error)
        raise DamagedError(f"{path} cannot be read ({error.strerror or error})") from error


def pass_on(error: OSError) -> None:
    """Raise an error again that says nothing of the file: what is whole must not be made again for it."""
    if error.errno in LACKS:
        raise error


def study_note(study: str) -> str:
    """The path of the file that tells what a study is and how it was last run to its end."""
    return f"artifacts/{study}/study.json"


def study_settings(study: str) -> str:
    """The path of the file that tells how the run of a study was begun that was begun last."""
    return f"artifacts/{study}/settings.json"
