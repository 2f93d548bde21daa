from math import prod
from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from denoising.networks.autoencoder import Autoencoder
from denoising.networks.layers import max_depth


def network(seed: int = 0, **changes: Any) -> Autoencoder:
    design: dict[str, Any] = {"depth": 2, "channels": 4, "kernel_size": 3, "signal_length": 32} | changes
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
        transposed = isinstance(layer, torch.nn.ConvTranspose1d)
        kind = torch.nn.ConvTranspose1d if transposed else torch.nn.Conv1d
        plain = kind(layer.in_channels, layer.out_channels, layer.kernel_size[0])
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


def reached_from(sample: int, depth: int, kernel_size: int, stride: int, length: int) -> set[int]:
    """The samples of the input that one of the output depends on, found by following every tap."""
    lengths = [length]
    for _ in range(depth):
        lengths.append(-(-lengths[-1] // stride))
    taps = [tap - kernel_size // 2 for tap in range(kernel_size)]
    reached = {sample}
    for level in reversed(range(depth)):
        below = [
            (hidden, {hidden * stride + tap for tap in taps}) for hidden in range(lengths[depth - level])
        ]
        reached = {hidden for hidden, written in below if written & reached}
    for level in reversed(range(depth)):
        read = {hidden * stride + tap for hidden in reached for tap in taps}
        reached = {sample for sample in read if 0 <= sample < lengths[level]}
    return reached


@pytest.mark.parametrize(
    ("depth", "kernel_size", "stride", "length"),
    [(1, 3, 2, 32), (2, 3, 2, 64), (3, 5, 2, 100), (2, 9, 2, 64), (3, 3, 1, 40), (4, 3, 2, 33)],
)
def test_the_receptive_field_is_what_following_every_tap_reaches(
    depth: int, kernel_size: int, stride: int, length: int
) -> None:
    model = network(depth=depth, kernel_size=kernel_size, stride=stride, signal_length=length)
    found = [len(reached_from(sample, depth, kernel_size, stride, length)) for sample in range(length)]
    assert model.receptive_field() == max(found)


def test_a_stride_of_one_keeps_every_length_and_every_parameter() -> None:
    flat, narrow = network(depth=5, stride=1), network(depth=5)
    assert {layer.length for layer in flat.architecture()} == {32}
    assert flat.n_parameters() == narrow.n_parameters()


@settings(max_examples=40)
@given(data=st.data(), signal_length=st.integers(2, 300), latent_size=st.integers(1, 300))
def test_the_bottleneck_holds_as_many_numbers_as_asked_for(
    data: st.DataObject, signal_length: int, latent_size: int
) -> None:
    depth = data.draw(st.integers(1, max_depth(signal_length)))
    model = network(depth=depth, signal_length=signal_length, latent_size=latent_size)
    layers = model.architecture()
    assert layers[depth].channels * layers[depth].length == latent_size == model.latent_size
    assert len(layers) == 2 * depth + 1
    assert model(torch.zeros(2, signal_length)).shape == (2, signal_length)
    others = [*layers[1:depth], *layers[depth + 1 : -1]]
    assert all(layer.channels >= 4 and layer.numbers >= latent_size for layer in others)
    assert all(layer.channels == 4 for layer in others if layer.length * 4 >= latent_size)
    assert model.narrowest == latent_size


def test_at_depth_8_no_layer_is_narrower_than_the_latent() -> None:
    starved, fed = (network(depth=8, signal_length=256, latent_size=size) for size in (0, 64))
    assert starved.narrowest == starved.latent_size == 4
    assert fed.narrowest == fed.latent_size == 64
    assert [layer.channels for layer in fed.architecture()[1:9]] == [4, 4, 4, 4, 8, 16, 32, 64]


def test_channels_grow_up_to_their_cap() -> None:
    grown = network(depth=8, signal_length=256, growth=2)
    assert [layer.channels for layer in grown.architecture()] == [
        1, 4, 8, 16, 32, 64, 64, 64, 64, 64, 64, 64, 32, 16, 8, 4, 1,
    ]  # fmt: skip
    assert grown.narrowest == 64
    lower = network(depth=4, growth=3, max_channels=10)
    assert [layer.channels for layer in lower.architecture()[1:5]] == [4, 10, 10, 10]


def test_a_cap_below_the_channels_only_stops_their_growth() -> None:
    for growth in (1, 2):
        model = network(depth=3, channels=16, growth=growth, max_channels=8)
        assert [layer.channels for layer in model.architecture()[1:4]] == [16, 16, 16]


def test_without_a_size_the_channels_decide_it() -> None:
    assert [network(depth=depth, signal_length=256).latent_size for depth in (2, 8)] == [256, 4]


def twin(model: Autoencoder, noisy: Tensor, skips: bool) -> Tensor:
    """A network of depth 3 in evaluation mode, layer by layer and with its normalisation written out."""

    def normalised(hidden: Tensor, number: int) -> Tensor:
        norm = model.norms[number]
        scale = norm.weight / (norm.running_var + 1e-5).sqrt()
        return (hidden - norm.running_mean[:, None]) * scale[:, None] + norm.bias[:, None]

    one = normalised(model.encoder[0](noisy[:, None]), 0).clamp(min=0)
    two = normalised(model.encoder[1](one), 1).clamp(min=0)
    three = normalised(model.encoder[2](two), 2).clamp(min=0)
    up = (normalised(model.decoder[0](three), 3) + (two if skips else 0)).clamp(min=0)
    up = (normalised(model.decoder[1](up), 4) + (one if skips else 0)).clamp(min=0)
    result: Tensor = model.decoder[2](up)[:, 0]
    return result


@pytest.mark.parametrize("skips", [False, True])
def test_normalisation_comes_before_the_relu_and_skips_lead_from_encoder_to_decoder(skips: bool) -> None:
    model = network(depth=3, skips=skips, normalisation="batch")
    generator = torch.Generator().manual_seed(3)
    with torch.no_grad():
        for norm in model.norms:
            for tensor in (norm.weight, norm.bias, norm.running_mean):
                tensor.normal_(generator=generator)
            norm.running_var.uniform_(0.5, 2, generator=generator)
    noisy = torch.randn(5, 32, generator=generator)
    assert torch.allclose(model.eval()(noisy), twin(model, noisy, skips), atol=1e-5)


def test_a_batch_of_one_at_a_bottleneck_of_one_sample_takes_the_running_statistics() -> None:
    model = network(depth=5, normalisation="batch")
    noisy = torch.randn(1, 32, generator=torch.Generator().manual_seed(1))
    innermost = model.norms[4]
    before = innermost.running_mean.clone()
    assert model(noisy).isfinite().all()
    assert torch.equal(innermost.running_mean, before)
    assert not torch.equal(model.norms[0].running_mean, torch.zeros(4)), "where there are more values"


@pytest.mark.parametrize("initialisation", ["orthogonal", "delta_orthogonal"])
def test_orthogonal_weights_keep_lengths(initialisation: str) -> None:
    model = network(depth=3, initialisation=initialisation)
    *inner, last = model.layers()
    for layer, squared_gain in [(layer, 2.0) for layer in inner] + [(last, 1.0)]:
        weight = layer.weight.detach()
        if initialisation == "delta_orthogonal":
            assert not weight[:, :, [0, 2]].any()
            weight = weight[:, :, 1]
        matrix = weight.flatten(1)
        smaller = matrix @ matrix.T if matrix.shape[0] <= matrix.shape[1] else matrix.T @ matrix
        assert torch.allclose(smaller, squared_gain * torch.eye(len(smaller)), atol=1e-5)
        assert not layer.bias.any()


def test_every_first_weight_comes_from_the_generator() -> None:
    for changes in [
        {"initialisation": "orthogonal"},
        {"latent_size": 3},
        {"initialisation": "delta_orthogonal"},
    ]:
        one, same, other = (network(seed=seed, depth=3, **changes) for seed in (1, 1, 2))
        for name, weight in one.state_dict().items():
            assert torch.equal(weight, same.state_dict()[name])
            alike = torch.equal(weight, other.state_dict()[name])
            assert not alike or not weight.any(), name


@pytest.mark.parametrize("changes", [{}, {"latent_size": 3}, {"skips": True}])
def test_without_activations_the_network_is_a_linear_map_plus_a_constant(changes: dict[str, Any]) -> None:
    model = network(depth=3, activation="none", **changes).double()
    one, other = torch.randn(2, 1, 32, dtype=torch.float64, generator=torch.Generator().manual_seed(1))
    at_zero = model(torch.zeros_like(one))
    sum_of_both = model(one) + model(other) - at_zero
    assert torch.allclose(model(one + other), sum_of_both, atol=1e-12)
    bent = network(depth=3, **changes).double()
    assert not torch.allclose(bent(one + other), bent(one) + bent(other) - bent(0 * one), rtol=0, atol=1e-9)


def test_a_linear_autoencoder_learns_the_projection_on_the_principal_components() -> None:
    """Its least error is what the first components leave (Baldi & Hornik 1989)."""
    generator = torch.Generator().manual_seed(0)
    spread = torch.logspace(0.5, -1.5, 12)
    rotation = torch.linalg.qr(torch.randn(12, 12, generator=generator)).Q
    signals = torch.randn(400, 12, generator=generator) * spread @ rotation.T + 1
    model = network(depth=1, channels=2, signal_length=12, latent_size=3, activation="none")
    optimiser = torch.optim.LBFGS(model.parameters(), max_iter=500, line_search_fn="strong_wolfe")

    def loss() -> Tensor:
        optimiser.zero_grad()
        error = (model(signals) - signals).square().mean()
        error.backward()
        return error

    optimiser.step(loss)
    variances = torch.linalg.svdvals(signals - signals.mean(0)).square() / len(signals)
    least = float(variances[3:].sum()) / 12
    assert least * (1 - 1e-5) <= loss().item() <= 1.02 * least


@pytest.mark.parametrize("latent_size", [3, 8])
def test_number_of_parameters_with_a_latent_of_its_own(latent_size: int) -> None:
    model = network(depth=3, latent_size=latent_size)
    assert model.n_parameters() == sum(prod(p.shape) for p in model.parameters())
    assert bool(len(model.code)) == (latent_size % 4 != 0), (
        "a dense layer only where the length does not divide it"
    )
