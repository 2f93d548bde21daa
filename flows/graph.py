"""The graph of a study: its steps, and the steps whose results each of them reads.

This is written only here. The plan, the run, its progress, the report, the cache command and `redraw` all use
this graph.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import TYPE_CHECKING, Any

from denoising.recordings.settings import NoiseSettings, RecordingsSettings
from denoising.signals.settings import LevelSettings, SourceSettings
from denoising.study.cell import Cell
from denoising.study.level import Level, RecordedLevel, SinusoidLevel
from tasks.cache.stage import Stage, Step
from tasks.formats.network import DenoiserSettings
from tasks.stages.baseline import BaselineSettings, baseline
from tasks.stages.cut import cut
from tasks.stages.decide import decide
from tasks.stages.evaluate import evaluate
from tasks.stages.generate import generate
from tasks.stages.limits import LimitsSettings, limits
from tasks.stages.mix import MixSettings, mix
from tasks.stages.report import ReportSettings, report
from tasks.stages.split import split
from tasks.stages.train import TrainSettings, train
from tasks.stages.transfer import transfer
from tasks.stages.verdict import verdict

if TYPE_CHECKING:
    from flows.settings.study_settings import StudySettings

SWEEP = (generate, split, train, evaluate, limits, baseline, report)
VERDICT = (generate, split, train, evaluate, limits, baseline, transfer, verdict)
RECORDINGS = (cut, mix, train, evaluate, baseline, decide)
STAGES: Mapping[str, Stage] = {stage.name: stage for stage in (*SWEEP, *VERDICT, *RECORDINGS)}

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
    levels = list(
        dict.fromkeys([*(cell.level for cell in cells), *study.compared, *chain(*study.transfers.values())])
    )
    names = level_names(levels)
    data = datasets(graph, levels, names)
    trained = {cell: graph.add(to_train(cell), dataset=data[cell.level]) for cell in cells}
    for cell, network in trained.items():
        graph.add(of_network(evaluate, cell), dataset=data[cell.level], trained=network)
    for level in study.compared:
        if isinstance(level, SinusoidLevel) and level.dataset.has_prior:
            graph.add(to_limit(level, names))
    for level in study.compared:
        for name, path in study.baselines.items():
            graph.add(to_compare(name, path, level, names, study.hidden_width), dataset=data[level])
    for cell, tested_at in study.transfers.items():
        at = tuple(data[level] for level in tested_at)
        graph.add(of_network(transfer, cell), tested=at, trained=trained[cell])
    last = study.stages[-1]
    settings = ReportSettings(study=study.study, science=study.science)
    told = {name: graph.of(STAGES[name]) for name in last.reads}
    graph.add(Step(last, study.study, study.study, settings), **told)
    return graph


def datasets(graph: Graph, levels: Sequence[Level], names: Mapping[Level, str]) -> dict[Level, Step]:
    """Append the steps that make the signals of levels, and return the last one of each level."""
    made: dict[Level, Step] = {}
    drawn = [level for level in levels if isinstance(level, SinusoidLevel)]
    generated = {level: graph.add(of_level(generate, level, names)) for level in drawn}
    for level in drawn:
        made[level] = graph.add(of_level(split, level, names), generated=generated[level])
    recorded = [level for level in levels if isinstance(level, RecordedLevel)]
    sources = dict.fromkeys(level.dataset for level in recorded)
    windows = {dataset: graph.add(to_cut(dataset, several=len(sources) > 1)) for dataset in sources}
    for own in recorded:
        made[own] = graph.add(to_mix(own, names), cut=windows[own.dataset])
    return made


def refreshed(graph: Graph, stages: Sequence[str]) -> set[Step]:
    """Return the steps to run again: those of the given stages and all that depend on them."""
    fresh: set[Step] = set()
    for step in graph.steps:
        if step.stage.name in stages or not fresh.isdisjoint(graph.before(step)):
            fresh.add(step)
    return fresh


def level_names(levels: Sequence[Level]) -> dict[Level, str]:
    """Return a label for each level; it names the dataset only if there are several."""
    several = len({level.dataset for level in levels}) > 1
    return {level: f"{level.dataset.folder},{level.name}" if several else level.name for level in levels}


def place_of(level: Level) -> str:
    """Return the place of the steps of a level, which is a part of their keys."""
    return f"{level.dataset.signals},{level.name}"


def of_level(stage: Stage, level: SinusoidLevel, names: Mapping[Level, str]) -> Step:
    """Return the step of `generate` or `split` for a level."""
    settings = LevelSettings(**level.dataset.model_dump(), alpha=level.alpha)
    return Step(stage, place_of(level), names[level], settings, level.axes)


def to_cut(dataset: RecordingsSettings, *, several: bool) -> Step:
    """Return the step that cuts the recordings of a dataset into windows."""
    label = dataset.folder if several else dataset.signals
    return Step(cut, dataset.signals, label, dataset, dataset.columns)


def to_mix(level: RecordedLevel, names: Mapping[Level, str]) -> Step:
    """Return the step that adds noise to the windows of recordings."""
    dataset = level.dataset
    settings = MixSettings(
        folder=dataset.folder,
        noise=dataset.noise,
        data_seed=dataset.data_seed,
        snr=level.snr,
        has_clean=dataset.has_clean,
        doubled=level.doubled,
    )
    return Step(mix, place_of(level), names[level], settings, level.axes)


def to_limit(level: SinusoidLevel, names: Mapping[Level, str]) -> Step:
    """Return the step that computes the limits of a level."""
    settings = LimitsSettings(**level.dataset.model_dump(exclude={"n_signals"}), alpha=level.alpha)
    return Step(limits, place_of(level), names[level], settings, level.axes)


def to_compare(
    name: str, path: str, level: Level, names: Mapping[Level, str], width: int | None = None
) -> Step:
    """Return the step that measures a classical denoiser at a level.

    Args:
        name: the denoiser's name in tables.
        path: its class, as `module:Class`.
        level: the dataset and noise level.
        names: the labels of the levels.
        width: how many neighbouring samples are hidden together, if it is tuned without clean signals.
    """
    return Step(
        baseline,
        f"{place_of(level)},{name}",
        f"{name},{names[level]}",
        BaselineSettings(denoiser=path, signals=level.dataset.signals, alpha=level.alpha, mask_width=width),
        {**level.axes, "denoiser": name},
        modules=(path.partition(":")[0],),
    )


def to_train(cell: Cell) -> Step:
    """Return the step that trains a cell's network."""
    settings = TrainSettings(
        depth=cell.depth,
        alpha=cell.alpha,
        seed=cell.seed,
        source=source_of(cell) if cell.training.reads_source else None,
        **cell.network.model_dump(),
        **cell.training.model_dump(),
    )
    return Step(train, cell.place, cell.label, settings, cell.columns, cost=cell.cost)


def source_of(cell: Cell) -> SourceSettings | NoiseSettings:
    """Return the settings of what training itself draws: signals with noise, or noise for recordings."""
    level = cell.level
    if isinstance(level, RecordedLevel):
        return NoiseSettings(noise=level.dataset.noise, data_seed=level.dataset.data_seed, snr=level.snr)
    return SourceSettings(**level.dataset.model_dump(include=set(SourceSettings.model_fields)))


def of_network(stage: Stage, cell: Cell) -> Step:
    """Return the step of `evaluate` or `transfer` for a cell."""
    settings = DenoiserSettings(
        device=cell.training.device,
        objective=cell.training.objective,
        alpha=cell.alpha,
        mask_width=cell.training.mask_width,
    )
    return Step(stage, cell.place, cell.label, settings, cell.columns)
