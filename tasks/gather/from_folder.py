"""The tables of a finished study, read from its folder as its report left them."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from tasks.cache.places import read
from tasks.cache.record import DamagedError
from tasks.cache.store import Store, study_note, study_settings

if TYPE_CHECKING:
    import pandas as pd

    from denoising.study.results import Study

ERRORS = ("level", "alpha", "snr", "status", "failure", "dataset", "test_mse", "noisy_mse", "db_above_mmse")
TEXTS = ("variant", "level", "status", "failure", "dataset")  # the other columns hold numbers
NEEDED = {  # columns by table; what lacks one is of an earlier version
    "results": ("variant", "depth", "seed", *ERRORS),
    "limits": ("alpha", "dataset", "noisy_mse", "linear_mmse", "mmse"),
}
AGAIN = "run that study again, which makes it anew"


class StudyError(Exception):
    """A study is not there, or cannot be read. The message is one line, which names the remedy."""


def name_of(store: Store, study: str) -> str:
    """Return the name of a finished study.

    Args:
        store: where studies are.
        study: its name, or `latest`.

    Raises:
        StudyError: there is no such study, or it has no results yet.
    """
    known = store.studies
    name = store.named(study)
    if name in known:
        return name
    if not known:
        raise StudyError(f"study: there is none in {store.artifacts} yet; run a sweep first")
    if store.read_note(study_settings(name)) is not None:
        raise StudyError(f"study {name}: its run has not ended; run the same again, to its end")
    raise StudyError(f"study {study}: there is none in {store.artifacts}; there are {', '.join(known)}")


def note_of(store: Store, name: str) -> dict[str, Any]:
    """Return what `study.json` tells of a finished study, of which every file is what its report left.

    A study without the record of its report, such as a copy of its folder alone, is taken as it is.

    Raises:
        StudyError: it cannot be read, tells nothing of settings, or a file is missing or another.
    """
    note = store.read_note(study_note(name))
    parts = [note.get("settings"), note.get("code", {}), note.get("versions", {})] if note else [None]
    if note is None or not all(isinstance(part, dict) for part in parts):
        raise StudyError(f"study {name}: its study.json is damaged or outdated; {AGAIN}")
    try:
        if note.get("report"):
            store.read_record(str(note["report"]), verify=False)
    except DamagedError as error:
        raise StudyError(f"study {name}: {error}; {AGAIN}") from error
    return note


def tables_of(store: Store, name: str, settings: Mapping[str, Any]) -> "Study":
    """Return the tables of a finished study that two studies are compared by.

    Args:
        store: where studies are.
        name: its name.
        settings: the settings that decide its results; those of recordings have no alphas, nor limits.

    Raises:
        StudyError: a table is missing or damaged, or no cell has an error.
    """
    from denoising.study.results import Study
    from denoising.study.schema import BASELINES, HISTORY, LIMITS, PER_SIGNAL, table

    results = table_of(store, name, "results")
    if not (results["test_mse"] > 0).any():
        raise StudyError(f"study {name}: no cell of it has an error; give others")
    return Study(
        name=name,
        settings=settings,
        results=results,
        history=table([], HISTORY),
        limits=table_of(store, name, "limits") if "alphas" in settings else table([], LIMITS),
        baselines=table([], BASELINES),
        per_signal=table([], PER_SIGNAL),
    )


def table_of(store: Store, name: str, table: str) -> "pd.DataFrame":
    """Return a table of a finished study.

    Raises:
        StudyError: it is missing, damaged or of an earlier version.
    """
    from pandas.api.types import is_numeric_dtype, is_string_dtype

    from tasks.formats.frames import from_parquet

    path = store.artifacts / name / f"{table}.parquet"
    try:
        found = from_parquet(read(path))
    except (OSError, ValueError) as error:  # the latter, and some of the former, are pyarrow's
        why = getattr(error, "strerror", None) or "it is no whole Parquet file"
        raise StudyError(f"study {name}: {path} cannot be read ({why}); {AGAIN}") from error
    if lacking := [column for column in NEEDED[table] if column not in found]:
        raise StudyError(f"study {name}: {path}, of an earlier version, has no {lacking[0]}; {AGAIN}")
    for column in NEEDED[table]:
        known = found[column].dropna()
        if len(known) and not (is_string_dtype if column in TEXTS else is_numeric_dtype)(known):
            raise StudyError(f"study {name}: {path} is damaged: its {column} is of another kind; {AGAIN}")
    return found
