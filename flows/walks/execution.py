"""Runs the steps of a study, and concludes with its report."""

import time
from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from uuid import UUID

from prefect.artifacts import create_progress_artifact, update_progress_artifact
from prefect.client.schemas.objects import State
from prefect.futures import PrefectFuture
from prefect.runtime import flow_run
from prefect.states import Failed
from prefect.utilities.annotations import opaque

from flows.graph import Graph, graph_of, refreshed
from flows.runners.local import RUNNERS
from flows.server.abandoned import mark_crashed
from flows.settings.study_settings import StudySettings, report_of, store_of
from flows.walks.watch import Observer, Snapshot, watch
from tasks.cache.code import pin
from tasks.cache.record import Outcome, Record
from tasks.cache.stage import Step
from tasks.cache.store import Store, study_settings
from tasks.run.progress import Run
from tasks.run.publish import publish
from tasks.run.task import task_of

ARTIFACT_SECONDS = 2.0
DRAWINGS = 3  # where no lock keeps another run from drawing the same report at the same time

Future = PrefectFuture[Record]


def run_study(settings: StudySettings) -> State[Any] | dict[str, Any]:
    """Run every step of a study; what is cached is not run again.

    Raises:
        CodeChangedError: the code was edited since this process read it.
    """
    store, graph = store_of(settings), graph_of(settings)
    for modules in dict.fromkeys(step.code for step in graph.steps):
        pin(*modules)
    run = Run(
        store.runs / str(flow_run.id),
        settings.checkpoint_seconds,
        settings.time_limit,
        settings.device_slots,
    )
    store.write_json(study_settings(settings.study), settings.parameters)
    fresh = refreshed(graph, settings.refresh)
    futures: dict[Step, Future] = {}

    with RUNNERS[settings.runner](settings) as runner, run.open():
        mark_crashed(store.remove_abandoned())
        for step in graph.steps[:-1]:
            task = task_of(step.stage).with_options(refresh_cache=step in fresh)
            told = {"step": opaque(step), "store": opaque(store), "run": opaque(run)}
            inputs = graph.inputs(step, futures)
            futures[step] = runner.submit(
                task, told | {name: closed(given) for name, given in inputs.items()}
            )
        watched = {step: future for step, future in futures.items() if step.cost}
        watch(watched, run, progress_artifact(str(flow_run.flow_name)))
        outcomes = outcomes_of(graph, futures)
        done = [future for future in futures.values() if future.state.is_completed()]

    return conclude(settings, graph, outcomes, done)


def closed(given: Any) -> Any:
    """A future, so marked that Prefect looks for no futures in what it leads to, which takes milliseconds."""
    return given if isinstance(given, dict) else opaque(given)


def outcomes_of(graph: Graph, futures: Mapping[Step, Future]) -> dict[Step, Outcome]:
    """What became of every step that has a future; waits for all of them."""
    found: dict[Step, Outcome] = {}
    for step, future in futures.items():
        future.wait()
        failure = failure_of(future.state) or next(inherited(graph, step, found), None)
        done = failure is None and future.state.is_completed()
        found[step] = Outcome(axes=dict(step.axes), record=future.result() if done else None, failure=failure)
    return found


def inherited(graph: Graph, step: Step, found: Mapping[Step, Outcome]) -> Iterator[str]:
    """Why steps failed that a step depends on."""
    return (reason for before in graph.before(step) if (reason := found[before]["failure"]))


def failure_of(state: State[Any]) -> str | None:
    """Why a task failed; None if it did not, or was never ready to run."""
    if not (state.is_failed() or state.is_crashed()):
        return None
    error: Any = state.result(raise_on_failure=False)
    return f"{type(error).__name__}: {error}" if isinstance(error, BaseException) else str(state.message)


def conclude(
    settings: StudySettings, graph: Graph, outcomes: Mapping[Step, Outcome], done: Sequence[Future] = ()
) -> State[Any] | dict[str, Any]:
    """Report on a study whose other steps have ended; Failed if some, or the report, did not end well.

    Args:
        settings: those of the study.
        graph: its steps.
        outcomes: what became of them.
        done: the task runs that left the records.
    """
    store = store_of(settings)
    failed = list(failures(graph, outcomes))
    fresh = refreshed(graph, settings.refresh)
    draw: Any = task_of(graph.report.stage).with_options(refresh_cache=graph.report in fresh)
    show: Any = publish
    run = Run(store.runs / str(flow_run.id))
    for _ in range(1 if store.locks else DRAWINGS):
        kept = outcomes if store.locks else settled(outcomes, store)
        inputs = {name: opaque(given) for name, given in graph.inputs(graph.report, kept).items()}
        with run.open():
            state: State[Record] = draw(
                opaque(graph.report), opaque(store), opaque(run), **inputs, wait_for=done, return_state=True
            )
        if not (reason := failure_of(state)):
            shown = show(
                settings.study, settings.parameters, opaque(noted(kept)), opaque(state), store,
                return_state=True,
            )  # fmt: skip
            reason = failure_of(shown)
        if not reason:
            break
    if reason:
        return Failed(message="; ".join([*failed, f"no report could be made: {reason}"]))
    if failed:
        return Failed(message="; ".join(failed))
    return {"study": settings.study, "report": str(report_of(settings))}


def settled(outcomes: Mapping[Step, Outcome], store: Store) -> dict[Step, Outcome]:
    """These outcomes with the records that were kept: where two runs made the same, both go by the first."""

    def kept(record: Record | None) -> Record | None:
        return record and (store.whole_record(record["key"]) or record)

    return {
        step: Outcome(axes=found["axes"], record=kept(found["record"]), failure=found["failure"])
        for step, found in outcomes.items()
    }


def noted(outcomes: Mapping[Step, Outcome]) -> list[dict[str, Any]]:
    """What a study's note says of its steps, from which its report can be drawn again."""
    return [
        {
            "stage": step.stage.name,
            "label": step.label,
            "axes": found["axes"],
            "key": found["record"] and found["record"]["key"],
            "failure": found["failure"],
        }
        for step, found in outcomes.items()
    ]


def failures(graph: Graph, outcomes: Mapping[Step, Outcome]) -> Iterator[str]:
    """For each stage whose results only the report reads, how many of its steps failed, and why."""
    read = {before for step in graph.steps[:-1] for before in graph.before(step)}
    ends = [step for step in outcomes if step not in read]
    for stage in dict.fromkeys(step.stage for step in ends):
        reasons = {step.of: outcomes[step]["failure"] for step in ends if step.stage is stage}
        if any(reasons.values()):
            yield in_words(stage.results, reasons)


def in_words(results: str, reasons: Mapping[str, str | None]) -> str:
    """A line on which of some results failed and why, each reason once."""
    failed: dict[str, list[str]] = {}
    for name, reason in reasons.items():
        if reason:
            failed.setdefault(reason, []).append(name)
    told = [
        f"{first}{f' and {len(others)} more' if others else ''}: {reason}"
        for reason, (first, *others) in failed.items()
    ]
    return f"{sum(map(len, failed.values()))} of {len(reasons)} {results} failed: {'; '.join(told)}"


def progress_artifact(flow: str) -> Observer:
    """Shows the share of trained cells in the Prefect UI."""
    artifact = create_progress_artifact(0.0, key=f"{flow}-progress", description="Cells trained")
    assert isinstance(artifact, UUID)  # a coroutine only where there is an event loop
    due = time.monotonic() + ARTIFACT_SECONDS

    def show(snapshot: Snapshot) -> None:
        nonlocal due
        ended = len(snapshot.ended)
        if time.monotonic() >= due or ended == snapshot.total:
            due = time.monotonic() + ARTIFACT_SECONDS
            description = f"{ended} of {snapshot.total} cells trained"
            update_progress_artifact(artifact, 100 * ended / snapshot.total, description)

    return show
