"""The settings of the sweep, with their defaults, bounds and help texts, and the presets.

The command line, the form in the Prefect UI and the Python API are all derived from `Settings`.
"""

from collections.abc import Mapping, Sequence
from math import prod
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal, Self

from pydantic import Field, TypeAdapter, ValidationError, field_validator, model_validator

from denoising.networks.layers import max_depth
from denoising.networks.settings import NetworkSettings, TrainingSettings
from denoising.settings import Seed
from denoising.signals.settings import DatasetSettings, FamilyName
from denoising.study.cell import Cell
from denoising.study.variants import FIELDS, cells_of, cross
from flows.graph import SWEEP, Level
from flows.settings.study_settings import REFRESH, RUN_FIELDS, StudySettings, sorted_without_repeats
from tasks.cache.record import digest
from tasks.cache.stage import Stage

Preset = Literal["quick", "post", "tuned", "best", "reproduction", "thorough"]
Alpha = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]
Depth = Annotated[int, Field(ge=1, le=16)]
if TYPE_CHECKING:
    SweepStage = str
else:
    SweepStage = Literal[tuple(stage.name for stage in SWEEP)]

MOST_CELLS = 100_000  # of a study
# Names of settings, in the order in which help and form show them.
GRID = ("alphas", "depths", "seeds")
NOT_VARIED = (*GRID, "device")
SCIENCE_FIELDS = (*GRID, "vary", *FIELDS)


class Settings(DatasetSettings, NetworkSettings, TrainingSettings, StudySettings):
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
    depths: tuple[Depth, ...] = Field(
        (2, 4, 6, 8), min_length=1, description="Encoder layers; with stride 2, each halves the length."
    )
    seeds: tuple[Seed, ...] = Field(
        (0,),
        min_length=1,
        description="Seeds of initialisation and shuffling; one network is trained for each.",
    )
    vary: dict[str, tuple[Any, ...]] = Field(
        {},
        description="Other settings of the signals, the network or the training to cross with the grid, such "
        "as channels=4,8,16 and skips=true,false.",
    )
    refresh: tuple[SweepStage, ...] = Field((), description=REFRESH)

    stages: ClassVar[tuple[Stage, ...]] = SWEEP
    fields: ClassVar[tuple[str, ...]] = ("preset", *SCIENCE_FIELDS, *RUN_FIELDS)

    @model_validator(mode="before")
    @classmethod
    def start_from_preset(cls, given: dict[str, Any]) -> dict[str, Any]:
        """Fill in the preset's values; a setting in `vary` with a single value just gets that value."""
        chosen: Any = str(given.get("preset", "post"))  # whatever it is
        preset = PRESETS.get(chosen, {})
        vary = given.get("vary", {})
        if not isinstance(vary, Mapping):
            return {**preset, **given}  # the validation of the field reports what is wrong
        of_preset = {name: v for name, v in preset.get("vary", {}).items() if name not in given}
        checked = {name: varied(name, values) for name, values in {**of_preset, **vary}.items()}
        usual = {name: preset.get(name, cls.model_fields[name].default) for name in checked}
        for name in vary:
            if name in given and given[name] != usual[name]:
                raise ValueError(f"vary {name}: {name} {given[name]} is given too; give one of the two")
        single = {name: values[0] for name, values in checked.items() if len(values) == 1}
        several = {name: values for name, values in checked.items() if len(values) > 1}
        return {**preset, **given, **single, "vary": several}

    @field_validator("alphas")
    @classmethod
    def as_printed(cls, alphas: tuple[float, ...]) -> tuple[float, ...]:
        """Round each alpha to what folders and tables print, so that alphas that look equal are equal."""
        return tuple(abs(float(f"{alpha:g}")) for alpha in alphas)

    @field_validator("alphas", "depths", "seeds")
    @classmethod
    def each_value_once(cls, values: tuple[Any, ...]) -> tuple[Any, ...]:
        return sorted_without_repeats(values)

    @model_validator(mode="after")
    def variants_hold(self) -> Self:
        """Check the rules across settings for every variant."""
        n_cells = prod(map(len, (self.depths, self.alphas, self.seeds, *self.vary.values())))
        if n_cells > MOST_CELLS:
            raise ValueError(
                f"vary, depths, alphas and seeds: together they make {n_cells:,} cells, and a study has at "
                f"most {MOST_CELLS:,}; give fewer values"
            )
        for name, values in self.variants.items():
            told = f"vary {name}: " if self.vary else ""
            try:
                cells_of(values, (), (), (), name)
            except ValidationError as error:
                raise ValueError(told + error.errors()[0]["msg"].removeprefix("Value error, ")) from None
            deepest = max_depth(values["signal_length"])
            if too_deep := [depth for depth in self.depths if depth > deepest]:
                raise ValueError(
                    f"{told}depths {', '.join(map(str, too_deep))}: too deep for signal_length "
                    f"{values['signal_length']}; use depths up to {deepest} or a longer signal"
                )
        return self

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

    def has_values_of(self, preset: Preset) -> bool:
        """Whether every setting that decides the study's results is the preset's."""
        return all(
            getattr(self, name) == PRESETS[preset].get(name, type(self).model_fields[name].default)
            for name in SCIENCE_FIELDS
        )

    def on_device(self) -> Self:
        """Return these settings with the device `auto` replaced by the one that it stands for here."""
        if self.device != "auto":
            return self
        from denoising.networks.device import resolve_device

        return self.model_copy(update={"device": resolve_device(self.device).type})

    @property
    def science(self) -> dict[str, Any]:
        """The settings that decide the study's results, as JSON values."""
        return {name: value for name, value in self.parameters.items() if name in SCIENCE_FIELDS}

    @property
    def tags(self) -> set[str]:
        """The tags of flow runs: the preset and the family of signals."""
        return {self.preset, self.signals}

    @property
    def study(self) -> str:
        """The name of the study's folder, which is the same for the same settings."""
        return f"{self.preset}-{digest(self.science)[:8]}"

    @property
    def variants(self) -> dict[str, dict[str, Any]]:
        """The value of every setting in `FIELDS`, for each variant by its name."""
        base = {name: getattr(self, name) for name in FIELDS}
        return {name: {**base, **changes} for name, changes in cross(self.vary, base).items()}

    @property
    def cells(self) -> list[Cell]:
        """The networks to train: every depth, noise level and seed in every variant."""
        return [
            cell
            for name, values in self.variants.items()
            for cell in cells_of(values, self.depths, self.alphas, self.seeds, name)
        ]

    @property
    def compared(self) -> list[Level]:
        """All noise levels of every dataset."""
        return list(dict.fromkeys((cell.dataset, cell.alpha) for cell in self.cells))

    @property
    def transfers(self) -> Mapping[Cell, Sequence[float]]:
        """Empty: every network is tested at its own noise level."""
        return {}


def varied(name: str, values: Any) -> tuple[Any, ...]:
    """Validate the values of a setting in `vary` and return them with its type.

    Raises:
        ValueError: there is no such setting, it cannot be varied, or a value is not valid or repeated.
    """
    if name in NOT_VARIED or name not in FIELDS:
        known = ", ".join(field for field in FIELDS if field not in NOT_VARIED)
        what = "it cannot be varied" if name in NOT_VARIED else "there is no such setting"
        own = f" with vary; give --{name} several values" if name in GRID else f"; those that can are {known}"
        raise ValueError(f"vary {name}: {what}{own}")
    if isinstance(values, str | bytes) or not isinstance(values, Sequence) or not values:
        raise ValueError(f"vary {name}: give a list of values, such as channels=4,8,16")
    field = Settings.model_fields[name]
    kind: Any = Annotated[field.annotation, *field.metadata] if field.metadata else field.annotation
    try:
        found = tuple(map(TypeAdapter(kind).validate_python, values))
    except ValidationError as error:
        details = error.errors()[0]
        message = details["msg"].removeprefix("Value error, ").replace("Input should", "must")
        raise ValueError(f"vary {name} {details['input']}: {message} ({field.description})") from None
    try:
        return sorted_without_repeats(found)
    except ValueError as error:
        raise ValueError(f"vary {name}: {error}") from None


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
