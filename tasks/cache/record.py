"""What a stage leaves behind, in the words of its record."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Required, TypeVar, cast

from pydantic import TypeAdapter
from typing_extensions import TypedDict  # not that of `typing`, before Python 3.12 by pydantic's demand

T = TypeVar("T")

FORMAT = 4  # of records; one of another format is not read
SERIALIZER = {  # how Prefect says that it wrote plain values as JSON
    "type": "json",
    "jsonlib": "json",
    "object_encoder": "prefect.serializers.prefect_json_object_encoder",
    "object_decoder": "prefect.serializers.prefect_json_object_decoder",
    "dumps_kwargs": {},
    "loads_kwargs": {},
}


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


class Ingredients(TypedDict, total=False):
    """What a key is made from; `inputs` are digests."""

    settings: dict[str, Any]
    inputs: dict[str, str]
    code: str
    versions: dict[str, str]


class Record(TypedDict):
    """What a stage leaves behind.

    `key` is made from `ingredients`; `modules` decide it by their code, of which `files` has a
    digest a file. `digest` is that of all else here, so that damage to the record itself is found.
    """

    format: int
    key: str
    ingredients: Ingredients
    modules: list[str]
    files: dict[str, str]
    outputs: dict[str, Output]
    values: dict[str, Any]
    digest: str


def ingredients_of(record: Record) -> dict[str, Any]:
    """All ingredients that the key of a record is made from; empty where it tells none."""
    return {"settings": {}, "inputs": {}, "code": "", "versions": {}, **record["ingredients"]}


class Metadata(TypedDict, total=False):
    """What Prefect tells of a record; records of ours neither expire nor belong to a block of Prefect's."""

    serializer: Required[dict[str, Any]]
    storage_key: str | None
    expiration: None
    prefect_version: str
    storage_block_id: None


class Envelope(TypedDict):
    """What Prefect writes; `result` is the text of a record."""

    metadata: Metadata
    result: str


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
    return with_shared_parts(cast(Record, {**told, "digest": digest(told)}))


PARTS: dict[tuple[Any, ...], Any] = {}  # by their content


def with_shared_parts(record: Record) -> Record:
    """Return a record whose longest parts are in memory once for all records that have the same.

    These are what it tells of the code: 20 kB of each of ten thousand cells. Nobody must change them.
    """
    ingredients = record["ingredients"].copy()
    if "versions" in ingredients:
        ingredients["versions"] = shared(ingredients["versions"])
    files, modules = shared(record["files"]), shared(record["modules"])
    return {**record, "files": files, "modules": modules, "ingredients": ingredients}


def shared(part: T) -> T:
    """Return a mapping or a list of texts that equals this one: the first such that was given."""
    content = part.items() if isinstance(part, dict) else cast(Any, part)
    found: T = PARTS.setdefault((type(part), *content), part)
    return found


def parse_record(content: bytes) -> Record:
    """The record in a file as Prefect writes it, and so as Prefect can read it.

    What would have Prefect run code when it reads the record does not pass for one.

    Raises:
        DamagedError: it is none, or not one of ours.
    """
    try:
        envelope = adapter(Envelope).validate_json(content, strict=True)
        serializer, text = envelope["metadata"]["serializer"], envelope["result"]
        if serializer["type"] != "json":
            raise DamagedError(f"its record is not JSON but {serializer['type']}")
        if any(value != SERIALIZER.get(name) for name, value in serializer.items()) or "__class__" in text:
            raise DamagedError("its record holds more than plain values")
        record = json.loads(text)
        if record.get("format") != FORMAT:
            raise DamagedError("its record is of another format")
        is_whole = record.get("digest") == digest({n: told for n, told in record.items() if n != "digest"})
        if not is_whole or text != json.dumps(record):
            raise DamagedError("its record is not what was written")
        whole = with_shared_parts(adapter(Record).validate_python(record, strict=True))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise DamagedError("its record is not readable") from error
    return whole


@cache
def adapter(kind: type[T]) -> TypeAdapter[T]:
    """What checks that something has all that its kind has."""
    return TypeAdapter(kind)
