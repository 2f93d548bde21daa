"""The plan of a run: for every step of a study, whether it is done and, if not, why.

It reads the records that Prefect keeps, under the same keys, and imports neither Prefect nor torch.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

from flows.graph import graph_of, refreshed
from flows.settings.study_settings import StudySettings, store_of
from tasks.cache.changes import nearest
from tasks.cache.code import code_of
from tasks.cache.key import Key, key_of
from tasks.cache.record import DamagedError, Outcome, Record
from tasks.cache.stage import Step
from tasks.cache.store import Store

MOST_ALIKE = 250  # steps of a stage with the same status for the same reasons that have a line each

Status = Literal["cached", "missing", "stale", "damaged", "pending"]


@dataclass(frozen=True)
class PlannedStep:
    """A step and whether it is done.

    Attributes:
        step: the step.
        status: `cached`: done; `missing`: never done; `stale`: done, but something has changed since;
            `damaged`: done, but a file or the record is damaged; `pending`: a step that it reads has to run
            first.
        why: the reasons, unless it is cached.
        key: its key; None if it is pending, since the key depends on the results of other steps.
        record: its record, if it is cached.
    """

    step: Step
    status: Status
    why: tuple[str, ...] = ()
    key: Key | None = None
    record: Record | None = None

    @property
    def stage(self) -> str:
        """The name of the step's stage."""
        return self.step.stage.name

    @property
    def of(self) -> str:
        """The noise level, cell or study that the step is for."""
        return self.step.of


@dataclass(frozen=True)
class Plan:
    """The planned steps of a run, in the order in which they are started, with notes on its code."""

    study: str
    steps: tuple[PlannedStep, ...]
    notes: tuple[str, ...]

    @property
    def counts(self) -> Counter[Status]:
        """The number of steps with each status."""
        return Counter(step.status for step in self.steps)

    @property
    def to_do(self) -> list[Step]:
        """The steps that are not cached."""
        return [planned.step for planned in self.steps if planned.status != "cached"]

    @property
    def nothing_to_do(self) -> bool:
        """Whether every step is cached."""
        return not self.to_do

    def as_json(self) -> dict[str, Any]:
        """Return the plan as JSON values; steps have keys but no records."""
        steps = [
            {"stage": s.stage, "of": s.of, "status": s.status, "why": s.why, "key": s.key and str(s.key)}
            for s in self.steps
        ]
        return {"study": self.study, "counts": self.counts, "steps": steps, "notes": self.notes}

    def lines(self) -> Iterator[str]:
        """Yield the lines that the command line prints: one a step, or one for many that are alike."""
        counts = ", ".join(f"{number} {status}" for status, number in self.counts.items())
        yield f"{self.study}: {counts}"
        alike = Counter((step.stage, step.status, step.why) for step in self.steps)
        told: dict[tuple[str, str, Status, tuple[str, ...]], None] = {}
        for step in self.steps:
            number = alike[step.stage, step.status, step.why]
            of = step.of if number <= MOST_ALIKE else f"{number:,} steps"
            told[step.stage, of, step.status, step.why] = None
        width = max(len(of) for _, of, _, _ in told)
        for stage, of, status, why in told:
            yield f"{stage:8}  {of:{width}}  {status:7}  {'; '.join(why)}".rstrip()
        yield from self.notes


def make_plan(settings: StudySettings, *, verify: bool = False) -> Plan:
    """Return the plan of a study's run.

    Args:
        settings: the settings of the study, with a device other than `auto`.
        verify: compare every file with its digest, not only those that are no longer the files written.
    """
    graph, store = graph_of(settings), store_of(settings).for_one_look()
    fresh = refreshed(graph, settings.refresh)
    planned: dict[Step, PlannedStep] = {}
    for step in graph.steps:
        missing = dict.fromkeys(f"after {b.stage}" for b in graph.before(step) if not planned[b].record)
        if missing:
            planned[step] = PlannedStep(step, "pending", tuple(missing))
            continue
        results = {before: result_for(step, planned[before]) for before in graph.before(step)}
        try:
            key = key_of(step, graph.inputs(step, results))
        except DamagedError as error:
            planned[step] = PlannedStep(step, "damaged", (str(error),))
            continue
        planned[step] = look_up(step, key, store, refresh=step in fresh, verify=verify)
    computed = dict.fromkeys(name for step in graph.steps for name in code_of(*step.code).computed)
    notes = (f"all code counts, because {name} imports modules by computed names" for name in computed)
    return Plan(settings.study, tuple(planned.values()), tuple(notes))


def result_for(step: Step, before: PlannedStep) -> Any:
    """Return what a step reads of a cached one: its record, or its outcome if failures are allowed."""
    if not step.stage.despite_failures:
        return before.record
    return Outcome(axes=dict(before.step.axes), record=before.record, failure=None)


def look_up(step: Step, key: Key, store: Store, *, refresh: bool, verify: bool) -> PlannedStep:
    """Return a step's status, as found in the store.

    Args:
        step: the step.
        key: its key.
        store: the store with the records.
        refresh: whether the step is to run again even if it is cached.
        verify: see `make_plan`.
    """
    try:
        record = store.read_record(str(key), verify=verify)
    except DamagedError as error:
        if store.is_written_over(str(key)):
            return PlannedStep(step, "stale", ("a later run has written over its files",), key)
        return PlannedStep(step, "damaged", (str(error),), key)
    if record and refresh:
        return PlannedStep(step, "stale", ("to be refreshed",), key)
    if record:
        return PlannedStep(step, "cached", (), key, record)
    why = nearest(store.records_like(str(key)), key)
    return PlannedStep(step, "missing" if why is None else "stale", tuple(why or ()), key)
