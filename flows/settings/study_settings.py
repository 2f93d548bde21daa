"""The settings that every kind of study has, and what a study tells the graph of its steps."""

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any, ClassVar, Literal, Self, TypeVar

from pydantic import Field, ValidationInfo, field_validator, model_validator

from denoising.addresses import masked
from denoising.denoisers.catalogue import BASELINES
from denoising.settings import Group
from denoising.study.cell import Cell
from denoising.study.level import Level
from flows.settings.values import told_apart
from tasks.cache.places import Place, full_name, place
from tasks.cache.sources import ROOT, is_installed
from tasks.cache.stage import Stage
from tasks.cache.store import Store
from tasks.run.facts import cores

Runner = Literal["threads", "processes", "dask"]

PROJECT = Path.cwd() if is_installed() else ROOT.resolve()  # holds data and artifacts, unless told otherwise
CORES = cores()
REFRESH = "Stages to run again although their results are cached, with everything that depends on them."
PLACES = ", or s3://bucket/prefix"
RUNNER = "Where cells are trained in parallel: threads or processes of this machine, or a Dask cluster."
RUN_FIELDS = (
    "refresh", "runner", "workers", "dask_scheduler", "device_slots", "checkpoint_seconds", "time_limit",
    "data_dir", "artifacts_dir",
)  # fmt: skip


T = TypeVar("T")


def sorted_without_repeats(values: tuple[T, ...]) -> tuple[T, ...]:
    """Return the values in order; a repeated one raises ValueError."""
    repeated = sorted({value for value in values if values.count(value) > 1})  # type: ignore[type-var]
    if repeated:
        raise ValueError(f"{', '.join(map(str, repeated))} is repeated; give each value once")
    return tuple(sorted(values))  # type: ignore[type-var]


class CommandSettings(Group):
    """What every command that runs a flow is told.

    Attributes:
        what: what the command denoises, in words.
        fields: the names of the settings, in the order in which help and form show them.
    """

    data_dir: str = Field(str(PROJECT / "data"), description=f"Folder of the datasets{PLACES}.")
    artifacts_dir: str = Field(
        str(PROJECT / "artifacts"),
        description=f"Folder of the models, results, figures and reports{PLACES}.",
    )

    what: ClassVar[str]
    fields: ClassVar[tuple[str, ...]]

    @field_validator("data_dir", "artifacts_dir", mode="before")
    @classmethod
    def in_full(cls, folder: Path | str) -> str:
        if not str(folder).strip():
            raise ValueError("give the path of a folder")
        return full_name(str(folder))

    @field_validator("*", mode="before")
    @classmethod
    def true_and_false_told_apart(cls, given: Any, info: ValidationInfo) -> Any:
        return told_apart(given, cls.model_fields[str(info.field_name)].annotation)

    @property
    def parameters(self) -> dict[str, Any]:
        """Every setting as a JSON value; these are the parameters of the flow."""
        values = self.model_dump(mode="json")
        return {name: values[name] for name in self.fields}


class StudySettings(CommandSettings):
    """How a study is run. What it consists of is defined by its subclasses.

    Attributes:
        stages: the stages of the study; the last one writes its report.
    """

    refresh: tuple[str, ...] = Field((), description=REFRESH)
    runner: Runner = Field("processes", description=RUNNER)
    workers: int = Field(
        CORES,
        ge=1,
        le=1024,
        description="How many cells are trained in parallel; a running Dask cluster decides this itself.",
    )
    device_slots: int = Field(
        4,
        ge=1,
        le=1024,
        description="How many trainings may share a GPU, counted over all runs on its machine; others wait.",
    )
    dask_scheduler: str = Field(
        "",
        description="Address of a running Dask cluster, such as tcp://host:8786; if it is empty, runner dask "
        "starts a cluster on this machine.",
    )
    checkpoint_seconds: float = Field(
        5.0, ge=0, description="Seconds between two checkpoints of a training; 0 keeps one after every epoch."
    )
    time_limit: float = Field(
        86_400.0,
        gt=0,
        description="Seconds that one attempt at training a cell may take; there are up to three attempts.",
    )
    what: ClassVar[str] = "sums of sinusoids"
    stages: ClassVar[tuple[Stage, ...]]

    @field_validator("refresh")
    @classmethod
    def each_stage_once(cls, stages: tuple[str, ...]) -> tuple[str, ...]:
        return sorted_without_repeats(stages)

    @field_validator("runner")
    @classmethod
    def installed(cls, runner: Runner) -> Runner:
        if runner == "dask" and find_spec("distributed") is None:
            raise ValueError("it needs more packages; install the project as '.[dask]'")
        return runner

    @field_validator("dask_scheduler")
    @classmethod
    def without_credentials(cls, address: str) -> str:
        if masked(address) != address:
            raise ValueError("an address must not hold credentials; leave them out")
        return address

    @model_validator(mode="after")
    def scheduler_of_dask(self) -> Self:
        if self.dask_scheduler and self.runner != "dask":
            raise ValueError(
                f"dask_scheduler {self.dask_scheduler}: it is for runner dask, not for {self.runner}; "
                "choose that runner, or leave the scheduler out"
            )
        return self

    @property
    @abstractmethod
    def study(self) -> str:
        """The name of the study's folder, which is the same for the same settings."""

    @property
    @abstractmethod
    def science(self) -> dict[str, Any]:
        """The settings that decide the study's results, as JSON values."""

    @property
    @abstractmethod
    def cells(self) -> Sequence[Cell]:
        """The networks to train."""

    @property
    @abstractmethod
    def compared(self) -> Sequence[Level]:
        """The levels at which classical denoisers are measured, and limits where the prior is known."""

    @property
    @abstractmethod
    def transfers(self) -> Mapping[Cell, Sequence[Level]]:
        """The cells whose networks are tested at other noise levels, with these levels."""

    @property
    def baselines(self) -> Mapping[str, str]:
        """The classical denoisers that are measured: their classes by their names in tables."""
        return BASELINES

    @property
    def hidden_width(self) -> int | None:
        """How many neighbouring samples are hidden together; None where clean signals are known."""
        return None

    @property
    @abstractmethod
    def tags(self) -> set[str]:
        """The tags of the study's flow runs in the Prefect UI."""

    def on_device(self) -> Self:
        """Return these settings with the device `auto` replaced by the one that it stands for here."""
        return self


def store_of(settings: StudySettings) -> Store:
    """Return the store of a study's files."""
    return Store(place(settings.data_dir), place(settings.artifacts_dir))


def report_of(settings: StudySettings) -> Place:
    """Return the path of a study's report."""
    return store_of(settings).artifacts / settings.study / "report.html"
