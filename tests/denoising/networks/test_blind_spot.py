"""Training without clean signals."""

import numpy as np
import pytest
import torch
from torch import Tensor

from denoising.networks import training as module
from denoising.networks.autoencoder import Autoencoder
from denoising.networks.blind_spot import HIDDEN_SHARE, REACH, hide
from denoising.networks.engine.multiplied import Multiplied
from denoising.networks.plain import Plain
from denoising.networks.settings import TrainingSettings
from denoising.networks.training import Training
from denoising.signals.dataset import SignalSet

LENGTH = 64


def generator(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def network(seed: int = 0, **changes: str | int | bool) -> Autoencoder:
    design = {"depth": 3, "channels": 8, "kernel_size": 5, "signal_length": LENGTH, "skips": True}
    return Autoencoder(**design | changes, generator=generator(seed))


def runs(hidden: Tensor) -> list[int]:
    """The lengths of the runs of hidden samples that touch neither end."""
    edges = np.diff(hidden.numpy().astype(int))
    found = []
    for row in edges:
        starts, stops = np.flatnonzero(row == 1), np.flatnonzero(row == -1)
        stops = stops[stops > starts[0]] if len(starts) else stops[:0]
        found += (stops - starts[: len(stops)]).tolist()
    return found


@pytest.mark.parametrize("width", [1, 3, 16])
def test_about_an_eighth_is_hidden_in_runs_of_the_width_whose_middle_counts(width: int) -> None:
    numbers = torch.arange(float(LENGTH)).expand(20_000, LENGTH)
    shown, counted = hide(numbers, width, generator())
    hidden = (shown != numbers).float()
    assert set(counted.unique().tolist()) == {0, 1}
    assert counted.mean(dim=0).numpy() == pytest.approx(np.full(LENGTH, HIDDEN_SHARE / width), abs=0.012)
    expected = 1 - (1 - HIDDEN_SHARE / width) ** width
    inner = hidden.mean(dim=0)[width : LENGTH - width].numpy()
    assert inner == pytest.approx(np.full(len(inner), expected), abs=0.012)
    for shift in range(-((width - 1) // 2), width // 2 + 1):
        around = torch.roll(counted, shift, 1)[:, width : LENGTH - width]
        assert (hidden[:, width : LENGTH - width] >= around).all()
    lengths = runs(hidden[:500])
    assert min(lengths) == width == np.bincount(lengths).argmax()


@pytest.mark.parametrize("length", [8, 13, 64])
@pytest.mark.parametrize("width", [1, 3, 16, 256])
def test_a_hidden_sample_is_replaced_by_another_one_from_nearby_and_others_stay(
    length: int, width: int
) -> None:
    numbers = torch.arange(float(length)).expand(2000, length)
    shown, counted = hide(numbers, width, generator())
    away = (shown - numbers).abs()
    hidden = (away > 0).float()
    assert (away[counted == 1] > 0).all(), "its own value is not seen in its place"
    assert (hidden.mean(dim=1) < 1).any()
    if 4 * width <= length and length > 2 * (width + REACH):
        assert away[hidden == 1].min() == width
        assert away[hidden == 1].max() == width + REACH - 1


def test_what_stands_in_a_hidden_place_does_not_depend_on_what_is_hidden_there() -> None:
    signals = torch.randn(200, LENGTH, generator=generator(1))
    shown, counted = hide(signals, 2, generator(2))
    for place in (0, 31, 63):
        moved = signals.clone()
        moved[:, place] += 100
        changed = (hide(moved, 2, generator(2))[0] - shown)[:, place] != 0
        assert not changed[counted[:, place] == 1].any()
        assert torch.equal(changed, shown[:, place] == signals[:, place])


def test_the_choice_is_the_generators_alone() -> None:
    signals = torch.randn(20, LENGTH, generator=generator(1))
    first, second, other = (hide(signals, 3, generator(seed)) for seed in (0, 0, 1))
    assert torch.equal(first[0], second[0])
    assert torch.equal(first[1], second[1])
    assert not torch.equal(first[1], other[1])


@pytest.mark.parametrize("engine", [Multiplied, Plain])
@pytest.mark.parametrize("changes", [{}, {"normalisation": "batch"}, {"latent_size": 5, "skips": False}])
def test_the_gradient_counts_chosen_samples_alone(
    engine: type[Multiplied | Plain], changes: dict[str, str | int | bool], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("denoising.networks.engine.multiplied.MAX_SIDE_NUMBERS", 2**11)  # a batch in parts
    model = network(**changes)
    noisy, clean = torch.randn(2, 20, LENGTH, generator=generator(3))
    counted = hide(noisy, 2, generator(4))[1]
    elsewhere = clean + 100 * (1 - counted)
    twin = network(**changes)
    rows = counted.bool()
    (twin(noisy)[rows] - clean[rows]).square().mean().backward()
    expected = {name: parameter.grad.clone() for name, parameter in twin.named_parameters()}  # type: ignore[union-attr]

    own = engine(model)
    for target in (clean, elsewhere):
        own.differentiate(noisy, target, counted)
        found = gradients(own, model)
        for name, gradient in expected.items():
            assert torch.allclose(found[name], gradient, atol=1e-6, rtol=1e-4), name
    own.differentiate(noisy, clean, torch.zeros_like(counted))
    assert not own.gradient.any()
    own.differentiate(noisy, clean, torch.ones_like(counted))
    by_ones = own.gradient.clone()
    own.differentiate(noisy, clean)
    assert torch.allclose(own.gradient, by_ones, atol=1e-6, rtol=1e-4)


def gradients(engine: Multiplied | Plain, model: Autoencoder) -> dict[str, Tensor]:
    """The gradient by each parameter, found by where the parameter lies in the engine's vector."""
    start, size = engine.parameters.data_ptr(), engine.parameters.element_size()
    found = {}
    for name, parameter in model.named_parameters():
        offset = (parameter.data_ptr() - start) // size + engine.gradient.storage_offset()
        found[name] = engine.gradient.as_strided(parameter.shape, parameter.stride(), offset)
    return found


def swinging(n: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """A recording of a slow sinusoid of random phase and size, and the same with white noise."""
    chance = np.random.default_rng(seed)
    size, phase = chance.uniform(0.7, 1.3, (n, 1)), chance.uniform(0, 2 * np.pi, (n, 1))
    clean = size * np.sin(2 * np.pi * np.arange(LENGTH) / 20 + phase)
    return clean, clean + 0.5 * chance.standard_normal(clean.shape)


def noisy_alone(n: int, seed: int) -> SignalSet:
    noisy = swinging(n, seed)[1].astype(np.float32)
    return SignalSet(np.arange(n), {}, noisy, noisy)


def training(epochs: int = 4, n: int = 100, width: int = 1) -> Training:
    settings = TrainingSettings(
        epochs=epochs, batch_size=32, learning_rate=4e-3, objective="blind_spot", mask_width=width
    )
    return Training(network(), noisy_alone(n, 0), noisy_alone(50, 1), settings, generator(5))


def test_a_network_that_never_saw_a_clean_signal_removes_noise() -> None:
    torch.set_num_threads(1)
    trained = training(epochs=25, n=600)
    history = list(trained.run())
    clean, noisy = swinging(200, 2)
    denoised = trained.engine.denoise(torch.tensor(noisy, dtype=torch.float32)).numpy()
    error = np.square(denoised - clean).mean()
    assert error < 0.25 * np.square(noisy - clean).mean()
    assert history[-1].validation_mse == pytest.approx(0.25 + error, rel=0.25), "its error and the noise's"


def test_the_loss_of_an_epoch_is_that_of_the_hidden_samples_which_are_the_same_in_all() -> None:
    trained = training(width=3)
    noisy = trained.validation[0]
    shown, hidden = hide(noisy, 3, generator(0))
    for epoch in trained.run():
        error = (trained.engine.denoise(shown) - noisy)[hidden.bool()].double()
        assert epoch.validation_mse == pytest.approx(float(error.square().mean()), rel=1e-5)


def test_both_engines_train_alike(monkeypatch: pytest.MonkeyPatch) -> None:
    first = training(width=2)
    monkeypatch.setattr(module, "MAX_LAYER_NUMBERS", 0)
    second = training(width=2)
    assert (type(first.engine), type(second.engine)) == (Multiplied, Plain)
    for ours, theirs in zip(first.run(), second.run(), strict=True):
        assert ours.validation_mse == pytest.approx(theirs.validation_mse, rel=1e-4)


@pytest.mark.parametrize("epochs", [1, 3])
def test_a_training_goes_on_from_its_state_bit_by_bit(epochs: int) -> None:
    torch.set_num_threads(1)
    whole, first, second = training(), training(), training()
    list(whole.run())
    running = first.run()
    for _ in range(epochs):
        next(running)
    second.restore(first.state())
    list(second.run())
    final, found = whole.state(), second.state()
    assert found.keys() == final.keys()
    assert all(torch.equal(found[name], final[name]) for name in final)


def test_a_measure_of_signals_in_which_nothing_is_hidden_is_no_error(monkeypatch: pytest.MonkeyPatch) -> None:
    """A few short signals may have no hidden sample."""
    monkeypatch.setattr(module, "hide", lambda noisy, *_: (noisy, torch.zeros_like(noisy)))
    trained = training()
    assert trained.measure(trained.validation) == 0


def test_the_training_error_of_an_epoch_is_that_of_the_samples_that_counted(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Some batches may have none. The network is left as it is, so that one measures them all."""
    trained, shares = training(epochs=2), iter([0.0, 0.5, 0.1, 0.0, *[0.2] * 9])
    seen: list[tuple[Tensor, Tensor, Tensor]] = []

    def uneven(noisy: Tensor, *_: object) -> tuple[Tensor, Tensor]:
        seen.append((noisy, -noisy, (torch.rand(noisy.shape, generator=generator(1)) < next(shares)).float()))
        return seen[-1][1:]

    monkeypatch.setattr(module, "hide", uneven)
    monkeypatch.setattr(trained.adam, "step", lambda _: None)
    first = next(trained.run())
    energy = n_counted = 0.0
    for noisy, shown, counted in seen[:4]:  # the batches of the epoch
        energy += float(((trained.engine.denoise(shown) - noisy).square() * counted).sum())
        n_counted += float(counted.sum())
    assert first.train_mse == pytest.approx(energy / n_counted, rel=1e-5)
