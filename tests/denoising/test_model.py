import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from denoising.architecture import max_depth
from denoising.model import Autoencoder


def network(seed: int = 0, **changes: int) -> Autoencoder:
    design = {"depth": 2, "channels": 4, "kernel_size": 3, "signal_length": 32} | changes
    return Autoencoder(**design, generator=torch.Generator().manual_seed(seed))


@given(data=st.data(), signal_length=st.integers(2, 300), kernel_size=st.sampled_from([3, 5, 9]))
def test_output_is_exactly_as_long_as_the_input(
    data: st.DataObject, signal_length: int, kernel_size: int
) -> None:
    depth = data.draw(st.integers(1, max_depth(signal_length)))
    model = network(depth=depth, signal_length=signal_length, kernel_size=kernel_size)
    assert model(torch.zeros(3, signal_length)).shape == (3, signal_length)


def test_every_encoder_layer_halves_and_every_decoder_layer_doubles() -> None:
    layers = network(depth=8, channels=16, signal_length=256).architecture()
    assert [layer.length for layer in layers] == [
        256,
        128,
        64,
        32,
        16,
        8,
        4,
        2,
        1,
        2,
        4,
        8,
        16,
        32,
        64,
        128,
        256,
    ]
    assert [layer.channels for layer in layers] == [1] + [16] * 15 + [1]
    assert [layer.part for layer in layers] == ["input"] + ["encoder"] * 8 + ["decoder"] * 8


@pytest.mark.parametrize(("depth", "channels", "kernel_size"), [(1, 4, 3), (2, 16, 3), (5, 8, 5)])
def test_number_of_parameters(depth: int, channels: int, kernel_size: int) -> None:
    ends = 2 * kernel_size * channels + channels + 1
    inner = 2 * (depth - 1) * (kernel_size * channels**2 + channels)
    assert network(depth=depth, channels=channels, kernel_size=kernel_size).n_parameters() == ends + inner


def test_forward_is_plain_convolutions_with_relu_between() -> None:
    model = network(depth=3, signal_length=37)
    noisy = torch.randn(2, 37, generator=torch.Generator().manual_seed(1))
    hidden = noisy[:, None]
    modules = [*model.encoder, *model.decoder]
    for module in modules[:-1]:
        hidden = module(hidden).clamp(min=0)
    assert torch.equal(model(noisy), modules[-1](hidden)[:, 0])


def test_output_is_linear_so_negative_values_are_reached() -> None:
    assert (network()(torch.randn(8, 32, generator=torch.Generator().manual_seed(2))) < 0).any()


def test_weights_come_from_the_generator_and_follow_pytorchs_default() -> None:
    torch.manual_seed(7)
    state = torch.get_rng_state()
    one, same, other = network(seed=1), network(seed=1), network(seed=2)
    assert torch.equal(torch.get_rng_state(), state)
    for name, weight in one.state_dict().items():
        assert torch.equal(weight, same.state_dict()[name])
        assert not torch.equal(weight, other.state_dict()[name])
    wide = network(channels=64, depth=3)
    for layer in wide.layers():
        plain = type(layer)(layer.in_channels, layer.out_channels, layer.kernel_size[0])
        ours, theirs = layer.weight.detach(), plain.weight.detach()
        assert float(ours.abs().max()) == pytest.approx(float(theirs.abs().max()), rel=0.1)
        assert float(ours.std()) == pytest.approx(float(theirs.std()), rel=0.15)


@pytest.mark.parametrize("depth", [0, -1, 6])
def test_a_depth_that_the_length_does_not_allow_is_refused(depth: int) -> None:
    with pytest.raises(ValueError, match=rf"depth {depth}: signals of 32 samples allow 1 to 5"):
        network(depth=depth)


def test_an_even_kernel_is_refused() -> None:
    with pytest.raises(ValueError, match="kernel_size 4 is even"):
        network(kernel_size=4)


@pytest.mark.parametrize(("length", "depth"), [(2, 1), (3, 1), (255, 7), (256, 8), (257, 8)])
def test_the_deepest_network_has_floor_log2_layers(length: int, depth: int) -> None:
    assert max_depth(length) == depth
