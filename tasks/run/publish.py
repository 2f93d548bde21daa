"""The last task, run every time: what this run's report, tables and circumstances are."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from prefect import task
from prefect.artifacts import create_markdown_artifact, create_table_artifact
from prefect.context import FlowRunContext

from tasks.cache.record import DamagedError, Record, StudyRecords
from tasks.cache.store import Store, study_note
from tasks.run.facts import circumstances


@dataclass(frozen=True)
class Shown:
    """What the Prefect UI is shown of a study: columns of a table, what its rows are, its artifacts' keys."""

    table: str
    columns: tuple[str, ...]
    rows: str
    table_key: str
    report_key: str


# By the stage that wrote the report.
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
    records: StudyRecords,
    written: Record,
    store: Store,
) -> None:
    """Note the run in `study.json`, let `latest` lead to its study and show its results in the Prefect UI.

    Raises:
        DamagedError: the report is not whole.
    """
    if (found := store.read_record(written["key"])) is None:
        raise DamagedError("its record is gone")
    written = found  # that of another run, if that has drawn the same report since
    context = FlowRunContext.get()
    assert context is not None
    assert context.flow_run is not None
    assert context.flow_run.state is not None
    started = context.flow_run.state.timestamp  # of this attempt; when it was due may be long ago
    cells = [
        {
            "label": outcome["label"],
            "axes": outcome["axes"],
            "failure": outcome["failure"],
            "train": trained["key"] if (trained := outcome["trained"]) else None,
            "evaluate": evaluated["key"] if (evaluated := outcome["evaluated"]) else None,
            "train_seconds": trained["values"]["train_seconds"] if trained else None,
        }
        for outcome in records["cells"]
    ]
    beside = [
        *records["generated"],
        *records["datasets"],
        *records["limits"],
        *records["baselines"],
        *records["transfers"],
    ]
    note = {
        "study": study,
        "settings": settings,
        "flow_run_id": str(context.flow_run.id),
        "started": started.isoformat(),
        "seconds": (datetime.now(UTC) - started).total_seconds(),
        "records": [record["key"] for record in beside],
        "report": written["key"],
        **circumstances(),
        "cells": cells,
    }
    store.write_json(study_note(study), note)
    store.link_latest(study)

    shows = SHOWN[written["key"].partition("/")[0]]
    results = store.read_frame(written["outputs"][f"{shows.table}.parquet"])[list(shows.columns)]
    known = results.astype(object).where(results.notna(), None)
    rows = [{str(name): shown(value) for name, value in row.items()} for row in known.to_dict("records")]
    create_table_artifact(rows, key=shows.table_key, description=f"The {shows.rows} of {study}")
    markdown = store.read(written["outputs"]["report.md"]).decode()
    page = store.resolve(written["outputs"]["report.html"]["path"])
    create_markdown_artifact(
        f"The whole report: `{page}`\n\n{markdown}",
        key=shows.report_key,
        description=f"The report of {study}, in brief",
    )


def shown(value: Any) -> Any:
    """A table cell's value with four significant digits; a null as a dash."""
    if value is None:
        return "–"
    return float(f"{value:.4g}") if isinstance(value, float) else value
