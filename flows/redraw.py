"""Draws a finished study's report again, for instance after a change to its figures."""

import json
from typing import Any

from prefect import flow
from prefect.client.schemas.objects import State
from prefect.states import Failed

from flows.settings.kinds import settings_of
from flows.settings.study_settings import PROJECT
from flows.walks.execution import conclude
from tasks.cache.key import Stage
from tasks.cache.places import full_name, place, pointed_to, read
from tasks.cache.record import Outcome, Record, StudyRecords
from tasks.cache.store import Store, study_note


@flow(name="redraw", flow_run_name="redraw {study}")
def redraw(
    study: str = "latest", artifacts_dir: str = str(PROJECT / "artifacts")
) -> State[Any] | dict[str, Any]:
    """Draw the report of a finished study again, from its results as they are.

    Args:
        study: Folder of the study within the artifacts; 'latest' is the one that ran last.
        artifacts_dir: Folder of the models, results, figures and reports, or s3://bucket/prefix.
    """
    try:
        artifacts = place(full_name(artifacts_dir))
    except ValueError as error:
        return Failed(message=f"artifacts_dir {artifacts_dir}: {error}")
    name = (pointed_to(artifacts / study) if study == "latest" else None) or study
    note_path = Store(artifacts, artifacts).resolve(study_note(name))
    if not note_path.is_file():
        return Failed(message=f"study {study}: {note_path} does not exist; run the sweep first")
    note = json.loads(read(note_path))
    if "records" not in note:
        return Failed(message=f"study {study}: {note_path} is of an earlier version; run the sweep again")
    settings = settings_of(note["settings"], artifacts_dir=artifacts_dir)
    settings = settings.model_copy(update={"refresh": (settings.last,)})
    store = settings.store
    whole = [record for key in note["records"] if (record := store.whole_record(key))]

    def of(stage: Stage) -> list[Record]:
        return [record for record in whole if record["key"].startswith(f"{stage}/")]

    records = StudyRecords(
        generated=of("generate"),
        datasets=of("split"),
        limits=of("limits"),
        baselines=of("baseline"),
        transfers=of("transfer"),
        cells=[outcome(cell, store) for cell in note["cells"]],
    )
    lost = len(note["records"]) - len(whole)
    problems = [f"{lost} records are missing or damaged; run the sweep again"] if lost else []
    return conclude(settings, records, problems)


def outcome(cell: dict[str, Any], store: Store) -> Outcome:
    """What the study's note says of a cell; a cell whose results are gone counts as failed."""
    trained, evaluated = (
        store.whole_record(cell[stage]) if cell[stage] else None for stage in ("train", "evaluate")
    )
    failure = cell["failure"]
    if failure is None and not (trained and evaluated):
        failure = "its results are missing or damaged; run the sweep again"
    return Outcome(
        label=cell["label"], axes=cell["axes"], failure=failure, trained=trained, evaluated=evaluated
    )
