"""The settings of the signals, with their defaults, bounds and help texts."""

import hashlib
import json
from typing import Any, Literal

from pydantic import Field

from denoising.settings import Group, Seed

FamilyName = Literal["formula", "pictures"]  # of sums of sinusoids, whose distribution is known
SourceName = Literal[FamilyName, "ecg"]
MAX_SIGNALS = 1_000_000


class SourceSettings(Group):
    """The settings that decide the signals, except how many there are."""

    signals: SourceName = Field(
        "formula",
        description="Clean signals: sums of two sinusoids, 'formula' as the original post's text defines "
        "them or 'pictures' as its figures show them; 'ecg', a recording, is for the controlled study alone.",
    )
    signal_length: int = Field(
        256, ge=2, le=65536, description="Samples in a signal; any length, not only powers of two."
    )
    data_seed: Seed = Field(0, description="Seed of the signals, their noise, their split and the test set.")

    @property
    def has_prior(self) -> bool:
        """Whether the distribution of the clean signals is known, which limits are computed from."""
        return self.signals != "ecg"


class DatasetSettings(SourceSettings):
    """The settings that decide a dataset, except its noise level."""

    n_signals: int = Field(
        2000,
        ge=2,
        le=MAX_SIGNALS,
        description="Signals to learn from: 70% for training, 30% for validation.",
    )
    n_test: int = Field(
        1000, ge=1, le=MAX_SIGNALS, description="Further signals, on which the results are measured."
    )

    @property
    def folder(self) -> str:
        """The name of a dataset's folder: its family, its size and 8 hex digits of its settings."""
        values = self.model_dump(include=set(DatasetSettings.model_fields))
        digest = hashlib.sha256(json.dumps(values, sort_keys=True).encode()).hexdigest()
        return f"{self.signals}-n{self.n_signals}-{digest[:8]}"

    @property
    def columns(self) -> dict[str, Any]:
        """What the rows of tables tell of the dataset: its folder and its settings."""
        return {"dataset": self.folder, **self.model_dump(include=set(DatasetSettings.model_fields))}


class LevelSettings(DatasetSettings):
    """The settings of a dataset at one noise level."""

    alpha: float
