import copy
from typing import Any
from unittest.mock import patch

import pytest
import torch
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from torch import Tensor, nn

from denoising.networks.autoencoder import INFERENCE_BATCH, Autoencoder, denoise
from denoising.networks.engine import multiplied
from denoising.networks.engine.multiplied import Multiplied
from denoising.networks.layers import max_depth
from denoising.networks.plain import Plain

Engine = Multiplied | Plain
VARIANTS = [
    {},
    {"stride": 1},
    {"latent_size": 10},
    {"latent_size": 3},
    {"skips": True},
    {"normalisation": "batch"},
    {"growth": 2},
    {"activation": "none", "latent_size": 3},
]


def network(seed: int = 0, **changes: Any) -> Autoencoder:
    design = {"depth": 3, "channels": 4, "kernel_size": 3, "signal_length": 37} | changes
    generator = torch.Generator().manual_seed(seed)
    model = Autoencoder(**design, generator=generator)
    with torch.no_grad():
        for parameter in model.norms.parameters():
            parameter.copy_(torch.randn(parameter.shape, generator=generator))
    return model


def draw(n: int, length: int) -> tuple[Tensor, Tensor]:
    generator = torch.Generator().manual_seed(n)
    noisy, clean = torch.randn(2, n, length, generator=generator)
    return noisy, clean


def assert_close(found: Tensor, exact: Tensor, scale: float | None = None, error: float = 1e-5) -> None:
    assert found.shape == exact.shape
    assert float((found - exact).abs().max()) <= error * (scale or float(exact.abs().max()))


def assert_same_state(found: Autoencoder, exact: Autoencoder, error: float) -> None:
    assert found.state_dict().keys() == exact.state_dict().keys()
    for name, tensor in exact.state_dict().items():
        assert_close(found.state_dict()[name], tensor, max(1, float(tensor.abs().max())), error)


@settings(max_examples=100)
@given(
    data=st.data(),
    signal_length=st.integers(2, 130),
    kernel_size=st.sampled_from([3, 5, 9, 33]),
    channels=st.sampled_from([1, 2, 7, 16]),
    stride=st.sampled_from([1, 2]),
    growth=st.sampled_from([1, 1, 2]),
    max_channels=st.sampled_from([2, 10]),
    latent_size=st.sampled_from([0, 0, 1, 2, 3, 8, 64]),
    skips=st.booleans(),
    activation=st.sampled_from(["relu", "relu", "none"]),
    normalisation=st.sampled_from(["none", "batch"]),
    sizes=st.lists(st.integers(1, 9), min_size=2, max_size=2),
    at_once=st.sampled_from([1, 4, 100]),
)
def test_outputs_gradients_and_statistics_are_those_of_the_modules(
    data: st.DataObject, sizes: list[int], at_once: int, **design: Any
) -> None:
    length = design["signal_length"]
    model = network(depth=data.draw(st.integers(1, max_depth(length))), seed=sizes[0], **design)
    exact = copy.deepcopy(model).double()
    fast, slow = Multiplied(model), Plain(exact)
    fast.at_once = at_once
    # Small variances are divided by, which makes rounding errors larger, those of the modules too.
    error = 1e-3 if fast.norms else 1e-5
    for size in sizes:  # what a step leaves must not reach the next
        noisy, clean = draw(size, length)
        with patch("torch.relu", side_effect=apart_from_zero):
            slow.differentiate(noisy.double(), clean.double())
        fast.differentiate(noisy, clean)
        largest = max(0.02, float(slow.gradient.abs().max()))  # sums may cancel, and all of them at once
        for part, parameter in zip(gradient_parts(fast), exact.parameters(), strict=True):
            assert parameter.grad is not None
            assert_close(part, parameter.grad, largest, error)
    for _ in range(2):
        assert_same_state(model, exact, error)
        assert_close(fast.denoise(noisy), slow.denoise(noisy.double()), error=error)
        fast.settle(noisy)
        slow.settle(noisy.double())


def apart_from_zero(values: Tensor) -> Tensor:
    """The ReLU of values whose sign is no matter of rounding, as the gradient depends on it."""
    sizes = values.detach().abs()
    assume(float(sizes.min()) > 2e-6 * float(sizes.max()))
    return values.relu()


def gradient_parts(fast: Multiplied) -> list[Tensor]:
    """The gradients by weights and biases, in the shape and the order of the modules' parameters."""
    parts = []
    for layer, weight in zip(fast.network.layers(), fast.weights, strict=True):
        windows = weight.matrix_gradient.unflatten(0, (layer.weight.shape[2], -1))
        parts += [windows.permute(2, 1, 0), weight.bias_gradient]
    return [*parts, *(gradient for norm in fast.norms for gradient in norm.gradient)]


@pytest.mark.parametrize("kind", [Multiplied, Plain])
@pytest.mark.parametrize("n", [1, 20, INFERENCE_BATCH + 1, INFERENCE_BATCH + 200])
def test_settled_statistics_are_the_mean_of_those_of_all_signals(kind: type[Engine], n: int) -> None:
    model = network(signal_length=8, channels=2, skips=True, normalisation="batch")  # to one value
    engine = kind(model)
    noisy, clean = draw(n, 8)
    engine.differentiate(noisy[:5], clean[:5])  # what the statistics were before counts for nothing
    exact = copy.deepcopy(model).double()
    engine.settle(noisy)
    seen: dict[nn.Module, list[tuple[int, Tensor]]] = {norm: [] for norm in exact.norms}

    def see(norm: nn.Module, inputs: tuple[Tensor]) -> None:
        values = inputs[0].transpose(0, 1).flatten(1)  # (channels, signals * samples)
        if values.shape[1] > 1:
            seen[norm].append((len(inputs[0]), torch.stack([values.mean(1), values.var(1)])))

    for norm in exact.norms:
        norm.register_forward_pre_hook(see)
        norm.momentum = 1  # which a batch of one value falls back to
    with torch.no_grad():
        for some in noisy.double().split(INFERENCE_BATCH):
            exact(some)
    for norm, settled in zip(exact.norms, model.norms, strict=True):
        found = torch.stack([settled.running_mean, settled.running_var])
        if seen[norm]:
            total = sum(size for size, _ in seen[norm])
            assert_close(found, sum(size / total * statistics for size, statistics in seen[norm]), 1)
        else:
            assert n == 1
            assert found.tolist() == [[0, 0], [1, 1]]
        assert settled.momentum == 0.1


@pytest.mark.parametrize("kind", [Multiplied, Plain])
def test_without_normalisation_there_is_nothing_to_settle(kind: type[Engine]) -> None:
    model = network()
    engine = kind(model)
    engine.settle(draw(3, 37)[0])
    assert_same_state(model, network(), error=0)


@pytest.mark.parametrize("kind", [Multiplied, Plain])
@pytest.mark.parametrize("variant", VARIANTS)
def test_the_network_keeps_its_parameters_and_follows_the_vector(
    kind: type[Engine], variant: dict[str, Any]
) -> None:
    model, untouched = network(**variant), network(**variant)
    fast = kind(model)
    for name, parameter in untouched.state_dict().items():
        assert torch.equal(model.state_dict()[name], parameter)
    assert fast.parameters.shape == (untouched.n_parameters(),)
    fast.parameters.mul_(2)
    for name, parameter in untouched.named_parameters():
        assert torch.equal(model.state_dict()[name], 2 * parameter)
    noisy, _ = draw(3, 37)
    assert_close(fast.denoise(noisy), denoise(model, noisy))
    model.load_state_dict(untouched.state_dict())
    assert_close(fast.denoise(noisy), denoise(untouched, noisy))


def test_few_enough_signals_are_taken_at_once_to_stay_near() -> None:
    assert Multiplied(network(channels=16, signal_length=256)).at_once == 64
    assert Multiplied(network(channels=4, signal_length=65536)).at_once == 1
    assert Multiplied(network(channels=16, signal_length=256, stride=1)).at_once == 32
    assert Multiplied(network(channels=16, signal_length=256, latent_size=4096)).at_once == 32
    assert multiplied.MAX_SIDE_NUMBERS == 64 * 128 * 16


def test_what_is_not_finite_is_passed_on() -> None:
    model = network()
    fast = Multiplied(model)
    fast.parameters[3] = float("nan")
    noisy, clean = draw(2, 37)
    fast.differentiate(noisy, clean)
    assert not fast.denoise(noisy).isfinite().all()
    assert not fast.gradient.isfinite().all()


@pytest.mark.parametrize("variant", VARIANTS)
@pytest.mark.parametrize("length", [32, 37])
def test_the_same_signals_give_the_same_bits_wherever_they_stand(
    length: int, variant: dict[str, Any]
) -> None:
    fast = Multiplied(network(signal_length=length, **variant))
    noisy, clean = draw(12, length)
    fast.differentiate(noisy, clean)
    fast.settle(noisy)
    first = fast.gradient.clone(), fast.denoise(noisy)
    fast.differentiate(noisy[:5], clean[:5])
    fast.differentiate(noisy.clone(), clean.clone())
    fast.settle(noisy.clone())
    assert torch.equal(fast.gradient, first[0])
    assert torch.equal(fast.denoise(noisy), first[1])


@pytest.mark.parametrize("variant", [*VARIANTS, {"stride": 1, "latent_size": 20}, {"kernel_size": 33}])
@pytest.mark.parametrize(("length", "channels"), [(37, 4), (32, 1), (8, 7)])
def test_the_numbers_of_a_signal_are_counted_as_they_are_laid_out(
    length: int, channels: int, variant: dict[str, Any]
) -> None:
    model = network(signal_length=length, channels=channels, **variant)
    matrices = [
        matrix.numel()
        for layer in Multiplied(model).pass_of(1).layers
        for matrix in (layer.longer.every, layer.shorter.rows, *layer.longer.parts)
    ]
    assert multiplied.numbers_of_a_signal(model) == max(matrices)
