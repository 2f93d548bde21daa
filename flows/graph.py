"""The steps of a study, and what each of them reads: the only place that knows.

The plan, the run, its progress, its report, the housekeeping of the cache and the redrawing of a report all
walk this graph.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from denoising.denoisers.catalogue import BASELINES
from denoising.networks.settings import NetworkSettings, TrainingSettings
from denoising.signals.settings import DatasetSettings, LevelSettings, SourceSettings
from denoising.study.cell import Cell
from tasks.cache.stage import Stage, Step
from tasks.formats.network import DenoiserSettings
from tasks.stages.baseline import BaselineSettings, baseline
from tasks.stages.evaluate import evaluate
from tasks.stages.generate import generate
from tasks.stages.limits import LimitsSettings, limits
from tasks.stages.report import ReportSettings, report
from tasks.stages.split import split
from tasks.stages.train import TrainSettings, train
from tasks.stages.transfer import transfer
from tasks.stages.verdict import verdict

if TYPE_CHECKING:
    from flows.settings.study_settings import StudySettings

SWEEP = (generate, split, train, evaluate, limits, baseline, report)
VERDICT = (generate, split, train, evaluate, limits, baseline, transfer, verdict)
STAGES: Mapping[str, Stage] = {stage.name: stage for stage in (*SWEEP, *VERDICT)}

Level = tuple[DatasetSettings, float]  # a dataset and a noise level
Reads = Mapping[str, Step | tuple[Step, ...]]  # what a step reads, by the parameters of its stage


@dataclass(frozen=True)
class Graph:
    """The steps of a study in the order in which they begin, each with what it reads; the report is last."""

    reads: dict[Step, Reads] = field(default_factory=dict)

    def add(self, step: Step, **reads: Step | tuple[Step, ...]) -> Step:
        """Append a step."""
        self.reads[step] = reads
        return step

    @property
    def steps(self) -> list[Step]:
        """All of them."""
        return list(self.reads)

    @property
    def report(self) -> Step:
        """The step that writes the study's report."""
        return self.steps[-1]

    def of(self, stage: Stage) -> tuple[Step, ...]:
        """The steps of a stage."""
        return tuple(step for step in self.reads if step.stage is stage)

    def before(self, step: Step) -> Iterator[Step]:
        """The steps whose results it reads."""
        for read in self.reads[step].values():
            yield from (read,) if isinstance(read, Step) else read

    def inputs(self, step: Step, results: Mapping[Step, Any]) -> dict[str, Any]:
        """What a step reads, by the parameters of its stage; several results by the labels of their steps."""
        return {
            name: results[read] if isinstance(read, Step) else {one.label: results[one] for one in read}
            for name, read in self.reads[step].items()
        }


def graph_of(study: "StudySettings") -> Graph:
    """The steps of a study: whatever takes longest is begun first, and what nothing waits for comes last."""
    graph = Graph()
    cells = sorted(study.cells, key=lambda cell: -cell.cost)
    levels = list(dict.fromkeys([*((c.dataset, c.alpha) for c in cells), *study.compared, *tested(study)]))
    names = level_names(levels)
    generated = {level: graph.add(of_level(generate, level, names)) for level in levels}
    data = {level: graph.add(of_level(split, level, names), generated=generated[level]) for level in levels}
    trained = {cell: graph.add(to_train(cell), dataset=data[cell.dataset, cell.alpha]) for cell in cells}
    for cell, network in trained.items():
        step = of_network(evaluate, cell)
        graph.add(step, dataset=data[cell.dataset, cell.alpha], trained=network)
    for level in study.compared:
        graph.add(to_limit(level, names))
    for level in study.compared:
        for name, path in BASELINES.items():
            graph.add(to_compare(name, path, level, names), dataset=data[level])
    for cell, alphas in study.transfers.items():
        at = tuple(data[cell.dataset, alpha] for alpha in alphas)
        graph.add(of_network(transfer, cell), tested=at, trained=trained[cell])
    last = study.stages[-1]
    settings = ReportSettings(study=study.study, science=study.science)
    told = {name: graph.of(STAGES[name]) for name in last.reads}
    graph.add(Step(last, study.study, study.study, settings), **told)
    return graph


def refreshed(graph: Graph, stages: Sequence[str]) -> set[Step]:
    """The steps that are to run again: those of some stages, and all that depend on them."""
    fresh: set[Step] = set()
    for step in graph.steps:
        if step.stage.name in stages or not fresh.isdisjoint(graph.before(step)):
            fresh.add(step)
    return fresh


def tested(study: "StudySettings") -> Iterator[Level]:
    """The levels at which networks are tested that were trained at others."""
    for cell, alphas in study.transfers.items():
        yield from ((cell.dataset, alpha) for alpha in alphas)


def level_names(levels: Sequence[Level]) -> dict[Level, str]:
    """What each dataset and noise level is called; the dataset is named only where there are several."""
    several = len({dataset for dataset, _ in levels}) > 1
    return {
        (dataset, alpha): f"{dataset.folder},alpha={alpha:g}" if several else f"alpha={alpha:g}"
        for dataset, alpha in levels
    }


def place_of(level: Level) -> str:
    """The name of the keys of what is made at a level."""
    dataset, alpha = level
    return f"{dataset.signals},alpha={alpha:g}"


def axes_of(level: Level) -> dict[str, Any]:
    """What rows of tables at a level are told apart by."""
    dataset, alpha = level
    return {"signals": dataset.signals, "dataset": dataset.folder, "alpha": alpha}


def of_level(stage: Stage, level: Level, names: Mapping[Level, str]) -> Step:
    """A step that makes the signals of a level."""
    settings = LevelSettings(**level[0].model_dump(), alpha=level[1])
    return Step(stage, place_of(level), names[level], settings, axes_of(level))


def to_limit(level: Level, names: Mapping[Level, str]) -> Step:
    """The step that computes the limits of a level."""
    dataset, alpha = level
    settings = LimitsSettings(**dataset.model_dump(exclude={"n_signals"}), alpha=alpha)
    return Step(limits, place_of(level), names[level], settings, axes_of(level))


def to_compare(name: str, path: str, level: Level, names: Mapping[Level, str]) -> Step:
    """The step that measures a denoiser that is no network."""
    dataset, alpha = level
    return Step(
        baseline,
        f"{place_of(level)},{name}",
        f"{name},{names[level]}",
        BaselineSettings(denoiser=path, signals=dataset.signals, alpha=alpha),
        {**axes_of(level), "denoiser": name},
        modules=(path.partition(":")[0],),
    )


def to_train(cell: Cell) -> Step:
    """The step that trains a cell's network."""
    source = SourceSettings(**cell.dataset.model_dump(include=set(SourceSettings.model_fields)))
    settings = TrainSettings(
        depth=cell.depth,
        alpha=cell.alpha,
        seed=cell.seed,
        source=source if cell.training.reads_source else None,
        **cell.network.model_dump(include=set(NetworkSettings.model_fields)),
        **cell.training.model_dump(include=set(TrainingSettings.model_fields)),
    )
    return Step(train, cell.place, cell.label, settings, cell.axes, cost=cell.cost)


def of_network(stage: Stage, cell: Cell) -> Step:
    """A step that tests a cell's network."""
    settings = DenoiserSettings(
        device=cell.training.device, objective=cell.training.objective, alpha=cell.alpha
    )
    return Step(stage, cell.place, cell.label, settings, cell.axes)
