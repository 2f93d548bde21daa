"""The settings of datasets of recordings, with their defaults, bounds and help texts.

Importing this module imports no NumPy.
"""

import hashlib
import json
import re
from typing import Annotated, Any, Self

from pydantic import AfterValidator, Field, model_validator

from denoising.settings import Group, Seed
from denoising.signals.level_names import level_name
from denoising.signals.settings import MAX_SIGNALS

COLOURS = (WHITE := "white", "pink", "brown")
MAINS = re.compile(r"mains:(?P<hertz>\d+(\.\d+)?)")
RECORDED = "recorded"  # noise from a recording of its own


class RecordingError(ValueError):
    """A recording cannot be used. The message names it and says why and what to do."""


class RecordingFile(Group):
    """A file of a recording.

    Attributes:
        name: its path below the folder that all files of its kind share; it decides the split.
        sha256: the digest of its content.
        path: where it lies now, which decides nothing.
    """

    name: str
    sha256: str
    path: str = Field(exclude=True)


def hertz_of(noise: str) -> float:
    """Return the frequency of mains hum; 0 of other noise."""
    found = MAINS.fullmatch(noise)
    return float(found["hertz"]) if found else 0.0


def known_noise(noise: str) -> str:
    """Return the name of a noise if there is such a one, else raise ValueError."""
    if noise in COLOURS or noise == RECORDED or hertz_of(noise):
        return noise
    if noise == "mains":
        raise ValueError("give the frequency of the mains too, such as mains:50")
    raise ValueError(f"there is no such noise; use {', '.join(COLOURS)}, mains:50 or recordings of noise")


def regular(pattern: str) -> str:
    """Return a regular expression if it is one, else raise ValueError."""
    try:
        re.compile(pattern)
    except re.error as error:
        raise ValueError(f"it is no regular expression ({error})") from error
    return pattern


class CuttingSettings(Group):
    """The settings that decide how recordings are cut into windows, without the recordings."""

    rate: float | None = Field(
        None,
        gt=0,
        allow_inf_nan=False,
        description="Samples a second of recordings that do not tell theirs.",
    )
    picks: tuple[str, ...] = Field(
        (), description="Names or numbers (from 1) of the channels to use; all if none is given."
    )
    resample: float | None = Field(
        None, gt=0, allow_inf_nan=False, description="Samples a second to which all recordings are brought."
    )
    group: Annotated[str, AfterValidator(regular)] = Field(
        "",
        description="Regular expression whose match in a recording's name tells which belong together, such "
        "as those of one subject; a split keeps them on one side. If it is empty, each is by itself.",
    )
    signal_length: int = Field(256, ge=8, le=65536, description="Samples in a window.")
    data_seed: Seed = Field(0, description="Seed of the noise, and of which recordings are for tests.")
    n_signals: int = Field(
        20_000,
        ge=2,
        le=MAX_SIGNALS,
        description="The most windows to learn from; those for validation count.",
    )
    n_test: int = Field(5_000, ge=1, le=MAX_SIGNALS, description="The most windows to measure results on.")


class NoiseSettings(Group):
    """The settings that decide the noise that is added to recordings.

    Attributes:
        noise: what it is.
        data_seed: its seed.
        snr: its level in dB; None if it is not added at a given level.
        has_clean: whether clean recordings are known.
        doubled: whether white noise is added that is as strong as the recordings' own.
    """

    noise: str
    data_seed: int
    snr: float | None
    has_clean: bool = True
    doubled: bool = False

    @property
    def level(self) -> str:
        """The name of the noise level."""
        return level_name(None, self.snr, doubled=self.doubled)


class RecordingsSettings(CuttingSettings):
    """The settings that decide a dataset of recordings, except its noise level.

    Attributes:
        clean: the clean recordings, if there are any.
        noisy: noisy recordings, of the same things as the clean ones if there are any.
        again: further noisy recordings of the same things as `noisy`.
        noises: recordings of noise; none unless `noise` is `recorded`.
    """

    clean: tuple[RecordingFile, ...] = ()
    noisy: tuple[RecordingFile, ...] = ()
    again: tuple[RecordingFile, ...] = ()
    noise: Annotated[str, AfterValidator(known_noise)] = WHITE
    noises: tuple[RecordingFile, ...] = ()

    @model_validator(mode="after")
    def noise_and_its_recordings(self) -> Self:
        if bool(self.noises) != (self.noise == RECORDED):
            raise ValueError(
                f"noise {self.noise}: recordings of noise go with noise {RECORDED}, and only there"
            )
        return self

    @property
    def has_clean(self) -> bool:
        """Whether the clean signals are known."""
        return bool(self.clean)

    @property
    def files(self) -> tuple[RecordingFile, ...]:
        """All recordings."""
        return (*self.clean, *self.noisy, *self.again, *self.noises)

    @property
    def has_prior(self) -> bool:
        """Whether the distribution of the clean signals is known; that of recordings is not."""
        return False

    @property
    def signals(self) -> str:
        """What tables call the source of the signals."""
        return "recordings"

    @property
    def folder(self) -> str:
        """The name of a dataset's folder: its kind, its size and 8 hex digits of its settings."""
        digest = hashlib.sha256(json.dumps(self.model_dump(mode="json"), sort_keys=True).encode()).hexdigest()
        return f"recordings-n{self.n_signals}-{digest[:8]}"

    @property
    def columns(self) -> dict[str, Any]:
        """What the rows of tables tell of the dataset."""
        told = ("signal_length", "data_seed", "n_signals", "n_test", "noise")
        return {"dataset": self.folder, "signals": self.signals, **{n: getattr(self, n) for n in told}}
