"""What the pipeline is made of: stages, and steps, each of which is one run of a stage."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pkgutil import resolve_name
from typing import Any

from denoising.settings import Group
from tasks.cache.record import Made, Outcome, Record

# What a stage reads of one parameter: a record; records by the labels of their steps; or, where the stage can
# do with some that failed, outcomes by label.
Input = Record | Mapping[str, Record] | Mapping[str, Outcome]

EVERYTHING: tuple[str, ...] = ()  # all files of an input


@dataclass(frozen=True, eq=False)
class Stage:
    """A kind of work whose results are kept.

    Attributes:
        body: makes the results: `body(settings, work, **inputs)`.
        reads: for each of its inputs, by the parameter's name, the files that it reads of it.
        results: what its results are called, in the plural.
        despite_failures: whether it goes on where some of what it reads failed.
    """

    body: Callable[..., Made]
    reads: Mapping[str, tuple[str, ...]]
    results: str
    despite_failures: bool = False

    @property
    def name(self) -> str:
        """The name of the body."""
        return self.body.__name__

    @property
    def module(self) -> str:
        """The module that it stands in."""
        return self.body.__module__

    def __reduce__(self) -> tuple[Callable[[str], Any], tuple[str]]:
        """Other processes find a stage by its name."""
        return resolve_name, (f"{self.module}:{self.name}",)

    def __str__(self) -> str:
        return self.name


def stage(
    results: str, despite_failures: bool = False, **reads: tuple[str, ...]
) -> Callable[[Callable[..., Made]], Stage]:
    """Make a stage of its body; see `Stage` for what it is told."""
    return lambda body: Stage(body, reads, results, despite_failures)


@dataclass(frozen=True, eq=False)
class Step:
    """One run of a stage.

    Attributes:
        stage: the stage.
        place: names its key and its folder; steps of other settings may share it.
        label: tells it from every other step of the stage in a study.
        settings: what the stage is told; all of it decides the result.
        axes: what its rows in tables are told apart by; decides nothing.
        modules: further modules of ours that the settings name.
        cost: what it takes, in a unit of its own; 0 where nobody needs to watch it.
    """

    stage: Stage
    place: str
    label: str
    settings: Group
    axes: Mapping[str, Any] = field(default_factory=dict)
    modules: tuple[str, ...] = ()
    cost: float = 0.0

    @property
    def code(self) -> tuple[str, ...]:
        """The modules whose code decides the result, with all that they import."""
        return (self.stage.module, *self.modules)

    @property
    def of(self) -> str:
        """The label as people read it."""
        return self.label.replace(",", " ")

    def __str__(self) -> str:
        return f"{self.stage} {self.of}"
