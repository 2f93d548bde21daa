"""The settings of the sweep, with their defaults, bounds and help texts, and the presets.

The command line, the form in the Prefect UI and the Python API are all derived from `Settings`.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal, Self

from pydantic import Field, field_validator, model_validator

from denoising.signals.settings import DatasetSettings, FamilyName
from denoising.study.level import SinusoidLevel
from denoising.study.variants import FIELDS, levels_of
from flows.graph import SWEEP
from flows.settings.grid_settings import GridSettings
from flows.settings.study_settings import REFRESH, RUN_FIELDS, sorted_without_repeats
from flows.settings.values import Printed
from tasks.cache.stage import Stage

Preset = Literal["quick", "post", "tuned", "best", "reproduction", "thorough"]
Alpha = Annotated[float, Field(ge=0, le=1), Printed]
if TYPE_CHECKING:
    SweepStage = str
else:
    SweepStage = Literal[tuple(stage.name for stage in SWEEP)]

PRESETS: dict[str, dict[str, Any]] = {
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


class Settings(DatasetSettings, GridSettings):
    """All settings of a sweep: its grid, the settings of each cell, and how it is run."""

    preset: Preset = Field(
        "post", description="Preset with the values of all settings that are not given; it names the folder."
    )
    # The recording is for the controlled study alone.
    signals: FamilyName = Field(
        "formula",
        description="Family of clean signals: 'formula' as the original post's text defines them, or "
        "'pictures' as its figures show them.",
    )
    alphas: tuple[Alpha, ...] = Field(
        (0.1, 0.2, 0.3, 0.4), min_length=1, description="Noise levels: 0 is clean, 1 is noise only."
    )
    refresh: tuple[SweepStage, ...] = Field((), description=REFRESH)

    presets: ClassVar[Mapping[str, Mapping[str, Any]]] = PRESETS
    grid: ClassVar[tuple[str, ...]] = ("alphas", "depths", "seeds")
    deciding: ClassVar[tuple[str, ...]] = FIELDS
    stages: ClassVar[tuple[Stage, ...]] = SWEEP
    fields: ClassVar[tuple[str, ...]] = ("preset", *grid, "vary", *deciding, *RUN_FIELDS)

    @field_validator("alphas")
    @classmethod
    def each_alpha_once(cls, alphas: tuple[float, ...]) -> tuple[float, ...]:
        return sorted_without_repeats(alphas)

    @model_validator(mode="after")
    def named_after_own_preset(self) -> Self:
        """Refuse settings that equal another preset's, since one study would then have two names."""
        alike = [preset for preset in PRESETS if self.has_values_of(preset)]
        if alike and self.preset not in alike:
            raise ValueError(
                f"preset {self.preset}: every other setting is that of preset {alike[0]}; "
                f"choose that preset or change a setting"
            )
        return self

    def has_values_of(self, preset: str) -> bool:
        """Whether every setting that decides the study's results is the preset's."""
        return all(
            getattr(self, name) == PRESETS[preset].get(name, type(self).model_fields[name].default)
            for name in (*self.grid, "vary", *self.deciding)
        )

    def levels(self, values: Mapping[str, Any]) -> list[SinusoidLevel]:
        """Return the dataset of a variant at each noise level."""
        return levels_of(values, self.alphas)

    @property
    def tags(self) -> set[str]:
        """The tags of flow runs: the preset and the family of signals."""
        return {self.preset, self.signals}
