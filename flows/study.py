"""The sweep as a Prefect flow: the deployments' entrypoint."""

import time
from typing import Any
from uuid import UUID

from prefect import flow, get_client, unmapped
from prefect.artifacts import create_progress_artifact, update_progress_artifact
from prefect.client.schemas.objects import State
from prefect.context import FlowRunContext
from prefect.futures import PrefectFuture
from prefect.runtime import flow_run
from prefect.states import Failed
from prefect.tasks import Task
from pydantic import ValidationError

from flows.form import takes_settings
from flows.runners import RUNNERS
from flows.settings import Settings, device_problems, directory_problems, problems
from flows.watch import Observer, Snapshot, watch
from tasks.cell import Cell
from tasks.evaluate import evaluate
from tasks.generate import generate
from tasks.keys import Stage
from tasks.publish import publish
from tasks.records import Outcome, Record
from tasks.report import report
from tasks.run import Run
from tasks.split import split
from tasks.store import study_settings
from tasks.train import train

ARTIFACT_SECONDS = 2.0


def run_name() -> str:
    """Such as `post depths=2,4,6,8 alphas=0.1,0.2`."""
    parameters = flow_run.parameters
    grid = " ".join(
        f"{name}={','.join(map(str, parameters[name]))}" for name in ("depths", "alphas", "seeds")
    )
    return f"{parameters['preset']} {grid}"


@flow(name="sweep", flow_run_name=run_name)
@takes_settings
def sweep(**parameters: Any) -> Any:
    """Train an autoencoder for every depth and noise level, measure them and report."""
    try:
        settings = Settings(**parameters)
    except ValidationError as error:
        return Failed(message="; ".join(problems(error, parameters)))
    if impossible := directory_problems(settings) + device_problems(settings):
        return Failed(message="; ".join(impossible))
    return run_study(settings.on_device())


def run_study(settings: Settings) -> State[Any] | dict[str, Any]:
    """Run every stage over the grid; what is cached is not run again."""
    tag_flow_run(settings)
    store, cells = settings.store, settings.cells
    dataset = unmapped(settings.dataset)
    training = unmapped(settings.training)
    run = Run(store.runs / str(flow_run.id), settings.checkpoint_seconds, settings.time_limit)
    store.remove_abandoned()
    store.write_json(study_settings(settings.study), settings.parameters)

    with RUNNERS[settings.runner](settings.workers) as runner, run.open():

        def start(stage: Stage, task: Task[..., Any], **arguments: Any) -> list[PrefectFuture[Record]]:
            return list(runner.map(cached(stage, task, settings), {**arguments, "store": unmapped(store)}))

        generated = start("generate", generate, dataset=dataset, alpha=settings.alphas)
        divided = start("split", split, dataset=dataset, alpha=settings.alphas, generated=generated)
        at_alpha = dict(zip(settings.alphas, divided, strict=True))
        datasets = [at_alpha[cell.alpha] for cell in cells]
        trained = start(
            "train", train, cell=cells, network=unmapped(settings.network), training=training,
            dataset=datasets, run=unmapped(run),
        )  # fmt: skip
        evaluated = start(
            "evaluate", evaluate, cell=cells, training=training, dataset=datasets, trained=trained
        )

        watch(dict(zip(cells, trained, strict=True)), run, settings.epochs, progress_artifact())
        upstream = dict(zip(settings.alphas, generated, strict=True))
        outcomes = [
            outcome(cell, upstream[cell.alpha], *futures)
            for cell, *futures in zip(cells, datasets, trained, evaluated, strict=True)
        ]
        signals, datasets_made = results(generated), results(divided)

    return conclude(settings, signals, datasets_made, outcomes)


def conclude(
    settings: Settings, signals: list[Record], datasets: list[Record], outcomes: list[Outcome]
) -> State[Any] | dict[str, Any]:
    """Report on a grid whose cells have ended; Failed if some, or the report, did not end well."""
    store = settings.store
    failed = [failures(outcomes)] if any(outcome["failure"] for outcome in outcomes) else []
    redraw: Any = cached("report", report, settings)
    state: State[Record] = redraw(
        settings.study, settings.science, datasets, outcomes, store, return_state=True
    )
    if why := failure_of(state):
        return Failed(message="; ".join([*failed, f"no report could be made: {why}"]))
    written = state.result()
    publish(settings.study, settings.parameters, [*signals, *datasets], outcomes, written, store)
    if failed:
        return Failed(message=failed[0])
    return {"study": settings.study, "report": str(settings.report)}


def failures(outcomes: list[Outcome]) -> str:
    """Which cells failed and why, each reason once."""
    cells: dict[str, list[str]] = {}
    for outcome in outcomes:
        if outcome["failure"]:
            cells.setdefault(outcome["failure"], []).append(outcome["label"].replace(",", " "))
    reasons = [
        f"{first}{f' and {len(others)} more' if others else ''}: {reason}"
        for reason, (first, *others) in cells.items()
    ]
    number = sum(map(len, cells.values()))
    return f"{number} of {len(outcomes)} cells failed: {'; '.join(reasons)}"


def cached(stage: Stage, task: Task[..., Any], settings: Settings) -> Task[..., Any]:
    """A stage's task over the study's records, run afresh if it or an earlier stage is to be refreshed."""
    return task.with_options(result_storage=settings.store.records, refresh_cache=settings.refreshes(stage))


def results(futures: list[PrefectFuture[Record]]) -> list[Record]:
    """What those left that ended well."""
    return [future.result() for future in futures if future.state.is_completed()]


def outcome(cell: Cell, *futures: PrefectFuture[Record]) -> Outcome:
    """What became of a cell, from its futures in the order of the stages; waits for all."""
    for future in futures:
        future.wait()
    failure = next((reason for future in futures if (reason := failure_of(future.state))), None)
    _, _, trained, evaluated = futures
    done = failure is None
    return Outcome(
        label=cell.label,
        axes=cell.axes,
        failure=failure,
        trained=trained.result() if done else None,
        evaluated=evaluated.result() if done else None,
    )


def failure_of(state: State[Record]) -> str | None:
    """Why a task failed; None if it did not, or was never ready to run."""
    if not (state.is_failed() or state.is_crashed()):
        return None
    error: Any = state.result(raise_on_failure=False)
    return f"{type(error).__name__}: {error}" if isinstance(error, BaseException) else str(state.message)


def progress_artifact() -> Observer:
    """Shows the share of trained cells in the Prefect UI."""
    artifact = create_progress_artifact(0.0, key="sweep-progress", description="Cells trained")
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


def tag_flow_run(settings: Settings) -> None:
    """Tag the flow run, and not its tasks: every tag of a task costs calls to the server."""
    context = FlowRunContext.get()
    assert context is not None
    assert context.flow_run is not None
    tags = {*context.flow_run.tags, settings.preset, settings.signals}
    with get_client(sync_client=True) as client:
        client.update_flow_run(context.flow_run.id, tags=tags)
