"""The last task of every run, never cached: it records the run and shows its results in the Prefect UI."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from prefect import task
from prefect.artifacts import create_markdown_artifact, create_table_artifact
from prefect.context import FlowRunContext

from tasks.cache.latest import Latest
from tasks.cache.record import DamagedError, Record
from tasks.cache.store import Store, study_note
from tasks.run.facts import circumstances
from tasks.run.interactive import show_page

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Shown:
    """How a kind of study is shown in the Prefect UI.

    Attributes:
        table: name of the report's table that is shown.
        columns: columns that are shown of it.
        rows: what its rows are, in words.
        table_key, report_key: keys of the Prefect artifacts.
    """

    table: str
    columns: tuple[str, ...]
    rows: str
    table_key: str
    report_key: str


MOST_ROWS = 250  # of a table that is shown; the UI lists them one below the other

# By the name of the stage that writes the report.
SHOWN = {
    "report": Shown(
        "results",
        (
            "depth", "alpha", "seed", "variant", "status", "test_mse", "snr_improvement_db", "db_above_mmse",
            "train_seconds",
        ),
        rows="cells",
        table_key="sweep-cells",
        report_key="sweep-report",
    ),
    "decide": Shown(
        "decisions",
        (
            "level", "winner", "depth", "variant", "network_db", "denoiser", "classical_db", "difference_db",
            "low_db", "high_db", "n",
        ),
        rows="decisions",
        table_key="recordings-decisions",
        report_key="recordings-report",
    ),
    "verdict": Shown(
        "claims",
        ("claim", "statement", "what", "signals", "alpha", "effect_db", "low_db", "high_db", "n", "verdict"),
        rows="claims",
        table_key="verdict-claims",
        report_key="verdict-report",
    ),
}  # fmt: skip


@task(task_run_name="publish {study}")
def publish(
    study: str,
    settings: Mapping[str, Any],
    steps: Sequence[Mapping[str, Any]],
    written: Record,
    store: Store,
    began: float,
) -> None:
    """Write `study.json`, link `latest` to the study and show its results as artifacts in the Prefect UI.

    Args:
        study: the name of the study.
        settings: the parameters of the run.
        steps: stage, label, axes, key and failure of each step.
        written: the record of the report.
        store: the store of the study's files.
        began: when the run began, by the clock that nobody sets.

    Raises:
        DamagedError: the report's record is gone or a file of it is damaged.
    """
    from tasks.formats import frames

    if (found := store.read_record(written["key"])) is None:
        raise DamagedError("its record is gone")
    written = found  # another run may have drawn the same report since
    context = FlowRunContext.get()
    assert context is not None
    assert context.flow_run is not None
    assert context.flow_run.state is not None
    started = context.flow_run.state.timestamp  # of this attempt, which may be long after the scheduled time
    note = {
        "study": study,
        "settings": settings,
        "flow_run_id": str(context.flow_run.id),
        "started": started.isoformat(),
        "seconds": time.monotonic() - began,
        "report": written["key"],
        **circumstances(),
        "steps": steps,
    }
    store.write_json(study_note(study), note)
    Latest(store).follow(study)

    shows = SHOWN[written["key"].partition("/")[0]]
    file = written["outputs"][f"{shows.table}.parquet"]
    rows, told = listed(frames.from_parquet(store.read(file)), shows, study, str(store.resolve(file["path"])))
    create_table_artifact(rows, key=shows.table_key, description=told)
    markdown = store.read(written["outputs"]["report.md"]).decode()
    page = written["outputs"]["report.html"]
    where = show_page(store.read(page), study)
    create_markdown_artifact(
        f"The whole report: `{store.resolve(page['path'])}`, {where}.\n\n{markdown}",
        key=shows.report_key,
        description=f"The report of {study}, in brief",
    )


def listed(table: "pd.DataFrame", shows: Shown, study: str, file: str) -> tuple[list[dict[str, Any]], str]:
    """Return the rows of a table that the UI shows, and what they are; of a long one the first rows.

    Args:
        table: the table.
        shows: what is shown of it.
        study: the name of the study.
        file: where the whole table is.
    """
    first = table[list(shows.columns)][:MOST_ROWS]
    known = first.astype(object).where(first.notna(), None)
    rows = [{str(name): shown(value) for name, value in row.items()} for row in known.to_dict("records")]
    if len(table) <= MOST_ROWS:
        return rows, f"The {shows.rows} of {study}"
    told = f"The first {MOST_ROWS} of {len(table):,} {shows.rows} of {study}; `{file}` has all"
    return rows, told


def shown(value: Any) -> Any:
    """Return a value of a table with four significant digits; null becomes a dash."""
    if value is None:
        return "–"
    return float(f"{value:.4g}") if isinstance(value, float) else value
