"""The rivals compute what this program computes."""

from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest
import torch

from benchmarks.rivals import steps
from benchmarks.rivals.notebook import build, load, run_cell
from denoising.networks.autoencoder import Autoencoder
from denoising.networks.training import Training, as_tensors, torch_generator
from denoising.signals.dataset import generate, split_pool
from flows.settings.sweep_settings import Settings

SETTINGS = Settings(
    preset="quick", alphas=(0.2,), depths=(2,), epochs=6, n_signals=300, n_test=40, signal_length=53,
    batch_size=16, learning_rate=3e-3,
)  # fmt: skip
(CELL,) = SETTINGS.cells
(LEVEL,) = SETTINGS.levels(SETTINGS.model_dump())
DATASET, ALPHA = LEVEL.dataset, LEVEL.alpha


@pytest.fixture(autouse=True)
def one_thread() -> Iterator[None]:
    """More threads slow networks this small on a busy machine."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


def autoencoder() -> Autoencoder:
    """The network of the cell as this program makes it."""
    chance = torch_generator("initialisation", CELL.seed)
    return Autoencoder(
        depth=CELL.depth,
        **CELL.network.model_dump(),
        signal_length=SETTINGS.signal_length,
        generator=chance,
    )


def test_network_is_ours() -> None:
    theirs = build(CELL)
    noisy = torch.randn(5, SETTINGS.signal_length, generator=torch.Generator().manual_seed(0))
    torch.testing.assert_close(theirs(noisy.unsqueeze(1)).squeeze(1), autoencoder()(noisy))


def test_trained_network_is_as_good_as_ours() -> None:
    result = run_cell(CELL, load(CELL.level))
    signals = split_pool(generate(DATASET, ALPHA, "pool"), DATASET)
    test = generate(DATASET, ALPHA, "test")
    ours = Training(
        autoencoder(),
        signals["train"],
        signals["validation"],
        CELL.training,
        torch_generator("shuffling", 0),
    )
    epochs = list(ours.run())
    test_mse = ours.measure(as_tensors(test, torch.device("cpu")))
    assert result.test_mse == pytest.approx(test_mse, rel=0.2)
    assert result.validation_mse == pytest.approx([epoch.validation_mse for epoch in epochs], rel=0.2)
    assert epochs[-1].validation_mse < epochs[0].validation_mse / 3  # there was something to learn


def test_steps_come_to_the_same(tmp_path: Path) -> None:
    data, trained, result = (tmp_path / name for name in ("data.pt", "trained.pt", "result.json"))
    steps.data(SETTINGS, data)
    steps.train(SETTINGS, data, trained)
    steps.evaluate(SETTINGS, data, trained, result)
    steps.report(SETTINGS, result, tmp_path / "report")
    whole = run_cell(CELL, load(CELL.level))
    (row,) = pd.read_csv(tmp_path / "report" / "results.csv").to_dict("records")
    cell = {"depth": CELL.depth, "alpha": CELL.alpha, "seed": CELL.seed}
    assert row == {**cell, "test_mse": pytest.approx(whole.test_mse)}
    assert (tmp_path / "report" / "errors.png").exists()
