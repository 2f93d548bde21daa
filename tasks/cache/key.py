"""The cache key of a step, which depends on everything that decides its result and on nothing else.

A key is made from the stage's settings, the content digests of its inputs, the code that it imports and the
versions of the libraries that this code imports.
"""

import platform
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.metadata import PackageNotFoundError, distribution, packages_distributions, version
from typing import Any

from tasks.cache.code import code_of
from tasks.cache.record import DamagedError, Made, Record, digest, record_of
from tasks.cache.stage import Input, Step

VERSION = re.compile(r"^Version: *(.*\S)", re.MULTILINE)


@dataclass(frozen=True)
class Key:
    """The name under which a result is kept, and what it is made from.

    Attributes:
        stage: name of the stage.
        place: what the result is for, such as `depth=2,alpha=0.1,seed=0`.
        code: the modules that decide the result, with all that they import.
        ingredients: everything that decides the result: `settings`, `inputs`, `code` and `versions`.
    """

    stage: str
    place: str
    code: tuple[str, ...]
    ingredients: dict[str, Any]

    @property
    def digest(self) -> str:
        """16 hexadecimal digits that depend on every ingredient."""
        return digest(self.ingredients)[:16]

    @property
    def folder(self) -> str:
        """The folder in the store for the step's own files."""
        return f"artifacts/cells/{self.place}/{self.stage}-{self.digest}"

    def record(self, made: Made) -> Record:
        """Return the record of what the stage made."""
        return record_of(str(self), self.ingredients, self.code, code_of(*self.code).files, made)

    def __str__(self) -> str:
        return f"{self.stage}/{self.place}/{self.digest}"


def key_of(step: Step, inputs: Mapping[str, Input]) -> Key:
    """Return the key of a step, given its inputs by the names of the stage's parameters.

    Raises:
        DamagedError: the record of an input tells nothing of a file that the step reads.
    """
    settings = step.settings.model_dump(mode="json")
    if step.stage.despite_failures:
        settings["failures"] = dict(failures(inputs))
    ingredients = {
        "settings": settings,
        "inputs": dict(input_digests(step, inputs)),
        "code": code_of(*step.code).digest,
        "versions": versions(*step.code),
    }
    return Key(step.stage.name, step.place, step.code, ingredients)


def input_digests(step: Step, inputs: Mapping[str, Input]) -> Iterator[tuple[str, str]]:
    """Yield a name and the content digest of each file that a step reads.

    A stage that tells of failures makes tables with the axes of all its inputs, in their order.
    """
    if step.stage.despite_failures:
        several: Mapping[str, Mapping[str, Any]] = inputs
        told = [[name, label, of["axes"]] for name in several for label, of in several[name].items()]
        yield "axes", digest(told)
    for parameter, names in step.stage.reads.items():
        for label, record in records_in(inputs[parameter]):
            for name in names or record["outputs"]:
                if name not in record["outputs"]:
                    stage = record["key"].partition("/")[0]
                    raise DamagedError(f"{record['key']} lacks file {name}; run again with --refresh {stage}")
                yield f"{parameter} {label} {name}".replace("  ", " "), record["outputs"][name]["sha256"]


def records_in(given: Input) -> Iterator[tuple[str, Record]]:
    """Yield the records of an input with the labels of their steps; the label of a single record is empty."""
    several: Mapping[str, Any] = {"": given} if "outputs" in given else given
    for label, found in several.items():
        record = found.get("record", found)
        if record is not None:
            yield label, record


def failures(inputs: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield each failed input of a step and the reason why it failed."""
    for parameter, outcomes in inputs.items():
        for label, outcome in outcomes.items():
            if outcome["failure"]:
                yield f"{parameter} {label}", outcome["failure"]


@cache
def versions(*modules: str) -> dict[str, str]:
    """Return the versions of Python and of the libraries that these modules import, also indirectly."""
    python = ".".join(platform.python_version_tuple()[:2])
    return {"python": python, **{name: version_of(name) for name in code_of(*modules).libraries}}


@cache
def version_of(library: str) -> str:
    """Return the version of the library that is imported by this name; an optional one may be absent."""
    try:
        found = distribution(library)
        head, _, _ = (found.read_text("METADATA") or "").partition("\n\n")
        told = VERSION.search(head)  # parsing all of it, which is long, takes a while
        return told[1] if told else found.version
    except PackageNotFoundError:
        names = packages_distributions().get(library, ())  # slow: looks through all that are installed
        return ", ".join(map(version, names)) or "absent"
