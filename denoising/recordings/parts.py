"""Which windows are for training, for validation and for tests.

Recordings are split as wholes, so that no recording is on two sides; if there are only one or two, each is
split into stretches of time, a window apart. Of recordings that are wholly for tests there may be too few to
tell how sure a result is; then these are divided into stretches, a window apart too.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from denoising.recordings.settings import RecordingError
from denoising.signals.dataset import Split, keyed_generator

SHARES: Mapping[Split, float] = {"train": 0.6, "validation": 0.2, "test": 0.2}
LEAST_GROUPS = 3  # to split recordings as wholes
MOST_CYCLES = 10  # of a stretch for each part, of a recording that is split in time
LEAST_WINDOWS = 8  # of a cycle: 3, 1 and 1 for the parts, and a gap after each
LEAST_TESTED = 3  # recordings for tests, to be taken as they are
MOST_STRETCHES = 10  # of a recording for tests, if there are fewer
OF_STRETCH = 4  # windows, with the gap after them, unless there would be but one stretch


@dataclass(frozen=True)
class Stretch:
    """Some windows of a recording that follow each other and are for one part.

    Attributes:
        part: the part.
        start, stop: its first window and the one after its last.
        block: what it is a part of; windows of different blocks tell more than those of one.
    """

    part: Split
    start: int
    stop: int
    block: str


def stretches(names: Sequence[str], lengths: Sequence[int], group: str, seed: int) -> list[list[Stretch]]:
    """Return the stretches of each recording.

    Args:
        names: the names of the recordings.
        lengths: how many windows each has.
        group: a regular expression whose match in a name tells which recordings belong together; if it is
            empty, each is by itself.
        seed: decides which recordings are for which part.

    Raises:
        RecordingError: there are too few windows, or a name does not match.
    """
    groups = [group_of(name, group) for name in names]
    if len(set(groups)) >= LEAST_GROUPS:
        part = parts_of(groups, lengths, seed)
        few = [*part.values()].count("test") < LEAST_TESTED
        return [
            for_tests(name, length) if few and part[own] == "test" else [Stretch(part[own], 0, length, own)]
            for name, own, length in zip(names, groups, lengths, strict=True)
        ]
    return [in_time(name, length) for name, length in zip(names, lengths, strict=True)]


def group_of(name: str, pattern: str) -> str:
    """Return which recordings a recording belongs to.

    Raises:
        RecordingError: its name does not match.
    """
    if not pattern:
        return name
    found = re.search(pattern, name)
    if found is None:
        raise RecordingError(f"group {pattern}: it does not match the name {name}; choose another pattern")
    return found[found.lastindex or 0]


def parts_of(groups: Sequence[str], lengths: Sequence[int], seed: int) -> dict[str, Split]:
    """Return the part of each group: the longest first, to the part that lacks most of its share.

    Each part gets at least one group.
    """
    total = dict.fromkeys(groups, 0)
    for group, length in zip(groups, lengths, strict=True):
        total[group] += length
    shuffled = keyed_generator("parts", seed).permutation(sorted(total))
    order = sorted(map(str, shuffled), key=lambda group: -total[group])
    held = dict.fromkeys(SHARES, 0)
    of: dict[str, Split] = {}
    for i, group in enumerate(order):
        empty = [part for part in SHARES if part not in of.values()]
        choice = empty if len(order) - i <= len(empty) else list(SHARES)
        lacking = {part: SHARES[part] * sum(total.values()) - held[part] for part in choice}
        of[group] = max(choice, key=lambda part: lacking[part])
        held[of[group]] += total[group]
    return of


def in_time(name: str, length: int) -> list[Stretch]:
    """Return the stretches of a recording: up to ten of each part, with a window between two.

    Raises:
        RecordingError: it has too few windows.
    """
    if length < LEAST_WINDOWS:
        raise RecordingError(
            f"{name} has {length} window{'' if length == 1 else 's'}, and a split in time needs "
            f"{LEAST_WINDOWS}; use a lower --signal-length or more recordings"
        )
    n = min(MOST_CYCLES, length // LEAST_WINDOWS)
    found: list[Stretch] = []
    for first, last in zip(*bounds(0, length, n), strict=True):
        usable = last - first - len(SHARES)
        validation = max(1, round(SHARES["validation"] * usable))
        test = max(1, round(SHARES["test"] * usable))
        at = first
        for part, size in {
            "train": usable - validation - test,
            "validation": validation,
            "test": test,
        }.items():
            found.append(Stretch(part, at, at + size, f"{name} {first}"))  # type: ignore[arg-type]
            at += size + 1
    return found


def for_tests(name: str, length: int) -> list[Stretch]:
    """Return the stretches of a recording that is wholly for tests: up to ten, with a window between two."""
    n = max(min(MOST_STRETCHES, length // OF_STRETCH), 2 if length > 2 else 1)
    return [
        Stretch("test", first, last - 1, f"{name} {first}")
        for first, last in zip(*bounds(0, length + 1, n), strict=True)
    ]


def bounds(start: int, stop: int, n: int) -> tuple[list[int], list[int]]:
    """Return the starts and the stops of n nearly equal pieces."""
    edges = [int(edge) for edge in np.linspace(start, stop, n + 1).round()]
    return edges[:-1], edges[1:]
