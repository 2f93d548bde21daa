"""What the cache holds, which studies need it, and what no study needs any more."""

import re
from collections import defaultdict
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from pydantic import ValidationError

from denoising.recordings.settings import RecordingError
from flows.settings.kinds import STUDIES, settings_of
from flows.walks.plan import make_plan
from tasks.cache.files import abandoned_drafts
from tasks.cache.places import Place, is_link, is_plain_file, read
from tasks.cache.record import DamagedError, Record, parse_record
from tasks.cache.store import CHECKPOINT, Store, study_note, study_settings

RECORD = re.compile(r"[a-z_]+/[^/]+/[0-9a-f]{16}")  # the key of one, and where it lies
STUDY = re.compile(rf"({'|'.join(STUDIES)})-[0-9a-f]{{8}}")  # the folder of one
LEVEL = r"(alpha=[\w.+-]+|snr=[\w.+-]+|as-recorded|noise-doubled)"
PLACE = re.compile(rf"(\w+,)?([\w.]+=[\w.+-]+,)*{LEVEL}(,\w+(=[\w.+-]+)?)*")  # what a step is for
OWN_FOLDER = re.compile(r"([a-z_]+)-[0-9a-f]{16}")  # of one run of a stage


@dataclass(frozen=True)
class Needs:
    """What a study needs: the keys of its records and the folders of its steps, finished or not."""

    study: str
    keys: frozenset[str]
    folders: frozenset[str]


@dataclass(frozen=True)
class Unneeded:
    """The files that no study needs, and the keys of the records among them."""

    files: tuple[Place, ...]
    keys: tuple[str, ...]

    @property
    def bytes(self) -> int:
        """The total size of the files."""
        return sum(size_of(path) for path in self.files)


class Inventory:
    """Everything in a store: its records, its studies and what they need."""

    def __init__(self, store: Store) -> None:
        self.store = store.for_one_look()

    @cached_property
    def records(self) -> dict[str, Record | None]:
        """All records by key; None for a damaged one."""
        found: dict[str, Record | None] = {}
        paths: list[Place] = [*self.store.records.rglob("*")]
        for path in sorted(paths, key=str):
            key = str(path).removeprefix(f"{self.store.records}/")
            if RECORD.fullmatch(key) and is_plain_file(path):
                found[key] = None
                with suppress(DamagedError, OSError):
                    record = parse_record(read(path))
                    if all(self.store.resolve(output["path"]) for output in record["outputs"].values()):
                        found[key] = record
        return found

    @cached_property
    def studies(self) -> dict[str, Needs]:
        """What each study needs, by its name; the study of the last run comes first."""
        notes = [*self.store.artifacts.glob("*/study.json"), *self.store.artifacts.glob("*/settings.json")]
        newest_first = sorted(
            filter(self.is_ours, notes), key=lambda path: path.stat().st_mtime_ns, reverse=True
        )
        names = dict.fromkeys(path.parent.name for path in newest_first if not is_link(path.parent))
        return {name: self.needs(name) for name in names}

    def needs(self, study: str) -> Needs:
        """Return what a study was made from and what a new run of it would use."""
        keys: set[str] = set()
        folders: set[str] = set()
        note = self.store.read_note(study_note(study))
        if note and "steps" in note:  # notes of earlier versions name records that are not read any more
            with suppress(KeyError, TypeError):
                keys.update(filter(None, [note["report"], *(step["key"] for step in note["steps"])]))
        if settings := self.store.read_note(study_settings(study)):
            places = {
                "data_dir": str(self.store.data),
                "artifacts_dir": str(self.store.artifacts),
                "refresh": (),
            }
            try:
                plan = make_plan(settings_of(settings, **places))
            except (ValidationError, RecordingError):
                return Needs(study, frozenset(keys), frozenset(folders))
            made = [step.key for step in plan.steps if step.key]
            keys.update(map(str, made))
            folders.update(key.folder for key in made)
        return Needs(study, frozenset(keys), frozenset(folders))

    def is_ours(self, path: Place) -> bool:
        """Whether a study's note is one that this program wrote, and not a file of the user's."""
        study = path.parent.name
        if not STUDY.fullmatch(study):
            return False
        note = self.store.read_note(f"artifacts/{study}/{path.name}") or {}
        return note.get("study") == study or "preset" in note

    def files(self, keys: frozenset[str]) -> set[Place]:
        """Return the records of some keys and the files that they name."""
        records = [record for key in keys if (record := self.records.get(key))]
        outputs = {self.store.resolve(o["path"]) for record in records for o in record["outputs"].values()}
        return outputs | {self.store.records / key for key in keys if key in self.records}

    def unneeded(self, without: frozenset[str] = frozenset()) -> Unneeded:
        """Return what no study needs, except the studies in `without`, which are to be removed themselves."""
        staying = [needs for name, needs in self.studies.items() if name not in without]
        keys = frozenset(key for needs in staying for key in needs.keys)
        kept = self.files(keys)
        begun = {self.store.resolve(folder) for needs in staying for folder in needs.folders}
        candidates = self.files(frozenset(self.records)) | set(self.left_behind())
        candidates |= {self.store.resolve(note(s)) for s in without for note in (study_note, study_settings)}
        files = {path for path in candidates - kept if path.parent not in begun and is_plain_file(path)}
        return Unneeded(tuple(sorted(files)), tuple(sorted(self.records.keys() - keys)))

    def left_behind(self) -> Iterator[Place]:
        """What killed processes left: drafts, checkpoints, and files without a record.

        The last are known by their names, which are those of the files in records of their stage.
        """
        names: defaultdict[str, set[str]] = defaultdict(lambda: {CHECKPOINT})
        for record in filter(None, self.records.values()):
            stage = record["key"].partition("/")[0]
            names[stage].update(output["path"].rpartition("/")[2] for output in record["outputs"].values())
        paths: list[Place] = [*(self.store.artifacts / "cells").glob("*/*/*")]
        for path in paths:
            folder = path.parent
            own = OWN_FOLDER.fullmatch(folder.name) if PLACE.fullmatch(folder.parent.name) else None
            if own and path.name in names[own[1]] and not (is_link(folder) or is_link(folder.parent)):
                yield path
        for root in (self.store.data, self.store.artifacts):
            if isinstance(root, Path):
                yield from abandoned_drafts(root)

    def remove(self, unneeded: Unneeded) -> None:
        """Remove files and the folders that become empty.

        Records go last, so that after an interruption the rest can still be found and removed.
        """
        records = {self.store.records / key for key in unneeded.keys}
        for path in [*(p for p in unneeded.files if p not in records), *sorted(records)]:
            path.unlink(missing_ok=True)
        for path in unneeded.files:
            for folder in path.parents:
                if folder in (self.store.data, self.store.artifacts) or not is_empty(folder):
                    break
                folder.rmdir()


def is_empty(folder: Place) -> bool:
    """Whether a folder exists, is no link and is empty."""
    return folder.is_dir() and not is_link(folder) and not any(folder.iterdir())


def size_of(path: Place) -> int:
    """Return the size of a file in bytes; 0 if it is gone."""
    return path.stat().st_size if path.exists() else 0
