"""A cell of a study: one network to train, with everything that decides it."""

from dataclasses import dataclass

from denoising.networks.settings import NetworkSettings, TrainingSettings
from denoising.signals.settings import DatasetSettings

BASE = "base"


@dataclass(frozen=True)
class Cell:
    """One network to train.

    Attributes:
        depth: number of encoder layers.
        alpha: noise level of its signals.
        seed: of initialisation and shuffling.
        dataset, network, training: every other setting that decides its numbers.
        variant: what the settings change of the study's base, in words; it decides nothing.
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
        """The coordinates by name, as the tables hold them."""
        return {"depth": self.depth, "alpha": self.alpha, "seed": self.seed, "variant": self.variant}

    @property
    def place(self) -> str:
        """Such as `depth=4,alpha=0.2,seed=0`: the folder in which networks of all variants lie."""
        return f"depth={self.depth},alpha={self.alpha:g},seed={self.seed}"

    @property
    def label(self) -> str:
        """The place and, where it is not the base, the variant: it names one cell of a study."""
        return self.place if self.variant == BASE else f"{self.place},{self.variant}"

    @property
    def cost(self) -> float:
        """What its training takes, in a unit of its own: on a CPU, twice as much at depth 8 as at depth 2."""
        return (self.depth + 4) * self.training.epochs * self.dataset.n_signals

    def __str__(self) -> str:
        return self.label.replace(",", " ")
