import copy

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from denoising import unrolled
from denoising.architecture import max_depth
from denoising.model import Autoencoder
from denoising.plain import Plain
from denoising.unrolled import Unrolled


def network(seed: int = 0, **changes: int) -> Autoencoder:
    design = {"depth": 3, "channels": 4, "kernel_size": 3, "signal_length": 37} | changes
    return Autoencoder(**design, generator=torch.Generator().manual_seed(seed))


def draw(n: int, length: int) -> tuple[Tensor, Tensor]:
    generator = torch.Generator().manual_seed(n)
    noisy, clean = torch.randn(2, n, length, generator=generator)
    return noisy, clean


def gradients(model: Autoencoder, noisy: Tensor, clean: Tensor) -> list[Tensor]:
    """By every parameter, in double precision and as PyTorch finds them."""
    model = copy.deepcopy(model).double()
    plain = Plain(model)
    plain.differentiate(noisy.double(), clean.double())
    return [parameter.grad for parameter in model.parameters() if parameter.grad is not None]


def assert_close(found: Tensor, exact: Tensor, scale: float | None = None) -> None:
    assert found.shape == exact.shape
    assert float((found - exact).abs().max()) <= 1e-5 * (scale or float(exact.abs().max()))


@settings(max_examples=60)
@given(
    data=st.data(),
    signal_length=st.integers(2, 130),
    kernel_size=st.sampled_from([3, 5, 9, 33]),
    channels=st.sampled_from([1, 2, 7, 16]),
    n=st.integers(1, 9),
    at_once=st.sampled_from([1, 4, 100]),
)
def test_output_and_gradient_are_those_of_the_modules(
    data: st.DataObject, signal_length: int, kernel_size: int, channels: int, n: int, at_once: int
) -> None:
    depth = data.draw(st.integers(1, max_depth(signal_length)))
    model = network(
        depth=depth, signal_length=signal_length, kernel_size=kernel_size, channels=channels, seed=n
    )
    noisy, clean = draw(n, signal_length)
    expected, exact = model(noisy).detach(), gradients(model, noisy, clean)
    fast = Unrolled(model)
    fast.at_once = at_once
    fast.differentiate(noisy[:1], clean[:1])  # what a step leaves must not reach the next
    fast.differentiate(noisy, clean)
    largest = max(float(gradient.abs().max()) for gradient in exact)  # sums may cancel where others do not
    for part, gradient in zip(gradient_parts(fast), exact, strict=True):
        assert_close(part, gradient, largest)
    assert_close(fast.denoise(noisy), expected)


def gradient_parts(fast: Unrolled) -> list[Tensor]:
    """The gradients by weights and biases, in the shape and the order of the modules' parameters."""
    parts = []
    for weight in fast.weights:
        windows = weight.matrix_gradient.unflatten(0, (weight.kernel_size, -1))
        parts += [windows.permute(2, 1, 0), weight.bias_gradient]
    return parts


@pytest.mark.parametrize("kind", [Unrolled, Plain])
def test_the_network_keeps_its_parameters_and_follows_the_vector(kind: type[Unrolled] | type[Plain]) -> None:
    model, untouched = network(), network()
    fast = kind(model)
    for name, parameter in untouched.state_dict().items():
        assert torch.equal(model.state_dict()[name], parameter)
    assert fast.parameters.shape == (untouched.n_parameters(),)
    fast.parameters.mul_(2)
    for name, parameter in untouched.state_dict().items():
        assert torch.equal(model.state_dict()[name], 2 * parameter)
    noisy, _ = draw(3, 37)
    assert_close(fast.denoise(noisy), model(noisy).detach())
    model.load_state_dict(untouched.state_dict())
    assert_close(fast.denoise(noisy), untouched(noisy).detach())


def test_few_enough_signals_are_taken_at_once_to_stay_near() -> None:
    assert Unrolled(network(channels=16, signal_length=256)).at_once == 64
    assert Unrolled(network(channels=4, signal_length=65536)).at_once == 1
    assert unrolled.NEAR == 64 * 128 * 16


def test_what_is_not_finite_is_passed_on() -> None:
    model = network()
    fast = Unrolled(model)
    fast.parameters[3] = float("nan")
    noisy, clean = draw(2, 37)
    fast.differentiate(noisy, clean)
    assert not fast.denoise(noisy).isfinite().all()
    assert not fast.gradient.isfinite().all()


@pytest.mark.parametrize("length", [32, 37])
def test_the_same_signals_give_the_same_bits_wherever_they_stand(length: int) -> None:
    fast = Unrolled(network(signal_length=length))
    noisy, clean = draw(12, length)
    fast.differentiate(noisy, clean)
    first = fast.gradient.clone(), fast.denoise(noisy)
    fast.differentiate(noisy[:5], clean[:5])
    fast.differentiate(noisy.clone(), clean.clone())
    assert torch.equal(fast.gradient, first[0])
    assert torch.equal(fast.denoise(noisy), first[1])


@pytest.mark.parametrize(("length", "channels"), [(37, 4), (32, 1), (8, 7)])
def test_the_windows_of_a_signal_are_counted_as_they_are_laid_out(length: int, channels: int) -> None:
    model = network(signal_length=length, channels=channels)
    layers = Unrolled(model).pass_of(1).layers
    assert unrolled.windows_of_a_signal(model) == max(layer.windows.matrix.numel() for layer in layers)
