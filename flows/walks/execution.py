"""Runs the stages of a study over its grids, and concludes with its report."""

import time
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from prefect import unmapped
from prefect.artifacts import create_progress_artifact, update_progress_artifact
from prefect.client.schemas.objects import State
from prefect.futures import PrefectFuture
from prefect.runtime import flow_run
from prefect.states import Failed
from prefect.tasks import Task
from prefect.utilities.annotations import opaque

from denoising.denoisers.catalogue import BASELINES
from denoising.signals.settings import DatasetSettings
from denoising.study.cell import Cell
from flows.runners.local import RUNNERS
from flows.server.abandoned import mark_crashed
from flows.settings.study_settings import StudySettings
from flows.walks.watch import Observer, Snapshot, watch
from tasks.cache.key import Stage
from tasks.cache.record import Outcome, Record, StudyRecords
from tasks.cache.store import Store, study_settings
from tasks.run.progress import Run
from tasks.run.publish import publish
from tasks.stages.baseline import baseline
from tasks.stages.evaluate import evaluate
from tasks.stages.generate import generate
from tasks.stages.limits import limits
from tasks.stages.report import report
from tasks.stages.split import split
from tasks.stages.train import train
from tasks.stages.transfer import transfer
from tasks.stages.verdict import verdict

ARTIFACT_SECONDS = 2.0
DRAWINGS = 3  # where no lock keeps another run from drawing the same report at the same time
REPORTS: dict[Stage, Task[..., Any]] = {"report": report, "verdict": verdict}


def run_study(settings: StudySettings) -> State[Any] | dict[str, Any]:
    """Run every stage over the grids; what is cached is not run again."""
    store, cells, datasets = settings.store, settings.cells, settings.datasets
    run = Run(
        store.runs / str(flow_run.id),
        settings.checkpoint_seconds,
        settings.time_limit,
        settings.device_slots,
    )
    store.write_json(study_settings(settings.study), settings.parameters)

    with RUNNERS[settings.runner](settings) as runner, run.open():
        mark_crashed(store.remove_abandoned())

        def start(stage: Stage, task: Task[..., Any], **arguments: Any) -> list[PrefectFuture[Record]]:
            if not all(arguments.values()):
                return []
            mapped = {name: closed(values) for name, values in arguments.items()}
            return list(runner.map(cached(stage, task, settings), {**mapped, "store": unmapped(store)}))

        generated = start("generate", generate, **columns(datasets))
        divided = start("split", split, **columns(datasets), generated=generated)
        data = dict(zip(datasets, divided, strict=True))
        of_cells: dict[str, list[Any]] = {
            "cell": list(cells),
            "training": [grid.training for grid in cells.values()],
            "dataset": [data[grid.dataset, cell.alpha] for cell, grid in cells.items()],
        }
        networks = [grid.network for grid in cells.values()]
        trained = start("train", train, **of_cells, network=networks, run=unmapped(run))
        evaluated = start("evaluate", evaluate, **of_cells, trained=trained)

        # Short, and nothing waits for them: they fill what the longest trainings leave.
        compared = settings.compared
        limited = start("limits", limits, **columns(compared))
        beside = [(name, level) for level in compared for name in BASELINES]
        levels = [level for _, level in beside]
        baselines = start(
            "baseline", baseline, name=[name for name, _ in beside], **columns(levels),
            data=[data[level] for level in levels],
        )  # fmt: skip
        network_of = dict(zip(cells, trained, strict=True))
        moved = list(settings.transfers)
        transfers = start(
            "transfer", transfer, cell=moved, training=[cells[cell].training for cell in moved],
            tested=[[data[cells[cell].dataset, a] for a in settings.transfers[cell]] for cell in moved],
            trained=[network_of[cell] for cell in moved],
        )  # fmt: skip

        costs = {cell: grid.cost(cell.depth) for cell, grid in cells.items()}
        watch(network_of, run, costs, progress_artifact(str(flow_run.flow_name)))
        upstream = dict(zip(datasets, generated, strict=True))
        outcomes = [
            outcome(cell, upstream[grid.dataset, cell.alpha], *futures)
            for (cell, grid), *futures in zip(
                cells.items(), of_cells["dataset"], trained, evaluated, strict=True
            )
        ]
        names = settings.names
        problems = [
            *failures(
                "limits", {names[level]: why(future) for level, future in zip(compared, limited, strict=True)}
            ),
            *failures(
                "baselines",
                {
                    f"{name} {names[level]}": why(future)
                    for (name, level), future in zip(beside, baselines, strict=True)
                },
            ),
            *failures(
                "transfers", {str(cell): why(future) for cell, future in zip(moved, transfers, strict=True)}
            ),
        ]
        records = StudyRecords(
            generated=results(generated),
            datasets=results(divided),
            limits=results(limited),
            baselines=results(baselines),
            transfers=results(transfers),
            cells=outcomes,
        )

        stages = (generated, divided, limited, baselines, trained, evaluated, transfers)
        done = [future for futures in stages for future in futures if future.state.is_completed()]

    return conclude(settings, records, problems, done)


def columns(levels: list[tuple[DatasetSettings, float]]) -> dict[str, list[Any]]:
    """Datasets at noise levels as the parameters of a task."""
    return {"dataset": [dataset for dataset, _ in levels], "alpha": [alpha for _, alpha in levels]}


def closed(values: Any) -> Any:
    """The values of a parameter, so marked that Prefect looks for no futures in what they lead to.

    Looking through a record takes it milliseconds. A list among the values is one of futures.
    """
    if not isinstance(values, list):
        return values
    return [value if isinstance(value, list) else opaque(value) for value in values]


def conclude(
    settings: StudySettings,
    records: StudyRecords,
    problems: list[str],
    done: Sequence[PrefectFuture[Record]] = (),
) -> State[Any] | dict[str, Any]:
    """Report on a grid whose cells have ended; Failed if some, or the report, did not end well.

    Args:
        settings: those of the study.
        records: what its stages left.
        problems: what else, beside cells, did not end well.
        done: the task runs that left the records.
    """
    store = settings.store
    cells = {outcome["label"].replace(",", " "): outcome["failure"] for outcome in records["cells"]}
    failed = [*failures("cells", cells), *problems]
    redraw: Any = cached(settings.last, REPORTS[settings.last], settings)
    show: Any = publish
    for _ in range(1 if store.locks else DRAWINGS):
        closed_records = opaque(records if store.locks else settled(records, store))
        state: State[Record] = redraw(
            settings.study, settings.science, closed_records, store, wait_for=done, return_state=True
        )
        if not (reason := failure_of(state)):
            shown = show(
                settings.study, settings.parameters, closed_records, opaque(state), store, return_state=True
            )
            reason = failure_of(shown)
        if not reason:
            break
    if reason:
        return Failed(message="; ".join([*failed, f"no report could be made: {reason}"]))
    if failed:
        return Failed(message="; ".join(failed))
    return {"study": settings.study, "report": str(settings.report)}


def settled(records: StudyRecords, store: Store) -> StudyRecords:
    """These records as they were kept: where two runs made the same, both go by that which stayed."""

    def kept(record: Record | None) -> Record | None:
        return record and (store.whole_record(record["key"]) or record)

    cells = [
        Outcome(**{**cell, "trained": kept(cell["trained"]), "evaluated": kept(cell["evaluated"])})
        for cell in records["cells"]
    ]
    return StudyRecords(**{**records, "cells": cells})


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


def cached(stage: Stage, task: Task[..., Any], settings: StudySettings) -> Task[..., Any]:
    """A stage's task, run afresh if it or an earlier stage is to be refreshed."""
    return task.with_options(refresh_cache=settings.refreshes(stage))


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
