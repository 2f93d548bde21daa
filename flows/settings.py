"""A study's settings: every option once, with its default, bounds and help text, and the presets.

The command line, the form in the Prefect UI and the Python API all derive from `Settings`.
"""

import os
import tempfile
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import Field, ValidationError, field_validator, model_validator
from pydantic_core import ErrorDetails

from denoising.architecture import max_depth
from denoising.settings import DatasetSettings, NetworkSettings, Seed, TrainingSettings
from tasks.cell import Cell
from tasks.keys import UPSTREAM, Stage, digest
from tasks.store import Store

Preset = Literal["quick", "post", "tuned", "best", "reproduction", "thorough"]
Runner = Literal["threads", "processes"]
Alpha = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]
Depth = Annotated[int, Field(ge=1, le=16)]

PROJECT = Path(__file__).resolve().parents[1]
CORES = os.cpu_count() or 1


class Settings(DatasetSettings, NetworkSettings, TrainingSettings):
    """The whole of a study: the grid, what decides its numbers, and how it is run."""

    preset: Preset = Field(
        "post", description="Preset whose values stand where none are given; it names the study's folder."
    )
    alphas: tuple[Alpha, ...] = Field(
        (0.1, 0.2, 0.3, 0.4), min_length=1, description="Noise levels, each from 0 (clean) to 1 (noise only)."
    )
    depths: tuple[Depth, ...] = Field(
        (2, 4, 6, 8), min_length=1, description="Encoder layers; each halves the signal's length."
    )
    seeds: tuple[Seed, ...] = Field(
        (0,),
        min_length=1,
        description="Seeds of initialisation and shuffling; a network is trained for each.",
    )
    refresh: tuple[Stage, ...] = Field(
        (),
        description="Stages to run again even where their results are cached, with all that depends on them.",
    )
    runner: Runner = Field("threads", description="What trains cells side by side in this machine.")
    workers: int = Field(CORES, ge=1, le=1024, description="How many cells are trained at once.")
    checkpoint_seconds: float = Field(
        5.0, ge=0, description="How often the state of a training is kept; 0 keeps it after every epoch."
    )
    time_limit: float = Field(
        86_400.0,
        gt=0,
        description="Seconds that an attempt at training a cell may take; it is tried three times.",
    )
    data_dir: Path = Field(PROJECT / "data", description="Folder of the datasets.")
    artifacts_dir: Path = Field(
        PROJECT / "artifacts", description="Folder of the models, results, figures and reports."
    )

    @model_validator(mode="before")
    @classmethod
    def start_from_preset(cls, given: dict[str, Any]) -> dict[str, Any]:
        """What is not given has the preset's value."""
        return {**PRESETS.get(given.get("preset", "post"), {}), **given}

    @field_validator("kernel_size")
    @classmethod
    def odd(cls, kernel_size: int) -> int:
        if kernel_size % 2 == 0:
            raise ValueError("an even kernel has no middle sample; use an odd number, such as 3")
        return kernel_size

    @field_validator("alphas")
    @classmethod
    def as_printed(cls, alphas: tuple[float, ...]) -> tuple[float, ...]:
        """Each alpha as folders and tables print it, so that equal ones are equal to the last bit."""
        return tuple(abs(float(f"{alpha:g}")) for alpha in alphas)

    @field_validator("alphas", "depths", "seeds", "refresh")
    @classmethod
    def sorted_without_repeats(cls, values: tuple[Any, ...]) -> tuple[Any, ...]:
        repeated = sorted({value for value in values if values.count(value) > 1})
        if repeated:
            raise ValueError(f"{', '.join(map(str, repeated))} is repeated; give each value once")
        return tuple(sorted(values))

    @field_validator("data_dir", "artifacts_dir", mode="before")
    @classmethod
    def named(cls, folder: Path | str) -> Path | str:
        if not str(folder).strip():
            raise ValueError("give the path of a folder")
        return folder

    @field_validator("data_dir", "artifacts_dir")
    @classmethod
    def absolute(cls, folder: Path) -> Path:
        return folder.expanduser().absolute()

    @model_validator(mode="after")
    def depths_fit_length(self) -> Self:
        deepest = max_depth(self.signal_length)
        too_deep = [depth for depth in self.depths if depth > deepest]
        if too_deep:
            raise ValueError(
                f"depths {', '.join(map(str, too_deep))}: too deep for signal_length {self.signal_length}; "
                f"use depths up to {deepest} or a longer signal"
            )
        return self

    @model_validator(mode="after")
    def named_after_own_preset(self) -> Self:
        """The values of a preset go by its name, lest one study be kept under two."""
        alike = [preset for preset in PRESETS if self.has_values_of(preset)]
        if alike and self.preset not in alike:
            raise ValueError(
                f"preset {self.preset}: every other setting is that of preset {alike[0]}; "
                f"choose that preset or change a setting"
            )
        return self

    def has_values_of(self, preset: Preset) -> bool:
        """Whether every setting that decides the study's numbers is the preset's."""
        return all(
            getattr(self, name) == PRESETS[preset].get(name, type(self).model_fields[name].default)
            for name in SCIENCE_FIELDS
        )

    def on_device(self) -> Self:
        """These settings with `auto` replaced by the device that it means here."""
        if self.device == "cpu":
            return self
        from denoising.training import resolve_device

        return self.model_copy(update={"device": resolve_device(self.device).type})

    def refreshes(self, stage: Stage) -> bool:
        """Whether a stage is to run again: it, or one that it depends on, is to be refreshed."""
        return stage in self.refresh or any(map(self.refreshes, UPSTREAM[stage]))

    @property
    def parameters(self) -> dict[str, Any]:
        """Every setting as a JSON value: the flow's parameters."""
        values = self.model_dump(mode="json")
        return {name: values[name] for name in FIELDS}

    @property
    def science(self) -> dict[str, Any]:
        """The settings that decide a study's numbers, as JSON values."""
        return {name: value for name, value in self.parameters.items() if name in SCIENCE_FIELDS}

    @property
    def study(self) -> str:
        """The name of the study's folder: the same settings give the same one."""
        return f"{self.preset}-{digest(self.science)[:8]}"

    @property
    def report(self) -> Path:
        """The page of the study."""
        return self.artifacts_dir / self.study / "report.html"

    @property
    def store(self) -> Store:
        """Where the study's files lie."""
        return Store(self.data_dir, self.artifacts_dir)

    @property
    def cells(self) -> list[Cell]:
        """The grid, deepest networks first: they take longest."""
        return [
            Cell(depth, alpha, seed)
            for depth in sorted(self.depths, reverse=True)
            for seed in self.seeds
            for alpha in self.alphas
        ]

    @property
    def dataset(self) -> DatasetSettings:
        """The settings that decide the signals."""
        return DatasetSettings(**self.model_dump(include=set(DatasetSettings.model_fields)))

    @property
    def network(self) -> NetworkSettings:
        """The settings that decide the network, its depth apart."""
        return NetworkSettings(**self.model_dump(include=set(NetworkSettings.model_fields)))

    @property
    def training(self) -> TrainingSettings:
        """The settings that decide the training, its seed apart."""
        return TrainingSettings(**self.model_dump(include=set(TrainingSettings.model_fields)))


# The order in which people are shown the fields: what is studied first, how it is run last.
SCIENCE_FIELDS = (
    "alphas", "depths", "seeds",
    *DatasetSettings.model_fields, *NetworkSettings.model_fields, *TrainingSettings.model_fields,
)  # fmt: skip
RUN_FIELDS = (
    "refresh", "runner", "workers", "checkpoint_seconds", "time_limit", "data_dir", "artifacts_dir",
)  # fmt: skip
FIELDS = ("preset", *SCIENCE_FIELDS, *RUN_FIELDS)

PRESETS: dict[Preset, dict[str, Any]] = {
    "quick": {"n_signals": 1000, "n_test": 500, "epochs": 15},
    "post": {},
    "tuned": {
        "depths": (3,), "kernel_size": 7, "epochs": 11, "batch_size": 16, "learning_rate": 0.02,
        "schedule": "one_cycle",
    },
    "best": {
        "depths": (6,), "n_signals": 20_000, "channels": 48, "kernel_size": 11, "epochs": 20,
        "batch_size": 32, "learning_rate": 4e-3, "schedule": "one_cycle", "fresh": True,
    },
    "reproduction": {
        "seeds": (0, 1, 2), "signals": "pictures", "n_signals": 3000, "channels": 4, "batch_size": 32,
        "learning_rate": 7.5e-4,
    },
    "thorough": {
        "alphas": (0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9), "seeds": (0, 1, 2, 3, 4),
    },
}  # fmt: skip


def problems(error: ValidationError, given: dict[str, Any]) -> list[str]:
    """One clear line for each thing that is wrong: the parameter, the value and the remedy."""
    errors = error.errors()
    with_bad_items = {details["loc"][0] for details in errors if len(details["loc"]) > 1}
    return [
        problem(details, given)
        for details in errors
        if details["loc"] not in [(name,) for name in with_bad_items]  # the items say it better
    ]


def problem(details: ErrorDetails, given: dict[str, Any]) -> str:
    """What is wrong with one parameter."""
    message = details["msg"].removeprefix("Value error, ")
    if not details["loc"]:
        return message  # a rule across parameters, which names them itself
    name = str(details["loc"][0])
    if name not in Settings.model_fields:
        return f"{name}: there is no such parameter; the parameters are {', '.join(FIELDS)}"
    value = details["input"] if len(details["loc"]) > 1 else given.get(name, details["input"])
    shown = (" ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)) or "(none)"
    reason = (
        "give at least one" if details["type"] == "too_short" else message.replace("Input should", "must")
    )
    return f"{name} {shown}: {reason} ({Settings.model_fields[name].description})"


def directory_problems(settings: Settings) -> list[str]:
    """A line for each folder that could not be written, found out without writing anything that stays."""
    found = []
    for name in ("data_dir", "artifacts_dir"):
        folder: Path = getattr(settings, name)
        existing = next(path for path in (folder, *folder.parents) if path.exists())
        try:
            with tempfile.TemporaryFile(dir=existing):
                pass
        except OSError as error:
            reason = error.strerror or str(error)
            found.append(f"{name} {folder}: cannot be written ({existing}: {reason}); choose another folder")
    return found


def device_problems(settings: Settings) -> list[str]:
    """A line if the device is not to be had; asks torch only where the answer could be no."""
    if settings.device != "cuda":
        return []
    from denoising.training import resolve_device

    try:
        resolve_device(settings.device)
    except ValueError as error:
        return [str(error)]
    return []
