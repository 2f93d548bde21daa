"""Where everything lies and in which format: the only module that knows paths and file formats.

A file is written beside its place, flushed to the disk and renamed into place, so that no reader ever sees
half of it. What a stage wrote is described by a record, plain JSON, in which files are named relative to
the data or the artifacts folder, so that both can be moved.
"""

import contextlib
import hashlib
import io
import json
import os
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TypedDict

import numpy as np

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

    from denoising.dataset import SignalSet
    from denoising.training import Weights

Root = Literal["data", "artifacts"]


class Output(TypedDict):
    """A file that a stage wrote; its path begins with the root it lies under, data or artifacts."""

    path: str
    bytes: int
    sha256: str


class Record(TypedDict):
    """What a stage leaves behind: its key, what the key was made from, its files and small values."""

    key: str
    ingredients: dict[str, Any]
    outputs: dict[str, Output]
    values: dict[str, Any]


class DamagedError(Exception):
    """A file is not what its record says."""


@dataclass(frozen=True)
class Store:
    """The data and the artifacts of all studies.

    Attributes:
        data: `<dataset>/alpha=<alpha>/{train,validation,test}.parquet` and `generated/`.
        artifacts: `cells/`, `records/`, `runs/`, one folder a study, and `latest`.
    """

    data: Path
    artifacts: Path

    @property
    def records(self) -> Path:
        """Where Prefect keeps the record of every finished stage, under the stage's key."""
        return self.artifacts / "records"

    def resolve(self, path: str) -> Path:
        """The place of a path as records name it."""
        root, _, rest = path.partition("/")
        return {"data": self.data, "artifacts": self.artifacts}[root] / rest

    # Writing

    def write(self, path: str, content: bytes) -> Output:
        """Write a file atomically and durably, and describe it."""
        write_atomically(self.resolve(path), content)
        return Output(path=path, bytes=len(content), sha256=hashlib.sha256(content).hexdigest())

    def write_json(self, path: str, value: Any) -> Output:
        """Write a value as readable JSON."""
        return self.write(path, (json.dumps(value, indent=2, allow_nan=False) + "\n").encode())

    def write_table(self, path: str, table: "pa.Table") -> Output:
        """Write an Arrow table as Parquet."""
        import pyarrow.parquet as pq

        buffer = io.BytesIO()
        pq.write_table(table, buffer)
        return self.write(path, buffer.getvalue())

    def write_frame(self, path: str, frame: "pd.DataFrame") -> Output:
        """Write a data frame as Parquet, its index left out."""
        import pyarrow as pa

        return self.write_table(path, pa.Table.from_pandas(frame, preserve_index=False))

    def write_signals(
        self, path: str, splits: Mapping[str, "SignalSet"], generated_by: Mapping[str, Any]
    ) -> Output:
        """Write sets of signals as one Parquet file, with the settings that made them in its metadata."""
        import pyarrow as pa

        tables = [signals_table(split, signals) for split, signals in splits.items()]
        metadata = {"denoising": json.dumps(generated_by)}
        return self.write_table(path, pa.concat_tables(tables).replace_schema_metadata(metadata))

    def write_weights(self, path: str, weights: "Weights") -> Output:
        """Write a network's weights as safetensors."""
        from safetensors.torch import save

        return self.write(path, save(weights))

    # Reading

    def read(self, output: Output) -> bytes:
        """The bytes of a file, which are those that were written.

        Raises:
            DamagedError: the file is missing or its content differs.
        """
        path = self.resolve(output["path"])
        try:
            content = path.read_bytes()
        except FileNotFoundError as error:
            raise DamagedError(f"{path} is missing") from error
        if len(content) != output["bytes"] or hashlib.sha256(content).hexdigest() != output["sha256"]:
            raise DamagedError(f"{path} is not what was written there")
        return content

    def read_json(self, output: Output) -> Any:
        """A JSON value."""
        return json.loads(self.read(output))

    def read_table(self, output: Output) -> "pa.Table":
        """A Parquet file as an Arrow table."""
        import pyarrow.parquet as pq

        return pq.read_table(io.BytesIO(self.read(output)))

    def read_frame(self, output: Output) -> "pd.DataFrame":
        """A Parquet file as a data frame."""
        frame: pd.DataFrame = self.read_table(output).to_pandas()
        return frame

    def read_signals(self, output: Output) -> dict[str, "SignalSet"]:
        """The sets of signals in a Parquet file, by the name of their split."""
        table = self.read_table(output)
        split = table.column("split").to_numpy(zero_copy_only=False)
        signals = signals_of(table)
        return {str(name): signals.take(np.flatnonzero(split == name)) for name in dict.fromkeys(split)}

    def read_weights(self, output: Output) -> "Weights":
        """The weights in a safetensors file."""
        from safetensors.torch import load

        return load(self.read(output))

    # Records

    def read_record(self, key: str) -> Record | None:
        """The record of a finished stage if it, and every file it names, is whole; else None."""
        try:
            envelope = json.loads((self.records / key).read_bytes())
            if envelope["metadata"]["serializer"]["type"] != "json":
                return None  # Prefect would run what another serializer holds
            record: Record = json.loads(envelope["result"])
            if record["key"] != key:
                return None
            for output in record["outputs"].values():
                self.read(output)
        except (OSError, ValueError, KeyError, TypeError, AttributeError, DamagedError):
            return None
        return record

    def forget_damaged(self, key: str) -> None:
        """Drop the record under a key unless it and every file it names is whole."""
        if self.read_record(key) is None:
            (self.records / key).unlink(missing_ok=True)

    def link_latest(self, study: str) -> None:
        """Let `latest` lead to a study, replacing the link in one step."""
        with tempfile.TemporaryDirectory(dir=self.artifacts, prefix=".latest-") as folder:
            link = Path(folder) / "latest"
            link.symlink_to(study, target_is_directory=True)
            link.replace(self.artifacts / "latest")


def study_note(study: str) -> str:
    """The path of the file that tells what a study is and how it was run."""
    return f"artifacts/{study}/study.json"


def write_atomically(path: Path, content: bytes) -> None:
    """Replace a file in one step: readers see the old content or all of the new one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
            os.fchmod(file.fileno(), 0o666 & ~UMASK)
        Path(temporary).replace(path)
    except BaseException:
        with contextlib.suppress(OSError):
            Path(temporary).unlink()
        raise
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def current_umask() -> int:
    """The permissions that new files are to lack."""
    umask = os.umask(0)
    os.umask(umask)
    return umask


UMASK = current_umask()  # asked once: asking changes it for an instant, for every thread


def signals_table(split: str, signals: "SignalSet") -> "pa.Table":
    """Signals as columns: signal_id, split, f1, f2 and, as fixed-size lists of float32, clean and noisy."""
    import pyarrow as pa

    length = signals.clean.shape[1]
    return pa.table(
        {
            "signal_id": pa.array(signals.signal_id),
            "split": pa.array([split] * len(signals)),
            "f1": pa.array(signals.frequencies[:, 0]),
            "f2": pa.array(signals.frequencies[:, 1]),
            "clean": pa.FixedSizeListArray.from_arrays(pa.array(signals.clean.ravel()), length),
            "noisy": pa.FixedSizeListArray.from_arrays(pa.array(signals.noisy.ravel()), length),
        }
    )


def signals_of(table: "pa.Table") -> "SignalSet":
    """The inverse of `signals_table`, without the split."""
    from denoising.dataset import SignalSet

    def matrix(name: str) -> Any:
        column = table.column(name).combine_chunks()
        return column.flatten().to_numpy().reshape(len(column), column.type.list_size).copy()

    return SignalSet(
        signal_id=table.column("signal_id").to_numpy(),
        frequencies=np.column_stack([table.column("f1").to_numpy(), table.column("f2").to_numpy()]),
        clean=matrix("clean"),
        noisy=matrix("noisy"),
    )
