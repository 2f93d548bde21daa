"""The sweep as a Prefect flow: the deployments' entrypoint."""

import time
from collections.abc import Mapping
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

from denoising.settings import BASELINE_NAMES
from flows.form import takes_settings
from flows.runners import RUNNERS
from flows.settings import Settings, device_problems, directory_problems, problems
from flows.watch import Observer, Snapshot, watch
from tasks.baseline import baseline
from tasks.cell import Cell
from tasks.evaluate import evaluate
from tasks.generate import generate
from tasks.keys import Stage
from tasks.limits import limits
from tasks.publish import publish
from tasks.records import Outcome, Record, StudyRecords
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

        # Short, and nothing waits for them: they fill what the longest trainings leave.
        beside = [(name, alpha) for alpha in settings.alphas for name in BASELINE_NAMES]
        limited = start("limits", limits, dataset=dataset, alpha=settings.alphas)
        baselines = start(
            "baseline", baseline, name=[name for name, _ in beside], dataset=dataset,
            alpha=[alpha for _, alpha in beside], data=[at_alpha[alpha] for _, alpha in beside],
        )  # fmt: skip

        watch(dict(zip(cells, trained, strict=True)), run, settings.epochs, progress_artifact())
        upstream = dict(zip(settings.alphas, generated, strict=True))
        outcomes = [
            outcome(cell, upstream[cell.alpha], *futures)
            for cell, *futures in zip(cells, datasets, trained, evaluated, strict=True)
        ]
        problems = [
            *failures(
                "limits", {f"alpha={a:g}": why(f) for a, f in zip(settings.alphas, limited, strict=True)}
            ),
            *failures(
                "baselines",
                {f"{name} alpha={a:g}": why(f) for (name, a), f in zip(beside, baselines, strict=True)},
            ),
        ]
        records = StudyRecords(
            generated=results(generated),
            datasets=results(divided),
            limits=results(limited),
            baselines=results(baselines),
            cells=outcomes,
        )

    return conclude(settings, records, problems)


def conclude(settings: Settings, records: StudyRecords, problems: list[str]) -> State[Any] | dict[str, Any]:
    """Report on a grid whose cells have ended; Failed if some, or the report, did not end well.

    Args:
        settings: those of the study.
        records: what its stages left.
        problems: what else, beside cells, did not end well.
    """
    store = settings.store
    cells = {outcome["label"].replace(",", " "): outcome["failure"] for outcome in records["cells"]}
    failed = [*failures("cells", cells), *problems]
    redraw: Any = cached("report", report, settings)
    state: State[Record] = redraw(settings.study, settings.science, records, store, return_state=True)
    if reason := failure_of(state):
        return Failed(message="; ".join([*failed, f"no report could be made: {reason}"]))
    publish(settings.study, settings.parameters, records, state.result(), store)
    if failed:
        return Failed(message="; ".join(failed))
    return {"study": settings.study, "report": str(settings.report)}


def failures(kind: str, reasons: Mapping[str, str | None]) -> list[str]:
    """A line on which of some cells or the like failed and why, each reason once; none where none failed."""
    failed: dict[str, list[str]] = {}
    for name, reason in reasons.items():
        if reason:
            failed.setdefault(reason, []).append(name)
    told = [
        f"{first}{f' and {len(others)} more' if others else ''}: {reason}"
        for reason, (first, *others) in failed.items()
    ]
    number = sum(map(len, failed.values()))
    return [f"{number} of {len(reasons)} {kind} failed: {'; '.join(told)}"] if failed else []


def cached(stage: Stage, task: Task[..., Any], settings: Settings) -> Task[..., Any]:
    """A stage's task over the study's records, run afresh if it or an earlier stage is to be refreshed."""
    return task.with_options(result_storage=settings.store.records, refresh_cache=settings.refreshes(stage))


def results(futures: list[PrefectFuture[Record]]) -> list[Record]:
    """What those left that ended well."""
    return [future.result() for future in futures if future.state.is_completed()]


def outcome(cell: Cell, *futures: PrefectFuture[Record]) -> Outcome:
    """What became of a cell, from its futures in the order of the stages; waits for all."""
    failure = next(filter(None, [why(future) for future in futures]), None)
    _, _, trained, evaluated = futures
    done = failure is None
    return Outcome(
        label=cell.label,
        axes=cell.axes,
        failure=failure,
        trained=trained.result() if done else None,
        evaluated=evaluated.result() if done else None,
    )


def why(future: PrefectFuture[Record]) -> str | None:
    """Why a task failed, if it did; waits for its end."""
    future.wait()
    return failure_of(future.state)


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
