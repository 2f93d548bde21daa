"""The settings that decide the signals: names, defaults, bounds and help texts, written once."""

import hashlib
import json
from typing import Literal

from pydantic import Field

from denoising.settings import Group, Seed

Signals = Literal["formula", "pictures"]
MAX_SIGNALS = 1_000_000


class SourceSettings(Group):
    """What decides the signals, but for how many they are."""

    signals: Signals = Field(
        "formula",
        description="Family of clean signals: 'formula' as the original post's text defines them, "
        "'pictures' as its figures show them.",
    )
    signal_length: int = Field(
        256, ge=2, le=65536, description="Samples in a signal; need not be a power of two."
    )
    data_seed: Seed = Field(0, description="Seed of the signals, their noise, their split and the test set.")


class DatasetSettings(SourceSettings):
    """What decides a dataset, at every noise level."""

    n_signals: int = Field(
        2000,
        ge=2,
        le=MAX_SIGNALS,
        description="Signals to learn from; 70% of them train, 30% validate.",
    )
    n_test: int = Field(
        1000, ge=1, le=MAX_SIGNALS, description="Further signals on which results are measured."
    )

    @property
    def folder(self) -> str:
        """The name of a dataset's folder: its family, its size and 8 hex digits of its settings."""
        values = self.model_dump(include=set(DatasetSettings.model_fields))
        digest = hashlib.sha256(json.dumps(values, sort_keys=True).encode()).hexdigest()
        return f"{self.signals}-n{self.n_signals}-{digest[:8]}"


class LevelSettings(DatasetSettings):
    """A dataset at a noise level."""

    alpha: float
