"""The parts of the pipeline: a stage is a kind of work, a step is one run of a stage."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pkgutil import resolve_name
from typing import Any

from denoising.settings import Group
from tasks.cache.record import Made, Outcome, Record

# An input of a stage: a record, or records by the labels of their steps, or outcomes by label if the stage
# also runs when some of its inputs failed.
Input = Record | Mapping[str, Record] | Mapping[str, Outcome]

EVERYTHING: tuple[str, ...] = ()  # all files of an input


@dataclass(frozen=True, eq=False)
class Stage:
    """A kind of work whose results are cached.

    Attributes:
        body: the function that does the work: `body(settings, work, **inputs)`.
        reads: for each input, by its parameter's name, the names of the files that the body reads.
        results: what its results are called, in the plural.
        despite_failures: whether it also runs when some of its inputs failed.
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
        """The module that defines the body."""
        return self.body.__module__

    def __reduce__(self) -> tuple[Callable[[str], Any], tuple[str]]:
        """Pickle a stage as its name, by which another process imports it."""
        return resolve_name, (f"{self.module}:{self.name}",)

    def __str__(self) -> str:
        return self.name


def stage(
    results: str, despite_failures: bool = False, **reads: tuple[str, ...]
) -> Callable[[Callable[..., Made]], Stage]:
    """Return a decorator that makes a stage of its body; the arguments are attributes of `Stage`."""
    return lambda body: Stage(body, reads, results, despite_failures)


@dataclass(frozen=True, eq=False)
class Step:
    """One run of a stage.

    Attributes:
        stage: the stage.
        place: the part of the key and of the folder that people read; other settings may share it.
        label: the name of the step, unique among the steps of its stage in a study.
        settings: the settings of the stage; all of them decide the result.
        axes: coordinates of its rows in tables, by column; they do not decide the result.
        modules: modules of this project that the settings name, whose code also counts.
        cost: the expected time in arbitrary units; steps with a cost of 0 are not shown in progress.
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
        """The modules whose code decides the result, together with all that they import."""
        return (self.stage.module, *self.modules)

    @property
    def of(self) -> str:
        """The label with spaces in place of commas, for people."""
        return self.label.replace(",", " ")

    def __str__(self) -> str:
        return f"{self.stage} {self.of}"
