"""The sweep's settings: every option once, with its default, bounds and help text, and the presets.

The command line, the form in the Prefect UI and the Python API all derive from `Settings`.
"""

from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import Field, field_validator, model_validator

from denoising.networks.layers import max_depth
from denoising.networks.settings import NetworkSettings, TrainingSettings
from denoising.settings import Seed
from denoising.signals.settings import DatasetSettings
from denoising.study.cell import Cell
from flows.settings.grid import Grid
from flows.settings.study_settings import REFRESH, RUN_FIELDS, StudySettings, sorted_without_repeats
from tasks.cache.key import Stage, SweepStage, digest

Preset = Literal["quick", "post", "tuned", "best", "reproduction", "thorough"]
Alpha = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]
Depth = Annotated[int, Field(ge=1, le=16)]

# In the order in which people are shown them.
SCIENCE_FIELDS = (
    "alphas", "depths", "seeds",
    *DatasetSettings.model_fields, *NetworkSettings.model_fields, *TrainingSettings.model_fields,
)  # fmt: skip


class Settings(DatasetSettings, NetworkSettings, TrainingSettings, StudySettings):
    """The whole of a study: the grid, what decides its numbers, and how it is run."""

    preset: Preset = Field(
        "post", description="Preset whose values stand where none are given; it names the study's folder."
    )
    alphas: tuple[Alpha, ...] = Field(
        (0.1, 0.2, 0.3, 0.4), min_length=1, description="Noise levels: 0 is clean, 1 is noise only."
    )
    depths: tuple[Depth, ...] = Field(
        (2, 4, 6, 8), min_length=1, description="Encoder layers; each halves the signal's length."
    )
    seeds: tuple[Seed, ...] = Field(
        (0,),
        min_length=1,
        description="Seeds of initialisation and shuffling; a network is trained for each.",
    )
    refresh: tuple[SweepStage, ...] = Field((), description=REFRESH)

    last: ClassVar[Stage] = "report"
    fields: ClassVar[tuple[str, ...]] = ("preset", *SCIENCE_FIELDS, *RUN_FIELDS)

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

    @field_validator("alphas", "depths", "seeds")
    @classmethod
    def each_value_once(cls, values: tuple[Any, ...]) -> tuple[Any, ...]:
        return sorted_without_repeats(values)

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
        if self.device != "auto":
            return self
        from denoising.networks.device import resolve_device

        return self.model_copy(update={"device": resolve_device(self.device).type})

    @property
    def science(self) -> dict[str, Any]:
        """The settings that decide a study's numbers, as JSON values."""
        return {name: value for name, value in self.parameters.items() if name in SCIENCE_FIELDS}

    @property
    def tags(self) -> set[str]:
        """The preset and the family of signals."""
        return {self.preset, self.signals}

    @property
    def study(self) -> str:
        """The name of the study's folder: the same settings give the same one."""
        return f"{self.preset}-{digest(self.science)[:8]}"

    @property
    def grids(self) -> list[Grid]:
        """The one grid of the study."""
        return [Grid(self.dataset, self.network, self.training, self.depths, self.alphas, self.seeds)]

    @property
    def compared(self) -> list[tuple[DatasetSettings, float]]:
        """All noise levels."""
        return [(self.dataset, alpha) for alpha in self.alphas]

    @property
    def transfers(self) -> dict[Cell, tuple[float, ...]]:
        """None: every network is tested at its own noise level."""
        return {}

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
