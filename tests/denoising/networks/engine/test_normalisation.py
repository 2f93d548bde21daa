"""Trainings with batch normalisation: what they are measured with, and that they can be cut short."""

import pytest
import torch

from denoising.networks.autoencoder import Autoencoder, denoise
from denoising.networks.settings import TrainingSettings
from denoising.networks.training import Training, as_tensors, copy_weights
from denoising.signals.dataset import SignalSet, generate, split_pool
from denoising.signals.settings import DatasetSettings


@pytest.fixture(scope="module")
def splits() -> dict[str, SignalSet]:
    settings = DatasetSettings(n_signals=60, signal_length=32)
    return split_pool(generate(settings, 0.2, "pool"), settings)


def make_training(splits: dict[str, SignalSet]) -> Training:
    network = Autoencoder(
        depth=5, channels=8, kernel_size=3, signal_length=32, skips=True, normalisation="batch",
        generator=torch.Generator().manual_seed(0),
    )  # fmt: skip
    settings = TrainingSettings(
        epochs=4, batch_size=41
    )  # the last batch has one signal, of one sample inside
    shuffling = torch.Generator().manual_seed(5)
    return Training(network, splits["train"], splits["validation"], settings, shuffling)


def test_a_network_is_measured_with_the_statistics_of_its_training_signals(
    splits: dict[str, SignalSet],
) -> None:
    training = make_training(splits)
    noisy, clean = as_tensors(splits["train"], torch.device("cpu"))
    for _ in training.run():
        first = training.network.encoder[0](noisy[:, None])
        assert torch.allclose(training.network.batch_norms[0].running_mean, first.mean(dim=(0, 2)), atol=1e-5)
    error = float((denoise(training.network, noisy) - clean).square().mean())
    assert training.history[-1].train_mse == pytest.approx(error)
    assert training.network.batch_norms[0].momentum == 0.1, "as it was"


def test_a_training_goes_on_as_if_it_had_not_been_cut_short(splits: dict[str, SignalSet]) -> None:
    whole, cut, resumed = (make_training(splits) for _ in range(3))
    list(whole.run())
    epochs = cut.run()
    for _ in range(2):
        next(epochs)
    resumed.restore(cut.state())
    list(resumed.run())
    assert resumed.history == whole.history
    for name, weight in copy_weights(whole.network).items():
        assert torch.equal(copy_weights(resumed.network)[name], weight), name
