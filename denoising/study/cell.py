"""A cell of a study: one network to train, with all settings that decide it."""

from dataclasses import dataclass
from typing import Any

from denoising.networks.settings import NetworkSettings, TrainingSettings
from denoising.signals.settings import DatasetSettings

BASE = "base"


@dataclass(frozen=True)
class Cell:
    """One network to train.

    Attributes:
        depth: number of encoder layers.
        alpha: noise level of its signals.
        seed: seed of initialisation and shuffling.
        dataset, network, training: all other settings that decide its result.
        variant: name of the settings that differ from the study's base; it does not decide the result.
    """

    depth: int
    alpha: float
    seed: int
    dataset: DatasetSettings
    network: NetworkSettings
    training: TrainingSettings
    variant: str = BASE

    @property
    def axes(self) -> dict[str, int | float | str]:
        """The cell's coordinates by name, as in the columns of the tables."""
        return {"depth": self.depth, "alpha": self.alpha, "seed": self.seed, "variant": self.variant}

    @property
    def columns(self) -> dict[str, Any]:
        """What the rows of tables tell of the cell: its axes, its dataset's folder and every setting."""
        groups = (self.dataset, self.network, self.training)
        settings = {name: value for group in groups for name, value in group.model_dump().items()}
        return {**self.axes, "dataset": self.dataset.folder, **settings}

    @property
    def place(self) -> str:
        """The cell's folder, such as `depth=4,alpha=0.2,seed=0`; all variants share it."""
        return cell_label(self.depth, self.alpha, self.seed)

    @property
    def label(self) -> str:
        """The name of the cell within its study."""
        return cell_label(self.depth, self.alpha, self.seed, self.variant)

    @property
    def cost(self) -> float:
        """The time of training in arbitrary units; on a CPU, depth 8 takes twice as long as depth 2."""
        return (self.depth + 4) * self.training.epochs * self.dataset.n_signals

    def __str__(self) -> str:
        return self.label.replace(",", " ")


def cell_label(depth: int, alpha: float, seed: int, variant: str = BASE) -> str:
    """Return such as `depth=4,alpha=0.2,seed=0,channels=8`; the base's name is left out."""
    place = f"depth={depth},alpha={alpha:g},seed={seed}"
    return place if variant == BASE else f"{place},{variant}"
