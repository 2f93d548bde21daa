"""What the settings of every study have in common: how it is run and what it consists of."""

import os
from abc import abstractmethod
from collections.abc import Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any, ClassVar, Literal, Self, TypeVar

from pydantic import Field, field_validator, model_validator

from denoising.settings import Group
from denoising.study.cell import Cell
from flows.graph import Level
from tasks.cache.places import Place, full_name, place
from tasks.cache.stage import Stage
from tasks.cache.store import Store

Runner = Literal["threads", "processes", "dask"]

PROJECT = Path(__file__).resolve().parents[2]
CORES = os.cpu_count() or 1
REFRESH = "Stages to run again even where their results are cached, with all that depends on them."
PLACES = ", or s3://bucket/prefix"
RUNNER = (
    "What trains cells side by side: threads or processes of this machine, or the workers of a Dask cluster."
)
RUN_FIELDS = (
    "refresh", "runner", "workers", "dask_scheduler", "device_slots", "checkpoint_seconds", "time_limit",
    "data_dir", "artifacts_dir",
)  # fmt: skip


T = TypeVar("T")


def sorted_without_repeats(values: tuple[T, ...]) -> tuple[T, ...]:
    """Each value once, in order."""
    repeated = sorted({value for value in values if values.count(value) > 1})  # type: ignore[type-var]
    if repeated:
        raise ValueError(f"{', '.join(map(str, repeated))} is repeated; give each value once")
    return tuple(sorted(values))  # type: ignore[type-var]


class StudySettings(Group):
    """How a study is run; what it consists of is for its kind to say.

    Attributes:
        fields: the settings in the order in which people are shown them.
        stages: those that it has; the last writes its report.
    """

    refresh: tuple[str, ...] = Field((), description=REFRESH)
    runner: Runner = Field("threads", description=RUNNER)
    workers: int = Field(
        CORES,
        ge=1,
        le=1024,
        description="How many cells are trained at once; a Dask cluster that is running decides that itself.",
    )
    device_slots: int = Field(
        4,
        ge=1,
        le=1024,
        description="How many trainings share a GPU at a time, in all runs on its machine; others wait.",
    )
    dask_scheduler: str = Field(
        "",
        description="Address of the Dask cluster that is running, such as tcp://host:8786; "
        "empty, runner dask starts one on this machine.",
    )
    checkpoint_seconds: float = Field(
        5.0, ge=0, description="How often the state of a training is kept; 0 keeps it after every epoch."
    )
    time_limit: float = Field(
        86_400.0,
        gt=0,
        description="Seconds that an attempt at training a cell may take; it is tried three times.",
    )
    data_dir: str = Field(str(PROJECT / "data"), description=f"Folder of the datasets{PLACES}.")
    artifacts_dir: str = Field(
        str(PROJECT / "artifacts"),
        description=f"Folder of the models, results, figures and reports{PLACES}.",
    )

    fields: ClassVar[tuple[str, ...]]
    stages: ClassVar[tuple[Stage, ...]]

    @field_validator("refresh")
    @classmethod
    def each_stage_once(cls, stages: tuple[str, ...]) -> tuple[str, ...]:
        return sorted_without_repeats(stages)

    @field_validator("runner")
    @classmethod
    def installed(cls, runner: Runner) -> Runner:
        if runner == "dask" and find_spec("prefect_dask") is None:
            raise ValueError("it needs more packages; install the project as '.[dask]'")
        return runner

    @model_validator(mode="after")
    def scheduler_of_dask(self) -> Self:
        if self.dask_scheduler and self.runner != "dask":
            raise ValueError(
                f"dask_scheduler {self.dask_scheduler}: it is for runner dask, not for {self.runner}; "
                "choose that runner, or leave the scheduler out"
            )
        return self

    @field_validator("data_dir", "artifacts_dir", mode="before")
    @classmethod
    def in_full(cls, folder: Path | str) -> str:
        if not str(folder).strip():
            raise ValueError("give the path of a folder")
        return full_name(str(folder))

    @property
    @abstractmethod
    def study(self) -> str:
        """The name of the study's folder: the same settings give the same one."""

    @property
    @abstractmethod
    def science(self) -> dict[str, Any]:
        """The settings that decide a study's numbers, as JSON values."""

    @property
    @abstractmethod
    def cells(self) -> Sequence[Cell]:
        """The networks to train."""

    @property
    @abstractmethod
    def compared(self) -> Sequence[Level]:
        """The datasets and noise levels at which limits and other denoisers are wanted."""

    @property
    @abstractmethod
    def transfers(self) -> Mapping[Cell, Sequence[float]]:
        """The cells whose networks are tested at other noise levels, and at which."""

    @property
    @abstractmethod
    def tags(self) -> set[str]:
        """What a run of the study is tagged with in the Prefect UI."""

    @property
    def parameters(self) -> dict[str, Any]:
        """Every setting as a JSON value: the flow's parameters."""
        values = self.model_dump(mode="json")
        return {name: values[name] for name in self.fields}

    def on_device(self) -> Self:
        """These settings with `auto` replaced by the device that it means here."""
        return self


def store_of(settings: StudySettings) -> Store:
    """Where a study's files lie."""
    return Store(place(settings.data_dir), place(settings.artifacts_dir))


def report_of(settings: StudySettings) -> Place:
    """The page of a study."""
    return store_of(settings).artifacts / settings.study / "report.html"
