"""What the settings of every study have in common: how it is run and what it consists of."""

import os
from abc import abstractmethod
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any, ClassVar, Literal, Self, TypeVar

from pydantic import Field, ValidationError, field_validator, model_validator
from pydantic_core import ErrorDetails

from denoising.settings import Group
from denoising.signals.settings import DatasetSettings
from denoising.study.cell import Cell
from flows.settings.grid import Grid
from tasks.cache.key import UPSTREAM, Stage, dataset_name
from tasks.cache.places import Place, full_name, place
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


class StudySettings(Group):
    """How a study is run; what it consists of is for its kind to say.

    Attributes:
        fields: the settings in the order in which people are shown them.
        last: the stage that writes the study's report.
    """

    refresh: tuple[Stage, ...] = Field((), description=REFRESH)
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
    last: ClassVar[Stage]

    @field_validator("refresh")
    @classmethod
    def each_stage_once(cls, stages: tuple[Stage, ...]) -> tuple[Stage, ...]:
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
    def grids(self) -> list[Grid]:
        """The cells, by what they share; no cell twice."""

    @property
    @abstractmethod
    def compared(self) -> list[tuple[DatasetSettings, float]]:
        """The datasets and noise levels at which limits and other denoisers are wanted."""

    @property
    @abstractmethod
    def transfers(self) -> dict[Cell, tuple[float, ...]]:
        """The cells whose networks are tested at other noise levels, and at which."""

    @property
    @abstractmethod
    def study(self) -> str:
        """The name of the study's folder: the same settings give the same one."""

    @property
    @abstractmethod
    def tags(self) -> set[str]:
        """What a run of the study is tagged with in the Prefect UI."""

    @property
    @abstractmethod
    def science(self) -> dict[str, Any]:
        """The settings that decide a study's numbers, as JSON values."""

    @property
    def cells(self) -> dict[Cell, Grid]:
        """Every cell with the grid that it is of, those that take longest first."""
        of = {cell: grid for grid in self.grids for cell in grid.cells}
        return dict(sorted(of.items(), key=lambda item: -item[1].cost(item[0].depth)))

    @property
    def datasets(self) -> list[tuple[DatasetSettings, float]]:
        """Every dataset at every noise level that some cell needs."""
        cells = self.cells
        trained_on = [(grid.dataset, alpha) for grid in self.grids for alpha in grid.alphas]
        tested_on = [(cells[cell].dataset, alpha) for cell, at in self.transfers.items() for alpha in at]
        return list(dict.fromkeys([*trained_on, *tested_on]))

    @property
    def names(self) -> dict[tuple[DatasetSettings, float], str]:
        """What each of these is called; the dataset is named where there are several."""
        levels = self.datasets
        several = len({dataset for dataset, _ in levels}) > 1
        return {
            (dataset, alpha): f"{dataset_name(dataset)} alpha={alpha:g}" if several else f"alpha={alpha:g}"
            for dataset, alpha in levels
        }

    @property
    def parameters(self) -> dict[str, Any]:
        """Every setting as a JSON value: the flow's parameters."""
        values = self.model_dump(mode="json")
        return {name: values[name] for name in self.fields}

    @property
    def report(self) -> Place:
        """The page of the study."""
        return self.store.artifacts / self.study / "report.html"

    @property
    def store(self) -> Store:
        """Where the study's files lie."""
        return Store(place(self.data_dir), place(self.artifacts_dir))

    def refreshes(self, stage: Stage) -> bool:
        """Whether a stage is to run again: it, or one that it depends on, is to be refreshed."""
        return stage in self.refresh or any(map(self.refreshes, UPSTREAM[stage]))

    def on_device(self) -> Self:
        """These settings with `auto` replaced by the device that it means here."""
        return self


@lru_cache
def help_texts(kind: type[StudySettings]) -> dict[str, str]:
    """What each setting means, with its bounds, such as `Passes over the training signals. From 1 to 100.`"""
    schemas = kind.model_json_schema()["properties"]
    return {
        name: " ".join(filter(None, [kind.model_fields[name].description, bounds(schemas[name])]))
        for name in kind.fields
    }


def bounds(schema: dict[str, Any]) -> str:
    """The bounds in a setting's JSON schema, or those of each of its values, as a sentence; empty without."""
    many = "items" in schema
    schema = schema["items"] if many else schema
    low, above, high = (schema.get(name) for name in ("minimum", "exclusiveMinimum", "maximum"))
    if low is not None:
        told = f"{low:,} or more" if high is None else f"from {low:,} to {high:,}"
    elif above is not None:
        told = f"above {above:,}" if high is None else f"above {above:,}, up to {high:,}"
    else:
        return ""
    return f"Each {told}." if many else f"{told[0].upper()}{told[1:]}."


T = TypeVar("T")


def sorted_without_repeats(values: tuple[T, ...]) -> tuple[T, ...]:
    """Each value once, in order."""
    repeated = sorted({value for value in values if values.count(value) > 1})  # type: ignore[type-var]
    if repeated:
        raise ValueError(f"{', '.join(map(str, repeated))} is repeated; give each value once")
    return tuple(sorted(values))  # type: ignore[type-var]


def problems(error: ValidationError, given: dict[str, Any], kind: type[StudySettings]) -> list[str]:
    """One clear line for each thing that is wrong: the parameter, the value and the remedy."""
    errors = error.errors()
    with_bad_items = {details["loc"][0] for details in errors if len(details["loc"]) > 1}
    return [
        problem(details, given, kind)
        for details in errors
        if details["loc"] not in [(name,) for name in with_bad_items]  # the items say it better
    ]


def problem(details: ErrorDetails, given: dict[str, Any], kind: type[StudySettings]) -> str:
    """What is wrong with one parameter."""
    message = details["msg"].removeprefix("Value error, ")
    if not details["loc"]:
        return message  # a rule across parameters, which names them itself
    name = str(details["loc"][0])
    if name not in kind.model_fields:
        return f"{name}: there is no such parameter; the parameters are {', '.join(kind.fields)}"
    value = details["input"] if len(details["loc"]) > 1 else given.get(name, details["input"])
    shown = (" ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)) or "(none)"
    reason = (
        "give at least one" if details["type"] == "too_short" else message.replace("Input should", "must")
    )
    return f"{name} {shown}: {reason} ({kind.model_fields[name].description})"
