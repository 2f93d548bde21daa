"""The settings of a study of the user's own recordings, with their defaults, bounds and help texts."""

from collections.abc import Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal, Self

from pydantic import Field, field_validator, model_validator

from denoising.denoisers.catalogue import FOR_RECORDINGS
from denoising.networks.settings import NetworkSettings, Objective, TrainingSettings
from denoising.networks.usual import NETWORK, TRAINING
from denoising.recordings.settings import (
    COLOURS,
    RECORDED,
    WHITE,
    CuttingSettings,
    RecordingError,
    RecordingFile,
    RecordingsSettings,
    hertz_of,
    known_noise,
)
from denoising.study.level import RecordedLevel
from flows.graph import RECORDINGS
from flows.settings.grid_settings import GridSettings
from flows.settings.study_settings import REFRESH, RUN_FIELDS, sorted_without_repeats
from flows.settings.values import Printed
from tasks.cache.places import full_name
from tasks.cache.stage import Stage

Snr = Annotated[float, Field(ge=-60, le=100), Printed]
if TYPE_CHECKING:
    RecordingsStage = str
else:
    RecordingsStage = Literal[tuple(stage.name for stage in RECORDINGS)]

PRESETS: dict[str, dict[str, Any]] = {
    "recordings": {
        "vary": {"skips": (False, True)}, **NETWORK, **TRAINING, "fresh": True,
    },
}  # fmt: skip


def plainly_written(noise: str) -> str:
    """Return the one name of a noise: that of mains hum can be written with other digits, as 50.0 for 50.

    Raises:
        ValueError: its frequency has more digits than are printed.
    """
    if not (hertz := hertz_of(noise)):
        return noise
    plain = f"mains:{hertz:g}"
    if hertz_of(plain) != hertz:
        raise ValueError("give its frequency in Hz with at most 6 digits, such as mains:50")
    return plain


class OwnSettings(CuttingSettings, GridSettings):
    """All settings of a study of recordings: which they are, the grid, each cell, and how it is run."""

    preset: Literal["recordings"] = Field(
        "recordings", description="Preset with the values of all settings that are not given."
    )
    signals: tuple[str, ...] = Field(
        (), description="Clean recordings: files, folders or patterns such as 'day*/*.wav'."
    )
    noisy: tuple[str, ...] = Field(
        (), description="Noisy recordings: of the same as the clean ones, matched by name, or alone."
    )
    again: tuple[str, ...] = Field(
        (), description="Further noisy recordings of the same as the noisy ones, matched by name."
    )
    objective: Literal[Objective, "auto"] = Field(  # type: ignore[assignment]
        "auto",
        description="What the networks learn: 'auto' takes what the recordings allow: 'denoising' with clean "
        "ones, 'noise2noise' with two noisy ones of the same, 'blind_spot' with noisy ones alone.",
    )
    noise: tuple[str, ...] = Field(
        (WHITE,),
        min_length=1,
        description=f"Noise to add: {', '.join(COLOURS)}, mains:50 (its frequency in Hz) or recordings.",
    )
    snr: tuple[Snr, ...] = Field(
        (0.0, 10.0),
        min_length=1,
        description="Noise levels: ratio of signal to noise in dB over the windows to train on.",
    )
    refresh: tuple[RecordingsStage, ...] = Field((), description=REFRESH)

    what: ClassVar[str] = "recordings"
    presets: ClassVar[Mapping[str, Mapping[str, Any]]] = PRESETS
    grid: ClassVar[tuple[str, ...]] = ("snr", "depths", "seeds")
    deciding: ClassVar[tuple[str, ...]] = (
        *CuttingSettings.model_fields, *NetworkSettings.model_fields, *TrainingSettings.model_fields,
    )  # fmt: skip
    stages: ClassVar[tuple[Stage, ...]] = RECORDINGS
    fields: ClassVar[tuple[str, ...]] = (
        "preset",
        "signals",
        "noisy",
        "again",
        "noise",
        *grid,
        "vary",
        *deciding,
        *RUN_FIELDS,
    )

    @model_validator(mode="after")
    def what_goes_together(self) -> Self:
        if not (self.signals or self.noisy):
            raise ValueError("signals: give recordings, clean ones with --signals or noisy ones with --noisy")
        if self.again and (self.signals or not self.noisy):
            raise ValueError("again: it goes with --noisy, and without --signals; leave one of them out")
        for name in ("noise", "snr") if self.noisy else ():
            if getattr(self, name) != type(self).model_fields[name].default:
                raise ValueError(f"{name}: noisy recordings have noise of their own; leave it out")
        for objective in {values["objective"] for values in self.variants.values()} - {*self.objectives}:
            raise ValueError(
                f"objective {objective}: these recordings allow {' and '.join(self.objectives)}; use auto"
            )
        return self

    @property
    def objectives(self) -> tuple[Objective, ...]:
        """The objectives that the recordings allow; the first one is the usual one."""
        if self.signals:
            return "denoising", "blind_spot"
        return ("noise2noise", "blind_spot") if self.again else ("blind_spot",)

    @field_validator("signals", "noisy", "again", "noise", mode="before")
    @classmethod
    def several(cls, given: Any) -> Any:
        return (given,) if isinstance(given, str) else given

    @field_validator("signals", "noisy", "again")
    @classmethod
    def in_full_names(cls, paths: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(full_name(path) for path in paths)

    @field_validator("noise")
    @classmethod
    def colour_or_recordings(cls, noise: tuple[str, ...]) -> tuple[str, ...]:
        if len(noise) == 1 and (noise[0] in COLOURS or noise[0].startswith("mains")):
            return (plainly_written(known_noise(noise[0])),)
        return tuple(full_name(path) for path in noise)

    @field_validator("snr")
    @classmethod
    def each_ratio_once(cls, ratios: tuple[float, ...]) -> tuple[float, ...]:
        return sorted_without_repeats(ratios)

    @property
    def baselines(self) -> Mapping[str, str]:
        """The classical denoisers that are measured."""
        return FOR_RECORDINGS

    @property
    def science(self) -> dict[str, Any]:
        """The settings that decide the study's results, as JSON values; none of noise that is not added."""
        own = ("signals", "noisy", "again", "noise")
        found = super().science | {name: self.parameters[name] for name in own}
        unused = ("noise", "snr", "fresh") if self.noisy else ()
        return {name: value for name, value in found.items() if name not in unused}

    @property
    def tags(self) -> set[str]:
        """The tag of flow runs."""
        return {self.preset}

    def levels(self, values: Mapping[str, Any]) -> list[RecordedLevel]:
        """Return the dataset of a variant at each noise level.

        Raises:
            RecordingError: a recording is not there.
        """
        dataset = RecordingsSettings(
            clean=self.files["signals"],
            noisy=self.files["noisy"],
            again=self.files["again"],
            noises=self.files["noise"],
            noise=RECORDED if self.is_noise_recorded else self.noise[0],
            **{name: values[name] for name in CuttingSettings.model_fields},
        )
        if not self.noisy:
            return [RecordedLevel(dataset, snr) for snr in self.snr]
        check = [] if self.signals or self.again else [RecordedLevel(dataset, None, doubled=True)]
        return [RecordedLevel(dataset, None), *check]

    @cached_property
    def files(self) -> dict[str, tuple[RecordingFile, ...]]:
        """The recordings that each setting gives, as they are when they are first asked for.

        Raises:
            RecordingError: one is not there.
        """
        from denoising.recordings.finding import find

        found = {}
        for name in ("signals", "noisy", "again", "noise"):
            paths = getattr(self, name) if name != "noise" or self.is_noise_recorded else ()
            try:
                found[name] = find(paths) if paths else ()
            except RecordingError as error:
                known = f"; noise is {', '.join(COLOURS)}, mains:50 or recordings" if name == "noise" else ""
                raise RecordingError(f"{name} {error}{known}") from error
        return found

    @property
    def is_noise_recorded(self) -> bool:
        """Whether the noise to add comes from recordings."""
        return self.noise[0] not in COLOURS and not hertz_of(self.noise[0])

    @property
    def variants(self) -> dict[str, dict[str, Any]]:
        """The value of every deciding setting, for each variant by its name.

        The objective is a real one. Only noise that is added can be drawn anew for every epoch.
        """
        usual = {"auto": self.objectives[0]}
        return {
            name: values
            | {"objective": usual.get(values["objective"], values["objective"])}
            | ({"fresh": False} if self.noisy else {})
            for name, values in super().variants.items()
        }

    @property
    def hidden_width(self) -> int | None:
        """How many neighbouring samples are hidden together where no clean signals are known."""
        return None if self.signals else self.mask_width
