"""What a run would do: for every stage and cell, whether it is done, and if not, why.

It looks for the records that Prefect keeps under the same keys, and imports neither Prefect nor torch.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Literal

from denoising.denoisers.catalogue import BASELINES
from denoising.study.cell import Cell
from flows.settings.study_settings import StudySettings
from tasks.cache.changes import nearest
from tasks.cache.key import (
    STAGES,
    Key,
    Stage,
    baseline_key,
    code_of,
    evaluate_key,
    generate_key,
    limits_key,
    report_key,
    split_key,
    train_key,
    transfer_key,
    verdict_key,
)
from tasks.cache.record import DamagedError, Outcome, Record, StudyRecords

Status = Literal["cached", "missing", "stale", "damaged", "pending"]


@dataclass(frozen=True)
class Step:
    """One run of a stage.

    Attributes:
        stage, of: what is run, and for which noise level, cell or study.
        status: cached, done before; missing, never done; stale, done before something changed; damaged, done,
            but what it left is not whole; pending, something before it has to run first.
        why: the reasons for the last four.
        key: under which it is done or will be; None where that depends on what has to run first.
        record: what it left, if it is cached.
    """

    stage: Stage
    of: str
    status: Status
    why: tuple[str, ...] = ()
    key: Key | None = None
    record: Record | None = None


@dataclass(frozen=True)
class Plan:
    """The steps of a run in the order of its stages, and what has to be said of its code."""

    study: str
    steps: tuple[Step, ...]
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
    cells, names, compared = settings.cells, settings.names, settings.compared
    steps: list[Step] = []

    def ask(stage: Stage, of: object, before: list[Step], key: Callable[..., Key], *arguments: Any) -> Step:
        """Take a step up. Its key is made, from arguments and earlier records, once all before it is done."""
        records = [step.record for step in before if step.record]
        if len(records) == len(before):
            step = look_up(stage, str(of), key(*arguments, *records), settings, verify)
        else:
            waits_for = dict.fromkeys(f"after {step.stage}" for step in before if not step.record)
            step = Step(stage, str(of), "pending", tuple(waits_for))
        steps.append(step)
        return step

    def key_of_transfer(cell: Cell, *records: Record) -> Key:
        *tested, trained = records
        return transfer_key(cell, cells[cell].training, tested, trained)

    def key_of_report(*_: Record) -> Key:
        outcomes = [
            Outcome(
                label=cell.label,
                axes=cell.axes,
                failure=None,
                trained=trained[cell].record,
                evaluated=evaluated[cell].record,
            )
            for cell in cells
        ]
        records = StudyRecords(
            generated=made(generated.values()),
            datasets=made(divided.values()),
            limits=made(limits),
            baselines=made(baselines),
            transfers=made(transfers),
            cells=outcomes,
        )
        last_key = {"report": report_key, "verdict": verdict_key}[settings.last]
        return last_key(settings.study, settings.science, records)

    generated = {data: ask("generate", of, [], generate_key, *data) for data, of in names.items()}
    divided = {data: ask("split", of, [generated[data]], split_key, *data) for data, of in names.items()}
    limits = [ask("limits", names[data], [], limits_key, *data) for data in compared]
    baselines = [
        ask("baseline", f"{name} {names[data]}", [divided[data]], baseline_key, name, *data)
        for data in compared
        for name in BASELINES
    ]
    data_of = {cell: divided[grid.dataset, cell.alpha] for cell, grid in cells.items()}
    trained = {
        cell: ask("train", cell, [data_of[cell]], train_key, cell, grid.network, grid.training)
        for cell, grid in cells.items()
    }
    evaluated = {
        cell: ask("evaluate", cell, [data_of[cell], trained[cell]], evaluate_key, cell, grid.training)
        for cell, grid in cells.items()
    }
    transfers = [
        ask(
            "transfer", cell, [*(divided[cells[cell].dataset, a] for a in alphas), trained[cell]],
            key_of_transfer, cell,
        )
        for cell, alphas in settings.transfers.items()
    ]  # fmt: skip
    before = [
        *divided.values(), *limits, *baselines, *trained.values(), *evaluated.values(), *transfers,
    ]  # fmt: skip
    ask(settings.last, settings.study, before, key_of_report)
    unresolved = dict.fromkeys(call for stage in STAGES for call in code_of(stage).unresolved)
    notes = (f"all code counts, because reading cannot tell what this calls: {call}" for call in unresolved)
    return Plan(settings.study, tuple(steps), tuple(notes))


def made(steps: Iterable[Step]) -> list[Record]:
    """What the cached ones among some steps left."""
    return [step.record for step in steps if step.record]


def look_up(stage: Stage, of: str, key: Key, settings: StudySettings, verify: bool) -> Step:
    """The step of a key, from the records."""
    store = settings.store
    try:
        record = store.read_record(str(key), verify=verify)
    except DamagedError as error:
        return Step(stage, of, "damaged", (str(error),), key)
    if record and settings.refreshes(stage):
        return Step(stage, of, "stale", ("to be refreshed",), key)
    if record:
        return Step(stage, of, "cached", (), key, record)
    why = nearest(store.records_like(str(key)), key)
    return Step(stage, of, "missing" if why is None else "stale", tuple(why or ()), key)
