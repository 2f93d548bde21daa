"""Runs the steps of a study inside a Prefect flow, and then its report."""

import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future as ThreadFuture
from itertools import islice
from typing import Any

from prefect.client.schemas.objects import State
from prefect.futures import PrefectConcurrentFuture, PrefectFuture
from prefect.runtime import flow_run
from prefect.states import Failed
from prefect.task_runners import TaskRunner
from prefect.utilities.annotations import opaque

from denoising.addresses import masked
from flows.graph import Graph, graph_of, refreshed
from flows.runners.local import RUNNERS
from flows.server.abandoned import mark_crashed
from flows.settings.study_settings import StudySettings, report_of, store_of
from flows.walks.artifacts import curves_artifact, progress_artifact
from flows.walks.overview import show_overview
from flows.walks.watch import watch
from tasks.cache.code import code_of, import_as_read, pin
from tasks.cache.failures import told
from tasks.cache.record import Outcome, Record, with_shared_parts
from tasks.cache.stage import Step
from tasks.cache.store import Store, study_settings
from tasks.run.progress import Run
from tasks.run.publish import publish
from tasks.run.task import task_of
from tasks.run.work import execute, perform

MOST_REASONS = 20  # why cells failed, in the message of a run
MAX_DRAWINGS = 3  # without locks, another run may replace the same report's files at the same time

GONE = (
    "the folder of the run was moved or removed meanwhile, which ended it; put back what is missing of the "
    "artifacts, then run the same again to go on from what is done"
)
Future = PrefectFuture[Record]


def run_study(settings: StudySettings) -> State[Any] | dict[str, Any]:
    """Run every step of a study that is not cached.

    Raises:
        CodeChangedError: the code was edited after this process read it.
    """
    began = time.monotonic()
    store, graph = store_of(settings), graph_of(settings)
    codes = dict.fromkeys(step.code for step in graph.steps)
    pin(*codes)
    run = Run(
        store.runs / str(flow_run.id),
        settings.checkpoint_seconds,
        settings.time_limit,
        settings.device_slots,
    )
    store.write_json(study_settings(settings.study), settings.parameters)

    with RUNNERS[settings.runner](settings) as runner:
        if execute.get() is perform:  # bodies run in this process
            for code in codes:
                import_as_read(*code)
        with run.open():
            mark_crashed(store.remove_abandoned())
            futures = submit(graph, refreshed(graph, settings.refresh), runner, store, run)
            watched = {step: future for step, future in futures.items() if step.cost}
            flow, depths = str(flow_run.flow_name), {step.label: step.axes["depth"] for step in watched}
            watch(watched, run, progress_artifact(flow), curves_artifact(flow, depths))
            outcomes = outcomes_of(graph, futures)
            if run.stopped():
                return Failed(message=f"{run.folder}: {GONE}")
        done = [future for future in futures.values() if future.state.is_completed()]
        return conclude(settings, graph, outcomes, began, done)


def submit(
    graph: Graph, fresh: set[Step], runner: TaskRunner[Any], store: Store, run: Run
) -> dict[Step, Future]:
    """Submit every step but the report to a runner; those in `fresh` run even if they are cached."""
    futures: dict[Step, Future] = {}
    for step in graph.steps[:-1]:
        task = task_of(step.stage).with_options(refresh_cache=step in fresh)
        code = code_of(*step.code).digest
        common = {"step": opaque(step), "code": code, "store": opaque(store), "run": opaque(run)}
        inputs = {name: closed(given) for name, given in graph.inputs(step, futures).items()}
        futures[step] = future = runner.submit(task, common | inputs)
        if isinstance(future, PrefectConcurrentFuture):
            future.add_done_callback(share_parts)
    return futures


def closed(given: Any) -> Any:
    """Keep Prefect from searching a future's attributes for other futures, which takes milliseconds."""
    return given if isinstance(given, dict) else opaque(given)


def share_parts(future: Any) -> None:
    """Let the record that a future of a thread holds share what it can with those of others.

    They are held until the run ends. What is made here shares already, but what is cached is read by Prefect.
    """
    ended: ThreadFuture[Any] = future.wrapped_future
    state = None if ended.cancelled() or ended.exception() else ended.result()
    if isinstance(state, State) and state.is_completed() and hasattr(state.data, "result"):
        state.data.result = with_shared_parts(state.data.result)


def outcomes_of(graph: Graph, futures: Mapping[Step, Future]) -> dict[Step, Outcome]:
    """Wait for all futures and return the outcomes of their steps."""
    found: dict[Step, Outcome] = {}
    for step, future in futures.items():
        future.wait()
        failure = failure_of(future.state) or next(inherited(graph, step, found), None)
        done = failure is None and future.state.is_completed()
        found[step] = Outcome(axes=dict(step.axes), record=future.result() if done else None, failure=failure)
    return found


def inherited(graph: Graph, step: Step, found: Mapping[Step, Outcome]) -> Iterator[str]:
    """Yield the failures of the steps that a step reads."""
    return (reason for before in graph.before(step) if (reason := found[before]["failure"]))


def failure_of(state: State[Any]) -> str | None:
    """Return why a task did not end well; None if it did, or never became ready to run."""
    if state.is_cancelled():
        return str(state.message)
    if not (state.is_failed() or state.is_crashed()):
        return None
    error: Any = state.result(raise_on_failure=False)
    return told(error) if isinstance(error, BaseException) else masked(str(state.message))


def conclude(
    settings: StudySettings,
    graph: Graph,
    outcomes: Mapping[Step, Outcome],
    began: float,
    done: Sequence[Future] = (),
) -> State[Any] | dict[str, Any]:
    """Draw the report of a study whose other steps have ended, and return the state of the flow run.

    The state is Failed, and says why, if a step or the report failed.

    Args:
        settings: the settings of the study.
        graph: its graph.
        outcomes: the outcomes of its steps.
        began: when the flow run began, by `time.monotonic`.
        done: the futures of the completed steps, if they ran in this flow run.
    """
    store = store_of(settings)
    failed = list(failures(graph, outcomes))
    fresh = refreshed(graph, settings.refresh)
    draw: Any = task_of(graph.report.stage).with_options(refresh_cache=graph.report in fresh)
    show: Any = publish
    run = Run(store.runs / str(flow_run.id))
    for _ in range(1 if store.locks else MAX_DRAWINGS):
        kept = outcomes if store.locks else settled(outcomes, store)
        inputs = {name: opaque(given) for name, given in graph.inputs(graph.report, kept).items()}
        with run.open():
            state: State[Record] = draw(
                opaque(graph.report),
                code_of(*graph.report.code).digest,
                opaque(store),
                opaque(run),
                **inputs,
                wait_for=done,
                return_state=True,
            )
        if not (reason := failure_of(state)):
            shown = show(
                settings.study, settings.parameters, opaque(noted(kept)), opaque(state), store, began,
                return_state=True,
            )  # fmt: skip
            reason = failure_of(shown)
        if not reason:
            break
    if reason:
        return Failed(message="; ".join([*failed, f"no report could be made: {reason}"]))
    show_overview(store)
    if failed:
        return Failed(message="; ".join(failed))
    return {"study": settings.study, "report": str(report_of(settings))}


def settled(outcomes: Mapping[Step, Outcome], store: Store) -> dict[Step, Outcome]:
    """Return the outcomes with the records that the store has now, which parallel runs share."""
    seen = store.for_one_look()

    def kept(record: Record | None) -> Record | None:
        return record and (seen.whole_record(record["key"], verify=False) or record)

    return {
        step: Outcome(axes=found["axes"], record=kept(found["record"]), failure=found["failure"])
        for step, found in outcomes.items()
    }


def noted(outcomes: Mapping[Step, Outcome]) -> list[dict[str, Any]]:
    """Return what `study.json` says of the steps; the report can be drawn again from it."""
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
    """Yield a line for each stage with failed steps, for stages whose results only the report reads."""
    read = {before for step in graph.steps[:-1] for before in graph.before(step)}
    ends = [step for step in outcomes if step not in read]
    for stage in dict.fromkeys(step.stage for step in ends):
        reasons = {step.of: outcomes[step]["failure"] for step in ends if step.stage is stage}
        if any(reasons.values()):
            yield in_words(stage.results, reasons)


def in_words(results: str, reasons: Mapping[str, str | None]) -> str:
    """Return a line on which results failed and why, with each reason once; of many reasons, the first ones.

    Args:
        results: what the results are called, such as `cells`.
        reasons: the reason of each failure by the step's name; None if the step did not fail.
    """
    failed: dict[str, list[str]] = {}
    for name, reason in reasons.items():
        if reason:
            failed.setdefault(reason, []).append(name)
    told = [
        f"{first}{f' and {len(others)} more' if others else ''}: {reason}"
        for reason, (first, *others) in islice(failed.items(), MOST_REASONS)
    ]
    if len(failed) > MOST_REASONS:
        told.append(f"and {len(failed) - MOST_REASONS:,} other reasons")
    return f"{sum(map(len, failed.values()))} of {len(reasons)} {results} failed: {'; '.join(told)}"
