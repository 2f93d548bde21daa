"""The settings of every study that is a grid: its axes, its presets and what is crossed with it."""

from collections.abc import Mapping, Sequence
from math import prod
from typing import Annotated, Any, ClassVar, Self

from pydantic import Field, TypeAdapter, ValidationError, field_validator, model_validator

from denoising.networks.layers import max_depth
from denoising.networks.settings import NetworkSettings, TrainingSettings
from denoising.settings import PERIOD, Group, Seed
from denoising.study.cell import Cell
from denoising.study.level import Level
from denoising.study.variants import cells_of, cross, in_words
from flows.settings.study_settings import StudySettings, sorted_without_repeats
from flows.settings.values import LONG_LINE, in_a_line, type_of
from tasks.cache.record import digest

Depth = Annotated[int, Field(ge=1, le=16)]
MOST_CELLS = 100_000  # of a study


def in_settings(values: Mapping[str, Any]) -> str:
    """Return settings in words, such as `depths=2,4 skips=true`."""

    def told(value: Any) -> str:
        return ",".join(map(in_words, value)) if isinstance(value, list | tuple) else in_words(value)

    flat = [f"{name}={told(value)}" for name, value in values.items() if name != "vary"]
    if isinstance(values.get("vary"), Mapping):
        flat += [f"vary {name}={told(each)}" for name, each in values["vary"].items()] or ["vary nothing"]
    return in_a_line(" ".join(flat), LONG_LINE)


class GridSettings(NetworkSettings, TrainingSettings, StudySettings):
    """A study with a cell for every depth, noise level and seed, in every variant.

    Attributes:
        presets: the values of each preset that are not the defaults.
        grid: the names of the axes.
        deciding: the names of all other settings that decide a cell.
    """

    preset: str
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

    presets: ClassVar[Mapping[str, Mapping[str, Any]]]
    grid: ClassVar[tuple[str, ...]]
    deciding: ClassVar[tuple[str, ...]]

    @model_validator(mode="before")
    @classmethod
    def start_from_preset(cls, given: dict[str, Any]) -> dict[str, Any]:
        """Fill in the preset's values; a setting in `vary` with a single value just gets that value."""
        chosen: Any = str(given.get("preset", cls.model_fields["preset"].default))  # whatever it is
        preset = cls.presets.get(chosen, {})
        vary = given.get("vary", {})
        if not isinstance(vary, Mapping):
            return {**preset, **given}  # the validation of the field reports what is wrong
        of_preset = {name: v for name, v in preset.get("vary", {}).items() if name not in given}
        checked = {name: cls.varied(name, values) for name, values in {**of_preset, **vary}.items()}
        usual = {name: preset.get(name, cls.model_fields[name].default) for name in checked}
        for name in vary:
            if name in given and given[name] != usual[name]:
                raise ValueError(f"vary {name}: {name} {given[name]} is given too; give one of the two")
        single = {name: values[0] for name, values in checked.items() if len(values) == 1}
        several = {name: values for name, values in checked.items() if len(values) > 1}
        return {**preset, **given, **single, "vary": several}

    @classmethod
    def varied(cls, name: str, values: Any) -> tuple[Any, ...]:
        """Validate the values of a setting in `vary` and return them with its type.

        Raises:
            ValueError: there is no such setting, it cannot be varied, or a value is not valid or repeated.
        """
        fixed = (*cls.grid, "device")
        if name in fixed or name not in cls.deciding:
            known = ", ".join(field for field in cls.deciding if field not in fixed)
            what = "it cannot be varied" if name in fixed else "there is no such setting"
            own = (
                f" with vary; give --{name} several values"
                if name in cls.grid
                else f"; those that can are {known}"
            )
            raise ValueError(f"vary {in_a_line(name)}: {what}{own}")
        if isinstance(values, str | bytes) or not isinstance(values, Sequence) or not values:
            raise ValueError(f"vary {name}: give a list of values, such as channels=4,8,16")
        field = cls.model_fields[name]
        try:
            kind: TypeAdapter[Any] = TypeAdapter(
                type_of(field.annotation, field.metadata), config=Group.model_config
            )
            found = tuple(map(kind.validate_python, values))
        except ValidationError as error:
            details = error.errors()[0]
            message = details["msg"].removeprefix("Value error, ").replace("Input should", "must")
            told = f"{name} {in_a_line(details['input'])}"
            raise ValueError(f"vary {told}: {message} ({field.description})") from None
        try:
            return sorted_without_repeats(found)
        except ValueError as error:
            raise ValueError(f"vary {name}: {error}") from None

    @field_validator("depths", "seeds")
    @classmethod
    def each_value_once(cls, values: tuple[Any, ...]) -> tuple[Any, ...]:
        return sorted_without_repeats(values)

    @model_validator(mode="after")
    def variants_hold(self) -> Self:
        """Check the rules across settings for every variant."""
        axes = [getattr(self, name) for name in self.grid]
        n_cells = prod(map(len, [*axes, *self.vary.values()]))
        if n_cells > MOST_CELLS:
            raise ValueError(
                f"vary, {', '.join(self.grid[:-1])} and {self.grid[-1]}: together they make {n_cells:,} "
                f"cells, and a study has at most {MOST_CELLS:,}; give fewer values"
            )
        for name, values in self.variants.items():
            told = f"vary {name}: " if self.vary else ""
            try:
                self.check(values)
            except ValidationError as error:
                raise ValueError(told + error.errors()[0]["msg"].removeprefix("Value error, ")) from None
            widest = values["signal_length"] // PERIOD
            if values["objective"] == "blind_spot" and values["mask_width"] > widest:
                raise ValueError(
                    f"{told}mask_width {values['mask_width']}: at most {widest} neighbouring samples of "
                    f"signal_length {values['signal_length']} can be hidden; use fewer or a longer signal"
                )
            deepest = max_depth(values["signal_length"])
            if too_deep := [depth for depth in self.depths if depth > deepest]:
                where = told if "signal_length" in self.vary else ""
                raise ValueError(
                    f"{where}depths {', '.join(map(str, too_deep))}: too deep for signal_length "
                    f"{values['signal_length']}; use depths up to {deepest} or a longer signal"
                )
        return self

    def check(self, values: Mapping[str, Any]) -> None:
        """Check the settings of a variant.

        Raises:
            ValidationError: two contradict each other.
        """
        cells_of(values, (), (), ())

    @property
    def beside_preset(self) -> str:
        """A line on what the preset sets, and on the settings that were given other values."""
        usual = {name: type(self).model_fields[name].default for name in (*self.grid, "vary", *self.deciding)}
        preset = self.presets[self.preset]
        given = {name: getattr(self, name) for name in usual}
        other = {name: value for name, value in given.items() if value != {**usual, **preset}[name]}
        line = f"preset {self.preset} sets {in_settings(preset) or 'nothing but the defaults'}"
        if not other:
            return f"{line}; the run takes it as it is"
        return f"{line}; given otherwise: {in_settings(other)}"

    def levels(self, values: Mapping[str, Any]) -> Sequence[Level]:
        """Return the dataset of a variant at each noise level."""
        raise NotImplementedError

    def on_device(self) -> Self:
        """Return these settings with the device `auto` replaced by the one that it stands for here."""
        if self.device != "auto":
            return self
        from denoising.networks.device import resolve_device

        return self.model_copy(update={"device": resolve_device(self.device).type})

    @property
    def science(self) -> dict[str, Any]:
        """The settings that decide the study's results, as JSON values."""
        decisive = {*self.grid, "vary", *self.deciding}
        return {name: value for name, value in self.parameters.items() if name in decisive}

    @property
    def study(self) -> str:
        """The name of the study's folder, which is the same for the same settings."""
        return f"{self.preset}-{digest(self.science)[:8]}"

    @property
    def variants(self) -> dict[str, dict[str, Any]]:
        """The value of every deciding setting, for each variant by its name."""
        base = {name: getattr(self, name) for name in self.deciding}
        return {name: {**base, **changes} for name, changes in cross(self.vary, base).items()}

    @property
    def cells(self) -> list[Cell]:
        """The networks to train: every depth, noise level and seed in every variant."""
        return [
            cell
            for name, values in self.variants.items()
            for cell in cells_of(values, self.depths, self.levels(values), self.seeds, name)
        ]

    @property
    def compared(self) -> list[Level]:
        """All noise levels of every dataset."""
        return list(dict.fromkeys(cell.level for cell in self.cells))

    @property
    def transfers(self) -> Mapping[Cell, Sequence[Level]]:
        """Empty: every network is tested at its own noise level."""
        return {}
