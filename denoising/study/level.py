"""A dataset at a noise level: of sinusoids, or of recordings."""

from dataclasses import dataclass
from typing import Any, TypeAlias

from denoising.recordings.settings import RecordingsSettings
from denoising.signals.level_names import level_name
from denoising.signals.settings import DatasetSettings


@dataclass(frozen=True)
class SinusoidLevel:
    """Sums of sinusoids mixed with noise at a level alpha."""

    dataset: DatasetSettings
    alpha: float

    @property
    def name(self) -> str:
        """The noise level, such as `alpha=0.1`, which names the level's folder."""
        return level_name(self.alpha, None)

    @property
    def axes(self) -> dict[str, Any]:
        """The coordinates of the level in tables, by column."""
        return {**self.dataset.columns, "alpha": self.alpha, "level": self.name}


@dataclass(frozen=True)
class RecordedLevel:
    """Recordings with noise at a signal-to-noise ratio in dB.

    If that is None, they are as they are, or have white noise as strong as their own if `doubled` is true.
    """

    dataset: RecordingsSettings
    snr: float | None
    doubled: bool = False

    @property
    def alpha(self) -> None:
        """None: no factor is applied to recordings."""
        return None

    @property
    def name(self) -> str:
        """The noise level, such as `snr=10` or `as-recorded`, which names the level's folder."""
        return level_name(None, self.snr, doubled=self.doubled)

    @property
    def axes(self) -> dict[str, Any]:
        """The coordinates of the level in tables, by column."""
        return {**self.dataset.columns, "snr": self.snr, "level": self.name}


Level: TypeAlias = SinusoidLevel | RecordedLevel
