"""What a stage leaves behind, in the words of its record."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypedDict, cast

FORMAT = 4  # of records; one of another format is not read
DECODER = "prefect.serializers.prefect_json_object_decoder"  # Prefect's own, of JSON


class Output(TypedDict):
    """A file that a stage wrote.

    Its path begins with the root it lies under, data or artifacts. `state` is what its file system said of it
    then, as `places.state_of` tells it: as long as that is so, nobody has changed, copied or replaced it.
    """

    path: str
    bytes: int
    sha256: str
    state: str


@dataclass(frozen=True)
class Made:
    """What a stage made: its files by name, and small values."""

    outputs: dict[str, Output]
    values: dict[str, Any] = field(default_factory=dict)


class Record(TypedDict):
    """What a stage leaves behind.

    `key` is made from `ingredients`; `modules` decide it by their code, of which `files` has a
    digest a file. `digest` is that of all else here, so that damage to the record itself is found.
    """

    format: int
    key: str
    ingredients: dict[str, Any]
    modules: list[str]
    files: dict[str, str]
    outputs: dict[str, Output]
    values: dict[str, Any]
    digest: str


class Outcome(TypedDict):
    """What became of a step: its record, or why it failed; neither where it was not run."""

    axes: dict[str, Any]
    record: Record | None
    failure: str | None


class DamagedError(Exception):
    """A file or a record is not what was written."""


def digest(value: Any) -> str:
    """The SHA-256 of a JSON value; the order of names in objects does not matter."""
    return hashlib.sha256(json.dumps(value, sort_keys=True, allow_nan=False).encode()).hexdigest()


def record_of(
    key: str, ingredients: dict[str, Any], modules: Sequence[str], files: Mapping[str, str], made: Made
) -> Record:
    """The record of what a stage made; the arguments are as in `Record`."""
    told = {
        "format": FORMAT,
        "key": key,
        "ingredients": ingredients,
        "modules": list(modules),
        "files": dict(files),
        "outputs": made.outputs,
        "values": made.values,
    }
    return cast(Record, {**told, "digest": digest(told)})


def parse_record(content: bytes) -> Record:
    """The record in a file as Prefect writes it.

    What would have Prefect run code when it reads the record does not pass for one.

    Raises:
        DamagedError: it is none, or not one of ours.
    """
    try:
        envelope = json.loads(content)
        serializer = envelope["metadata"]["serializer"]
        if serializer["type"] != "json":
            raise DamagedError(f"its record is not JSON but {serializer['type']}")
        if serializer.get("object_decoder") not in (None, DECODER) or "__class__" in envelope["result"]:
            raise DamagedError("its record holds more than plain values")
        record: Record = json.loads(envelope["result"])
        if record.get("format") != FORMAT:
            raise DamagedError("its record is of another format")
        if record.get("digest") != digest({n: told for n, told in record.items() if n != "digest"}):
            raise DamagedError("its record is not what was written")
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise DamagedError("its record is not readable") from error
    return record
