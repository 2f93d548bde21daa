"""A cell of a study: one network to train, with all settings that decide it."""

from dataclasses import dataclass
from typing import Any

from denoising.networks.settings import NetworkSettings, TrainingSettings
from denoising.study.level import Level

BASE = "base"


@dataclass(frozen=True)
class Cell:
    """One network to train.

    Attributes:
        depth: number of encoder layers.
        level: its dataset and noise level.
        seed: seed of initialisation and shuffling.
        network, training: all other settings that decide its result.
        variant: name of the settings that differ from the study's base; it does not decide the result.
    """

    depth: int
    level: Level
    seed: int
    network: NetworkSettings
    training: TrainingSettings
    variant: str = BASE

    @property
    def alpha(self) -> float | None:
        """The noise level of sinusoids; None of recordings."""
        return self.level.alpha

    @property
    def axes(self) -> dict[str, Any]:
        """The cell's coordinates by name, as in the columns of the tables."""
        return {"depth": self.depth, "alpha": self.alpha, "seed": self.seed, "variant": self.variant}

    @property
    def columns(self) -> dict[str, Any]:
        """What the rows of tables tell of the cell: its axes, its level, its dataset and every setting."""
        settings = {**self.network.model_dump(), **self.training.model_dump()}
        return {**self.level.axes, **self.axes, **settings}

    @property
    def place(self) -> str:
        """The cell's folder, such as `depth=4,alpha=0.2,seed=0`; all variants share it."""
        return cell_label(self.depth, self.level.name, self.seed)

    @property
    def label(self) -> str:
        """The name of the cell within its study."""
        return cell_label(self.depth, self.level.name, self.seed, self.variant)

    @property
    def cost(self) -> float:
        """The time of training in arbitrary units; on a CPU, depth 8 takes twice as long as depth 2."""
        return (self.depth + 4) * self.training.epochs * self.level.dataset.n_signals

    def __str__(self) -> str:
        return self.label.replace(",", " ")


def cell_label(depth: int, level: str, seed: int, variant: str = BASE) -> str:
    """Return such as `depth=4,alpha=0.2,seed=0,channels=8`; the base's name is left out."""
    place = f"depth={depth},{level},seed={seed}"
    return place if variant == BASE else f"{place},{variant}"
