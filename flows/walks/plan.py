"""What a run would do: for every step of a study, whether it is done, and if not, why.

It looks for the records that Prefect keeps under the same keys, and imports neither Prefect nor torch.
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

Status = Literal["cached", "missing", "stale", "damaged", "pending"]


@dataclass(frozen=True)
class PlannedStep:
    """A step, and whether it is done.

    Attributes:
        step: what is run.
        status: cached, done before; missing, never done; stale, done before something changed; damaged, done,
            but what it left is not whole; pending, something before it has to run first.
        why: the reasons for the last four.
        key: under which it is done or will be; None where that depends on what has to run first.
        record: what it left, if it is cached.
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
        """For which noise level, cell or study."""
        return self.step.of


@dataclass(frozen=True)
class Plan:
    """The steps of a run in the order in which they begin, and what has to be said of its code."""

    study: str
    steps: tuple[PlannedStep, ...]
    notes: tuple[str, ...]

    @property
    def counts(self) -> Counter[Status]:
        """How many steps have each status."""
        return Counter(step.status for step in self.steps)

    @property
    def nothing_to_do(self) -> bool:
        """Whether every step is cached."""
        return self.counts["cached"] == len(self.steps)

    def as_json(self) -> dict[str, Any]:
        """The plan in plain values; of its record, a step has the key."""
        steps = [
            {"stage": s.stage, "of": s.of, "status": s.status, "why": s.why, "key": s.key and str(s.key)}
            for s in self.steps
        ]
        return {"study": self.study, "counts": self.counts, "steps": steps, "notes": self.notes}

    def lines(self) -> Iterator[str]:
        """The plan for people."""
        counts = ", ".join(f"{number} {status}" for status, number in self.counts.items())
        yield f"{self.study}: {counts}"
        of = max(len(step.of) for step in self.steps)
        for step in self.steps:
            yield f"{step.stage:8}  {step.of:{of}}  {step.status:7}  {'; '.join(step.why)}".rstrip()
        yield from self.notes


def make_plan(settings: StudySettings, *, verify: bool = False) -> Plan:
    """The plan of a study's run.

    Args:
        settings: those of the study, with a device that is decided.
        verify: compare every file of a record with its digest, not only those that are other files now.
    """
    graph, store = graph_of(settings), store_of(settings)
    fresh = refreshed(graph, settings.refresh)
    planned: dict[Step, PlannedStep] = {}
    for step in graph.steps:
        missing = dict.fromkeys(f"after {b.stage}" for b in graph.before(step) if not planned[b].record)
        if missing:
            planned[step] = PlannedStep(step, "pending", tuple(missing))
            continue
        results = {before: result_for(step, planned[before]) for before in graph.before(step)}
        key = key_of(step, graph.inputs(step, results))
        planned[step] = look_up(step, key, store, refresh=step in fresh, verify=verify)
    computed = dict.fromkeys(name for step in graph.steps for name in code_of(*step.code).computed)
    notes = (f"all code counts, because {name} imports what only running it can tell" for name in computed)
    return Plan(settings.study, tuple(planned.values()), tuple(notes))


def result_for(step: Step, before: PlannedStep) -> Any:
    """What a step reads of one that is cached: its record, or its outcome."""
    if not step.stage.despite_failures:
        return before.record
    return Outcome(axes=dict(before.step.axes), record=before.record, failure=None)


def look_up(step: Step, key: Key, store: Store, *, refresh: bool, verify: bool) -> PlannedStep:
    """What the records say of a step."""
    try:
        record = store.read_record(str(key), verify=verify)
    except DamagedError as error:
        return PlannedStep(step, "damaged", (str(error),), key)
    if record and refresh:
        return PlannedStep(step, "stale", ("to be refreshed",), key)
    if record:
        return PlannedStep(step, "cached", (), key, record)
    why = nearest(store.records_like(str(key)), key)
    return PlannedStep(step, "missing" if why is None else "stale", tuple(why or ()), key)
