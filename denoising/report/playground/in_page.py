"""Playable networks as the page's `networks.js` reads them."""

from base64 import b64encode
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from torch import Tensor
from torch.nn.utils.fusion import fuse_conv_bn_weights

from denoising.models.card import Card
from denoising.models.model_file import Tensors
from denoising.models.networks_made import network_of
from denoising.networks.autoencoder import Autoencoder, BatchNorm, Convolution, ConvTranspose1d
from denoising.signals.scaling import rescaling_gain


@dataclass(frozen=True)
class Playable:
    """A trained network.

    Attributes:
        variant, depth, level: its place in the grid; a level of sinusoids is their alpha, and one of
            recordings the ratio of signal to noise in dB, 0 if no noise is added.
        epochs: how many it was trained for.
        card, tensors: what its file holds.
        milestones: its weights after some early epochs, by their numbers.
    """

    variant: str
    depth: int
    level: float
    epochs: int
    card: Card
    tensors: Tensors
    milestones: Mapping[int, Tensors] = field(default_factory=dict)


def in_page(trained: Playable, name: str) -> dict[str, Any]:
    """Return a trained network under a name.

    Returns:
        name, depth, level, epochs, blind, inputGain and outputGain (to the clean signal's own size),
        milestones (epoch and numbers of each, in half precision), and what `network_in_page` returns.
    """
    card = trained.card
    own_size = card.output_gain  # which brings back that in the noisy signal
    if not card.is_recorded:
        own_size *= rescaling_gain(trained.level)
    early = {
        epoch: numbers_of(network_of(card, whole_precision(tensors)))
        for epoch, tensors in trained.milestones.items()
    }
    return {
        "name": name,
        "depth": trained.depth,
        "level": trained.level,
        "blind": card.blind,
        "inputGain": card.input_gain,
        "outputGain": own_size,
        "milestones": [
            {"epoch": epoch, "numbers": packed(numbers, "<f2")} for epoch, numbers in early.items()
        ],
        "epochs": trained.epochs,
        **network_in_page(network_of(card, trained.tensors)),
    }


def network_in_page(network: Autoencoder) -> dict[str, Any]:
    """Return a network: its layers, and their weights and biases one after another.

    Batch normalisation, which is linear once a network is trained, becomes a part of the layer before it.
    """
    layers = []
    length = network.lengths[0]
    for kind, layer, _ in steps(network):
        kernel, stride, padding = (int(pair[0]) for pair in (layer.kernel_size, layer.stride, layer.padding))
        transposed = isinstance(layer, ConvTranspose1d)
        if transposed:
            result = (length - 1) * stride - 2 * padding + kernel + int(layer.output_padding[0])
        else:
            result = (length + 2 * padding - kernel) // stride + 1
        layers.append(
            {
                "kind": kind, "transposed": transposed, "inputs": layer.in_channels,
                "outputs": layer.out_channels, "kernel": kernel, "stride": stride, "padding": padding,
                "length": length, "result": result,
            }
        )  # fmt: skip
        length = result
    numbers = packed(numbers_of(network))
    return {
        "layers": layers, "numbers": numbers, "skips": network.skips, "relu": network.activation == "relu",
    }  # fmt: skip


def numbers_of(network: Autoencoder) -> NDArray[np.float32]:
    """Return the weights and biases of a network's layers, one after another."""
    parts = [part for _, layer, norm in steps(network) for part in folded(layer, norm)]
    return np.concatenate([part.detach().cpu().numpy().ravel() for part in parts])


def steps(network: Autoencoder) -> Iterator[tuple[str, Convolution, BatchNorm | None]]:
    """Yield the layers with what they are for and their normalisation, in the order of a signal's way."""
    layers = [("encoder", layer) for layer in network.encoder]
    layers += zip(("into", "out of"), network.code, strict=False)
    layers += [("decoder", layer) for layer in network.decoder]
    norms = iter([*network.norms, None])  # none follows the last layer, nor the dense ones
    for kind, layer in layers:
        norm = next(norms) if kind in ("encoder", "decoder") else None
        yield kind, layer, norm if isinstance(norm, BatchNorm) else None  # type: ignore[misc]


def folded(layer: Convolution, norm: BatchNorm | None) -> tuple[Tensor, Tensor]:
    """Return the weights and biases of a layer together with the normalisation that follows it."""
    assert layer.bias is not None
    if norm is None:
        return layer.weight, layer.bias
    assert norm.running_mean is not None
    assert norm.running_var is not None
    return fuse_conv_bn_weights(
        layer.weight, layer.bias, norm.running_mean, norm.running_var, norm.eps, norm.weight, norm.bias,
        transpose=isinstance(layer, ConvTranspose1d),
    )  # fmt: skip


def whole_precision(tensors: Tensors) -> Tensors:
    """Return tensors with numbers of 32 bits in place of those of 16."""
    return {name: t.astype(np.float32) if t.dtype == np.float16 else t for name, t in tensors.items()}


def packed(numbers: ArrayLike, kind: str = "<f4") -> str:
    """Return numbers, little-endian and of 32 bits each unless told otherwise, in base64."""
    return b64encode(np.asarray(numbers, kind).tobytes()).decode("ascii")
