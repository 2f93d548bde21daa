"""The flow that draws a finished study's report again, for instance after a change to its figures."""

import sys
import time
from pathlib import Path
from typing import Any

if not __package__:  # run by its file; ahead of any other `tasks` on the path
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from prefect import flow
from prefect.client.schemas.objects import State
from prefect.states import Failed
from pydantic import ValidationError

from denoising.addresses import masked
from denoising.recordings.settings import RecordingError
from flows.graph import graph_of
from flows.runners.own_folders import of_folders, of_roots
from flows.server.parameters import mask_parameters
from flows.settings.kinds import settings_of
from flows.settings.study_settings import PROJECT, store_of
from flows.walks.execution import conclude
from tasks.cache.code import CodeChangedError
from tasks.cache.failures import told
from tasks.cache.places import StoreError, full_name, place
from tasks.cache.record import Outcome
from tasks.cache.stage import Step
from tasks.cache.store import LATEST, Store, study_note


@flow(name="redraw", flow_run_name="redraw {study}")
def redraw(
    study: str = LATEST, artifacts_dir: str = str(PROJECT / "artifacts")
) -> State[Any] | dict[str, Any]:
    """Draw the report of a finished study again from its present results.

    Args:
        study: Folder of the study within the artifacts; 'latest' is the study that ran last, or is pinned.
        artifacts_dir: Folder of the models, results, figures and reports, or s3://bucket/prefix.
    """
    mask_parameters({"study": study, "artifacts_dir": artifacts_dir})
    try:
        artifacts = place(full_name(artifacts_dir))
    except ValueError as error:
        return Failed(message=masked(f"artifacts_dir {artifacts_dir}: {error}"))
    try:
        return drawn(Store(artifacts, artifacts), study, artifacts_dir)
    except (CodeChangedError, RecordingError, StoreError) as error:
        return Failed(message=masked(str(error)))
    except OSError as error:  # such as a folder that was removed meanwhile
        return Failed(message=told(error))


def drawn(finished: Store, study: str, artifacts_dir: str) -> State[Any] | dict[str, Any]:
    """Draw a report again.

    Args:
        finished: where studies are.
        study: the name of one, or `latest`.
        artifacts_dir: the folder of the artifacts, as it was given.

    Raises:
        RecordingError: a recording is not there.
        StoreError: the object store cannot be used.
    """
    began = time.monotonic()
    name = finished.named(study)
    note = finished.read_note(study_note(name))
    if note is None:
        return Failed(message=f"study {study}: there is none in {artifacts_dir}; run the sweep first")
    if "steps" not in note:
        return Failed(message=f"study {study}: it is of an earlier version; run the sweep again")
    try:
        settings = settings_of(note["settings"], artifacts_dir=artifacts_dir)
        noted = {(step["stage"], step["label"]): step for step in note["steps"]}
        told_of = {each: (step["key"], step["failure"]) for each, step in noted.items()}
    except (KeyError, TypeError, ValidationError):
        return Failed(message=f"study {study}: its study.json is damaged or outdated; run the sweep again")
    settings = settings.model_copy(update={"refresh": (settings.stages[-1].name,)})
    if found := [*of_roots(settings, writing=True), *of_folders(settings, writing=True)]:
        return Failed(message=masked("; ".join(found)))
    graph, store = graph_of(settings), store_of(settings)
    outcomes = {
        step: outcome(step, told_of.get((step.stage.name, step.label), (None, None)), store)
        for step in graph.steps[:-1]
    }
    return conclude(settings, graph, outcomes, began)


def outcome(step: Step, noted: tuple[Any, Any], store: Store) -> Outcome:
    """Return a step's outcome from the key and the failure that the study's note tells of it, if it does.

    A step whose results are gone counts as failed.
    """
    key, failed = noted
    record = store.whole_record(str(key)) if key else None
    failure = str(failed) if failed else None
    if record is None and failure is None:
        failure = "its results are missing or damaged; run the sweep again"
    return Outcome(axes=dict(step.axes), record=record, failure=failure)
