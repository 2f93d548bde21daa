"""A grid: cells that differ in depth, noise level and seed, and share every setting."""

from dataclasses import dataclass

from denoising.networks.settings import NetworkSettings, TrainingSettings
from denoising.signals.settings import DatasetSettings
from denoising.study.cell import BASE, Cell


@dataclass(frozen=True)
class Grid:
    """Cells and what decides their numbers beside their own coordinates."""

    dataset: DatasetSettings
    network: NetworkSettings
    training: TrainingSettings
    depths: tuple[int, ...]
    alphas: tuple[float, ...]
    seeds: tuple[int, ...]
    variant: str = BASE

    @property
    def cells(self) -> list[Cell]:
        """The cells, deepest networks first."""
        return [
            Cell(depth, alpha, seed, self.variant)
            for depth in sorted(self.depths, reverse=True)
            for seed in self.seeds
            for alpha in self.alphas
        ]

    def cost(self, depth: int) -> float:
        """What a training takes, in a unit of its own: on a CPU, about twice as much at depth 8 as at 2."""
        return (depth + 4) * self.training.epochs * self.dataset.n_signals
