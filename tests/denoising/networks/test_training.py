from concurrent.futures import ThreadPoolExecutor
from dataclasses import astuple
from itertools import pairwise
from types import SimpleNamespace
from typing import get_args

import numpy as np
import pytest
import torch
from torch import nn

from denoising.networks.autoencoder import Autoencoder, denoise
from denoising.networks.device import resolve_device
from denoising.networks.engine.multiplied import Multiplied
from denoising.networks.plain import Plain
from denoising.networks.settings import Schedule, TrainingSettings
from denoising.networks.training import (
    DivergedError,
    StoppedError,
    TimeLimitError,
    Training,
    Weights,
    as_tensors,
    copy_weights,
    engine_for,
    halved,
    milestones_of,
)
from denoising.signals.dataset import SignalSet, generate, generate_fresh, split_pool
from denoising.signals.settings import DatasetSettings

LENGTH = 32
DATASET = DatasetSettings(n_signals=60, signal_length=LENGTH)


@pytest.fixture(scope="module")
def splits() -> dict[str, SignalSet]:
    return split_pool(generate(DATASET, 0.2, "pool"), DATASET)


def make_network(seed: int = 0, depth: int = 2) -> Autoencoder:
    generator = torch.Generator().manual_seed(seed)
    return Autoencoder(depth=depth, channels=8, kernel_size=3, signal_length=LENGTH, generator=generator)


def make_training(
    splits: dict[str, SignalSet], seed: int = 0, depth: int = 2, **changes: float | str
) -> Training:
    settings = TrainingSettings(**{"epochs": 4, "batch_size": 16, **changes})
    shuffling = torch.Generator().manual_seed(seed + 1000)
    return Training(make_network(seed, depth), splits["train"], splits["validation"], settings, shuffling)


def draw(epoch: int) -> SignalSet:
    return generate_fresh(DATASET, 0.2, 42, 0, epoch)


def trained_weights(splits: dict[str, SignalSet], seed: int) -> Weights:
    torch.set_num_threads(1)
    training = make_training(splits, seed)
    list(training.run())
    return copy_weights(training.network)


@pytest.mark.parametrize("depth", [1, 2, 5])
def test_training_agrees_with_a_plain_pytorch_loop(splits: dict[str, SignalSet], depth: int) -> None:
    training = make_training(splits, depth=depth)
    down = [nn.Conv1d(8 if level else 1, 8, 3, stride=2, padding=1) for level in range(depth)]
    up = [
        nn.ConvTranspose1d(8, 8 if level else 1, 3, stride=2, padding=1, output_padding=1)
        for level in reversed(range(depth))
    ]
    plain = nn.Sequential(*(step for layer in [*down, *up] for step in (layer, nn.ReLU())))[:-1]
    with torch.no_grad():
        for ours, theirs in zip(training.network.parameters(), plain.parameters(), strict=True):
            theirs.copy_(ours)
    noisy, clean = (torch.tensor(array)[:, None] for array in (splits["train"].noisy, splits["train"].clean))
    optimiser = torch.optim.Adam(plain.parameters(), lr=1e-3)
    shuffling = torch.Generator().manual_seed(1000)
    losses, norms = [], []
    for _ in range(4):
        of_steps, errors = [], []
        order = torch.randperm(len(noisy), generator=shuffling)
        for start in range(0, len(order), 16):
            batch = order[start : start + 16]
            optimiser.zero_grad()
            squares = (plain(noisy[batch]) - clean[batch]) ** 2
            squares.mean().backward()
            errors.append(squares.detach())
            of_steps.append(sum(float(p.grad.square().sum()) for p in plain.parameters()) ** 0.5)  # type: ignore[union-attr]
            optimiser.step()
        norms.append(np.mean(of_steps))
        losses.append(torch.cat(errors).mean().item())
    losses[-1] = ((plain(noisy) - clean) ** 2).mean().item()

    history = list(training.run())
    for ours, theirs in zip(training.network.parameters(), plain.parameters(), strict=True):
        assert torch.allclose(ours, theirs, atol=1e-6, rtol=1e-4)
    assert [epoch.train_mse for epoch in history] == pytest.approx(losses, rel=1e-5)
    assert [epoch.gradient_norm for epoch in history] == pytest.approx(norms, rel=1e-4)


def test_a_cpu_multiplies_matrices_and_what_is_left_to_the_modules_ends_alike(
    splits: dict[str, SignalSet], monkeypatch: pytest.MonkeyPatch
) -> None:
    fast = make_training(splits, depth=4)
    monkeypatch.setattr("denoising.networks.training.MAX_LAYER_NUMBERS", 0)
    plain = make_training(splits, depth=4)
    assert (type(fast.engine), type(plain.engine)) == (Multiplied, Plain)
    assert isinstance(engine_for(make_network(), torch.device("cuda")), Plain)
    for ours, theirs in zip(fast.run(), plain.run(), strict=True):
        assert astuple(ours) == pytest.approx(astuple(theirs), rel=1e-5)
    for name, weight in copy_weights(plain.network).items():
        assert torch.allclose(copy_weights(fast.network)[name], weight, atol=1e-6, rtol=1e-4)
    assert fast.best_weights.keys() == plain.best_weights.keys()


def test_weights_are_bit_identical_alone_in_parallel_first_or_last(splits: dict[str, SignalSet]) -> None:
    seeds = [0, 1, 2, 3]
    alone = {seed: trained_weights(splits, seed) for seed in seeds}
    with ThreadPoolExecutor(4) as pool:
        together = dict(
            zip(reversed(seeds), pool.map(lambda s: trained_weights(splits, s), reversed(seeds)), strict=True)
        )
    for seed in seeds:
        for name, weight in alone[seed].items():
            assert torch.equal(weight, together[seed][name])
    assert not torch.equal(alone[0]["encoder.0.weight"], alone[1]["encoder.0.weight"])


def test_global_random_state_is_neither_read_nor_changed(splits: dict[str, SignalSet]) -> None:
    torch.manual_seed(1)
    state = torch.get_rng_state()
    first = trained_weights(splits, 0)
    assert torch.equal(torch.get_rng_state(), state)
    torch.manual_seed(2)
    assert all(torch.equal(weight, first[name]) for name, weight in trained_weights(splits, 0).items())


def test_history_holds_the_errors_of_the_network_as_it_is_after_each_epoch(
    splits: dict[str, SignalSet],
) -> None:
    def error(split: str) -> float:
        noisy, clean = as_tensors(splits[split], torch.device("cpu"))
        return float((denoise(training.network, noisy) - clean).double().square().mean())

    training = make_training(splits)
    for epoch in training.run():
        assert epoch.validation_mse == pytest.approx(error("validation"), rel=1e-6)
    assert training.history[-1].train_mse == pytest.approx(error("train"), rel=1e-6)
    assert [epoch.epoch for epoch in training.history] == [0, 1, 2, 3]


def test_training_learns(splits: dict[str, SignalSet]) -> None:
    training = make_training(splits, epochs=30, learning_rate=5e-3)
    history = list(training.run())
    assert history[-1].train_mse < 0.5 * history[0].train_mse


def test_best_weights_are_those_of_the_lowest_validation_error(splits: dict[str, SignalSet]) -> None:
    training = make_training(splits, epochs=12, learning_rate=0.05)
    after = {epoch.epoch: copy_weights(training.network) for epoch in training.run()}
    errors = [epoch.validation_mse for epoch in training.history]
    assert any(later > earlier for earlier, later in pairwise(errors)), "the case needs a rise"
    best = int(np.argmin(errors))
    assert training.best.epoch == best
    assert all(torch.equal(weight, after[best][name]) for name, weight in training.best_weights.items())


@pytest.mark.parametrize(
    ("epochs", "kept"),
    [(1, []), (2, [0]), (4, [0, 1, 2]), (11, [0, 1, 2, 5]), (50, [0, 2, 6, 18]), (1000, [0, 5, 31, 177])],
)
def test_weights_of_ever_rarer_epochs_are_kept(epochs: int, kept: list[int]) -> None:
    assert milestones_of(epochs) == kept


def test_kept_weights_are_those_after_their_epochs_in_half_precision(splits: dict[str, SignalSet]) -> None:
    training = make_training(splits, epochs=5)
    after = {epoch.epoch: copy_weights(training.network) for epoch in training.run()}
    assert list(training.milestones) == milestones_of(5)
    for epoch, weights in training.milestones.items():
        assert weights.keys() == after[epoch].keys()
        assert all(torch.equal(weight, after[epoch][name].half()) for name, weight in weights.items())
    large = {"weight": torch.tensor([1e6, -1e6, 1.0]), "count": torch.tensor(70_000)}
    assert halved(large)["weight"].tolist() == [65504, -65504, 1]
    assert torch.equal(halved(large)["count"], large["count"])


def test_a_loss_that_is_not_finite_ends_the_training_and_says_so(splits: dict[str, SignalSet]) -> None:
    training = make_training(splits)
    with torch.no_grad():
        next(training.network.parameters()).fill_(float("nan"))
    with pytest.raises(DivergedError, match=r"not finite after epoch 0 .*learning_rate below 0\.001"):
        list(training.run())
    assert training.history == []


def test_a_stopped_training_ends_within_a_step(splits: dict[str, SignalSet]) -> None:
    asked = 0

    def stopped() -> bool:
        nonlocal asked
        asked += 1
        return asked > 4  # three steps an epoch

    training = make_training(splits)
    with pytest.raises(StoppedError, match="epoch 1 of 4"):
        list(training.run(stopped))
    assert len(training.history) == 1


@pytest.mark.parametrize("fresh", [False, True])
@pytest.mark.parametrize("schedule", get_args(Schedule))
@pytest.mark.parametrize("epochs", [0, 1, 3, 4])
def test_a_training_goes_on_from_its_state_as_if_it_had_not_been_cut_short(
    splits: dict[str, SignalSet], epochs: int, schedule: Schedule, fresh: bool
) -> None:
    torch.set_num_threads(1)
    whole, first, second = (make_training(splits, schedule=schedule) for _ in range(3))
    for training in (whole, first, second):
        training.draw = draw if fresh else None
    list(whole.run())
    running = first.run()
    for _ in range(epochs):
        next(running)
    state = first.state()
    list(running)
    second.restore(state)
    assert len(second.history) == epochs, "further training leaves a state alone"
    list(second.run())
    assert second.history == whole.history == first.history
    final = whole.state()
    for training in (first, second):
        found = training.state()
        assert found.keys() == final.keys()
        assert all(torch.equal(found[name], final[name]) for name in final)


def test_fresh_signals_are_trained_and_measured_on_in_their_epoch(splits: dict[str, SignalSet]) -> None:
    training, one_step = make_training(splits), make_training(splits, batch_size=1000, learning_rate=1e-9)
    training.draw = one_step.draw = draw
    list(training.run())
    noisy, clean = as_tensors(draw(3), torch.device("cpu"))
    error = (denoise(training.network, noisy) - clean).double()
    assert training.history[-1].train_mse == pytest.approx(float(error.square().mean()), rel=1e-6)
    for epoch in one_step.run():  # which leaves the network nearly as it was
        noisy, clean = as_tensors(draw(epoch.epoch), torch.device("cpu"))
        error = (denoise(one_step.network, noisy) - clean).double()
        assert epoch.train_mse == pytest.approx(float(error.square().mean()), rel=1e-4)
    same = make_training(splits)
    list(same.run())
    assert not torch.equal(same.best_weights["encoder.0.weight"], training.best_weights["encoder.0.weight"])


def rates(training: Training) -> list[float]:
    """The learning rate before the first step and after each epoch."""
    return [training.rate, *(training.rate for _ in training.run())]


def test_one_cycle_rises_to_the_learning_rate_and_falls_to_nothing(splits: dict[str, SignalSet]) -> None:
    assert rates(make_training(splits, epochs=10)) == [1e-3] * 11
    found = rates(make_training(splits, epochs=10, schedule="one_cycle"))
    assert found[0] == pytest.approx(1e-3 / 25)
    assert found[3] == max(found) == pytest.approx(1e-3, rel=1e-2)
    assert found == sorted(found[:3]) + sorted(found[3:], reverse=True)
    assert found[-1] < 1e-8
    assert rates(make_training(splits, epochs=1, batch_size=1000, schedule="one_cycle"))[0] > 0


def test_a_state_holds_all_that_training_changes(splits: dict[str, SignalSet]) -> None:
    """The weights, the optimiser's two moments and step for each, the order to come, the history."""
    training = make_training(splits)
    before = training.state()
    list(training.run())
    after = training.state()
    n_parameters = training.network.n_parameters()
    for moment in ("adam.mean", "adam.square"):
        assert after[moment].shape == (n_parameters,)
        assert not torch.equal(before[moment], after[moment])
    assert (int(before["adam.steps"]), int(after["adam.steps"])) == (0, 12)
    assert not torch.equal(before["shuffling"], after["shuffling"])
    assert after["history"].tolist() == [
        [epoch.epoch, epoch.train_mse, epoch.validation_mse, epoch.gradient_norm]
        for epoch in training.history
    ]


def test_a_training_past_its_time_limit_ends_within_a_step_and_says_so(
    splits: dict[str, SignalSet], monkeypatch: pytest.MonkeyPatch
) -> None:
    seconds = iter(range(1000))
    clock = SimpleNamespace(monotonic=lambda: float(next(seconds)))  # and no other thread's, as `time` is
    monkeypatch.setattr("denoising.networks.training.time", clock)
    training = make_training(splits)
    n_batches = -(-len(splits["train"]) // 16)
    with pytest.raises(TimeLimitError, match=r"in epoch 2 of 4 after 7 seconds, its time_limit"):
        list(training.run(time_limit=7))
    assert len(training.history) == 7 // n_batches


def test_denoising_does_not_depend_on_how_signals_are_batched() -> None:
    network = make_network()
    noisy = torch.randn(1100, LENGTH, generator=torch.Generator().manual_seed(0))
    one_by_one = torch.cat([denoise(network, noisy[i : i + 1]) for i in (0, 511, 512, 1099)])
    assert torch.allclose(denoise(network, noisy)[[0, 511, 512, 1099]], one_by_one, atol=1e-6)
    assert network.training


def test_a_device_that_is_absent_is_refused_and_auto_takes_what_there_is(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    assert resolve_device("auto").type == "cpu"
    with pytest.raises(ValueError, match=r"device cuda: .* use cpu or auto"):
        resolve_device("cuda")
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    assert resolve_device("auto").type == resolve_device("cuda").type == "cuda"
    assert resolve_device("cpu").type == "cpu"
