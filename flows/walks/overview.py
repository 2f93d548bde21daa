"""All studies in one table in the Prefect UI, with what each was and what it found."""

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

from prefect.artifacts import create_table_artifact

from denoising.figures.wording import DASH, design_words, number
from denoising.study.differences import lowest
from flows.settings.kinds import beside_preset
from tasks.cache.store import Store, study_note
from tasks.gather.from_folder import StudyError, table_of

MOST_STUDIES = 50  # the newest; reading one takes about 10 ms


def show_overview(store: Store) -> None:
    """Show the studies in a folder that were run to their end, the newest first.

    From an object store, reading them all would take seconds. What cannot be read is no reason to fail for a
    run that has done everything else.
    """
    if isinstance(store.artifacts, Path):
        with suppress(OSError):
            rows = list(rows_of(store))
            create_table_artifact(rows, key="studies", description=f"The studies in {store.artifacts}")


def rows_of(store: Store) -> Iterator[dict[str, str]]:
    """Yield a row a study."""
    notes = {name: store.read_note(study_note(name)) or {} for name in store.studies}
    newest = sorted(notes, key=lambda name: str(notes[name].get("started", "")), reverse=True)
    for name in newest[:MOST_STUDIES]:
        is_verdict = name.startswith("verdict-")  # tested on several kinds of signals
        yield {
            "study": name,
            "run": str(notes[name].get("started", DASH))[:16].replace("T", " "),
            "differs from its preset in": beside_preset(notes[name].get("settings")),
            "lowest test MSE": DASH if is_verdict else lowest_errors(store, name),
            "report": f"{store.artifacts / name / 'report.html'}",
        }


def lowest_errors(store: Store, name: str) -> str:
    """The depth and variant with the lowest test MSE at each noise level, median over the seeds."""
    try:
        rows: Any = lowest(table_of(store, name, "results")).itertuples()
    except StudyError:
        return DASH
    told = (f"{at.Index}: {number(at.test_mse)} ({design_words(at.variant, at.depth)})" for at in rows)
    return "; ".join(told) or DASH
