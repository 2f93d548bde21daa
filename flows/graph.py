"""The graph of a study: its steps, and the steps whose results each of them reads.

This is written only here. The plan, the run, its progress, the report, the cache command and `redraw` all use
this graph.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from denoising.denoisers.catalogue import BASELINES
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
Reads = Mapping[str, Step | tuple[Step, ...]]  # the steps that a step reads, by parameters of its stage


@dataclass(frozen=True)
class Graph:
    """The steps of a study in the order in which they are started; the report is last.

    Attributes:
        reads: for each step, the steps whose results it reads.
    """

    reads: dict[Step, Reads] = field(default_factory=dict)

    def add(self, step: Step, **reads: Step | tuple[Step, ...]) -> Step:
        """Append a step and return it."""
        self.reads[step] = reads
        return step

    @property
    def steps(self) -> list[Step]:
        """All steps."""
        return list(self.reads)

    @property
    def report(self) -> Step:
        """The step that writes the study's report."""
        return self.steps[-1]

    def of(self, stage: Stage) -> tuple[Step, ...]:
        """Return the steps of a stage."""
        return tuple(step for step in self.reads if step.stage is stage)

    def before(self, step: Step) -> Iterator[Step]:
        """Yield the steps whose results a step reads."""
        for read in self.reads[step].values():
            yield from (read,) if isinstance(read, Step) else read

    def inputs(self, step: Step, results: Mapping[Step, Any]) -> dict[str, Any]:
        """Return the inputs of a step, by the parameters of its stage.

        If a parameter takes several results, they are in a mapping by the labels of their steps.

        Args:
            step: the step.
            results: the result of every step that it reads.
        """
        return {
            name: results[read] if isinstance(read, Step) else {one.label: results[one] for one in read}
            for name, read in self.reads[step].items()
        }


def graph_of(study: "StudySettings") -> Graph:
    """Return the graph of a study.

    Cells are ordered by cost, the costliest first. Steps that only the report waits for come late.
    """
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
        if level[0].has_prior:
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
    """Return the steps to run again: those of the given stages and all that depend on them."""
    fresh: set[Step] = set()
    for step in graph.steps:
        if step.stage.name in stages or not fresh.isdisjoint(graph.before(step)):
            fresh.add(step)
    return fresh


def tested(study: "StudySettings") -> Iterator[Level]:
    """Yield the levels at which networks are tested that were trained at other levels."""
    for cell, alphas in study.transfers.items():
        yield from ((cell.dataset, alpha) for alpha in alphas)


def level_names(levels: Sequence[Level]) -> dict[Level, str]:
    """Return a label for each level; it names the dataset only if there are several."""
    several = len({dataset for dataset, _ in levels}) > 1
    return {
        (dataset, alpha): f"{dataset.folder},alpha={alpha:g}" if several else f"alpha={alpha:g}"
        for dataset, alpha in levels
    }


def place_of(level: Level) -> str:
    """Return the place of the steps of a level, which is a part of their keys."""
    dataset, alpha = level
    return f"{dataset.signals},alpha={alpha:g}"


def axes_of(level: Level) -> dict[str, Any]:
    """Return the coordinates of a level in tables, by column."""
    dataset, alpha = level
    return {"dataset": dataset.folder, **dataset.model_dump(), "alpha": alpha}


def of_level(stage: Stage, level: Level, names: Mapping[Level, str]) -> Step:
    """Return the step of `generate` or `split` for a level."""
    settings = LevelSettings(**level[0].model_dump(), alpha=level[1])
    return Step(stage, place_of(level), names[level], settings, axes_of(level))


def to_limit(level: Level, names: Mapping[Level, str]) -> Step:
    """Return the step that computes the limits of a level."""
    dataset, alpha = level
    settings = LimitsSettings(**dataset.model_dump(exclude={"n_signals"}), alpha=alpha)
    return Step(limits, place_of(level), names[level], settings, axes_of(level))


def to_compare(name: str, path: str, level: Level, names: Mapping[Level, str]) -> Step:
    """Return the step that measures a classical denoiser at a level.

    Args:
        name: the denoiser's name in tables.
        path: its class, as `module:Class`.
        level: the dataset and noise level.
        names: the labels of the levels.
    """
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
    """Return the step that trains a cell's network."""
    source = SourceSettings(**cell.dataset.model_dump(include=set(SourceSettings.model_fields)))
    settings = TrainSettings(
        depth=cell.depth,
        alpha=cell.alpha,
        seed=cell.seed,
        source=source if cell.training.reads_source else None,
        **cell.network.model_dump(),
        **cell.training.model_dump(),
    )
    return Step(train, cell.place, cell.label, settings, cell.columns, cost=cell.cost)


def of_network(stage: Stage, cell: Cell) -> Step:
    """Return the step of `evaluate` or `transfer` for a cell."""
    settings = DenoiserSettings(
        device=cell.training.device, objective=cell.training.objective, alpha=cell.alpha
    )
    return Step(stage, cell.place, cell.label, settings, cell.columns)
