"""The settings that decide the signals: names, defaults, bounds and help texts, written once."""

from typing import Literal

from pydantic import Field

from denoising.settings import Group, Seed

FamilyName = Literal["formula", "pictures"]
MAX_SIGNALS = 1_000_000


class DatasetSettings(Group):
    """What decides the signals, at every noise level."""

    signals: FamilyName = Field(
        "formula",
        description="Family of clean signals: 'formula' as the original post's text defines them, "
        "'pictures' as its figures show them.",
    )
    n_signals: int = Field(
        2000,
        ge=2,
        le=MAX_SIGNALS,
        description="Signals to learn from; 70% of them train, 30% validate.",
    )
    n_test: int = Field(
        1000, ge=1, le=MAX_SIGNALS, description="Further signals on which results are measured."
    )
    signal_length: int = Field(
        256, ge=2, le=65536, description="Samples in a signal; need not be a power of two."
    )
    data_seed: Seed = Field(0, description="Seed of the signals, their noise, their split and the test set.")
