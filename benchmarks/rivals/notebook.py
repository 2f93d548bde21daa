"""The study as one writes it in a notebook: plain PyTorch, a cell of the grid after the other.

python -m benchmarks.rivals.notebook FOLDER [OPTIONS OF THE SWEEP]

Leaves `results.csv` and a figure in the folder. Networks, their initial weights, signals, epochs and the
optimiser's settings are this program's; batches are PyTorch's own, and nothing else is kept or cached.
"""

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.utils.data import DataLoader, TensorDataset

from benchmarks.contest import settings_of
from benchmarks.rivals.results import Result, write
from denoising.networks.autoencoder import Autoencoder
from denoising.networks.settings import TrainingSettings
from denoising.signals.dataset import Split, generate, keyed_generator, split_pool
from denoising.study.cell import Cell
from denoising.study.level import Level, SinusoidLevel

Pairs = tuple[Tensor, Tensor]  # noisy and clean signals, each of shape (n, signal_length)


def load(level: Level) -> dict[Split, Pairs]:
    """The signals at a noise level."""
    assert isinstance(level, SinusoidLevel)
    dataset, alpha = level.dataset, level.alpha
    parts = split_pool(generate(dataset, alpha, "pool"), dataset)
    parts["test"] = generate(dataset, alpha, "test")
    return {
        name: (torch.from_numpy(part.noisy), torch.from_numpy(part.clean)) for name, part in parts.items()
    }


def batches(
    pairs: Pairs, batch_size: int, shuffling: torch.Generator | None = None
) -> DataLoader[tuple[Tensor, ...]]:
    """Batches of noisy and clean signals, each of shape (batch, 1, signal_length)."""
    dataset = TensorDataset(*(signals.unsqueeze(1) for signals in pairs))
    return DataLoader(dataset, batch_size, shuffle=shuffling is not None, generator=shuffling)


def build(cell: Cell) -> nn.Sequential:
    """The network of a cell, layer by layer, with the initial weights of this program's."""
    chance = torch.Generator().manual_seed(int(keyed_generator("initialisation", cell.seed).integers(2**63)))
    depth, length = cell.depth, cell.level.dataset.signal_length
    ours = Autoencoder(depth=depth, **cell.network.model_dump(), signal_length=length, generator=chance)
    channels, kernel = cell.network.channels, cell.network.kernel_size
    convolutions: list[nn.Module] = []
    for level in range(depth):
        wide = channels if level else 1
        convolutions.append(nn.Conv1d(wide, channels, kernel, stride=2, padding=kernel // 2))
    for level in reversed(range(depth)):
        wide, longer = channels if level else 1, 1 - ours.lengths[level] % 2
        convolutions.append(
            nn.ConvTranspose1d(channels, wide, kernel, stride=2, padding=kernel // 2, output_padding=longer)
        )
    for mine, theirs in zip(convolutions, ours.layers(), strict=True):
        mine.load_state_dict(theirs.state_dict())
    layers = [layer for convolution in convolutions for layer in (convolution, nn.ReLU())]
    return nn.Sequential(*layers[:-1])


def train(
    network: nn.Sequential, signals: Mapping[Split, Pairs], settings: TrainingSettings, seed: int
) -> list[float]:
    """Train a network; its validation error after every epoch.

    Raises:
        ValueError: this program would train it in another way.
    """
    if settings.schedule != "constant" or settings.fresh:
        raise ValueError("schedule and fresh: only the default training is written out here")
    loader = batches(signals["train"], settings.batch_size, torch.Generator().manual_seed(seed))
    validation = batches(signals["validation"], settings.batch_size)
    optimiser = torch.optim.Adam(network.parameters(), lr=settings.learning_rate)
    loss_function = nn.MSELoss()
    history = []
    for _ in range(settings.epochs):
        network.train()
        for noisy, clean in loader:
            optimiser.zero_grad()
            loss = loss_function(network(noisy), clean)
            loss.backward()
            optimiser.step()
        history.append(measure(network, validation))
    return history


@torch.no_grad()
def measure(network: nn.Sequential, loader: DataLoader[tuple[Tensor, ...]]) -> float:
    """The mean squared error of a network."""
    network.eval()
    squares, numbers = 0.0, 0
    for noisy, clean in loader:
        squares += (network(noisy) - clean).square().sum().item()
        numbers += clean.numel()
    return squares / numbers


def run_cell(cell: Cell, signals: Mapping[Split, Pairs]) -> Result:
    """Train and test the network of a cell."""
    network = build(cell)
    history = train(network, signals, cell.training, cell.seed)
    test_mse = measure(network, batches(signals["test"], cell.training.batch_size))
    return Result(cell.depth, cell.alpha, cell.seed, test_mse, history)


def main(folder: Path, options: Sequence[str]) -> None:
    """Run the study."""
    settings = settings_of(options)
    signals = {level: load(level) for level in settings.compared}
    write([run_cell(cell, signals[cell.level]) for cell in settings.cells], folder)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:])
