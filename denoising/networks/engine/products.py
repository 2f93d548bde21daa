"""Convolutions and transposed convolutions as matrix products, forward and backward."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

import torch
from torch import Tensor

from denoising.networks.autoencoder import Convolution
from denoising.networks.engine.sides import Longer, Operation, Placement, Shorter


@dataclass(frozen=True)
class Weight:
    """The parameters of a layer, as a matrix between windows and single samples.

    Attributes:
        matrix: shape (kernel_size * wide, narrow), in the terms of `Placement`.
        bias: shape (output channels,).
        matrix_gradient, bias_gradient: the gradients of the loss by these.
    """

    matrix: Tensor
    bias: Tensor
    matrix_gradient: Tensor
    bias_gradient: Tensor


def moved(layer: Convolution, place: Tensor) -> Weight:
    """Move the parameters of a layer to `place`, where the layer uses them from then on.

    Args:
        layer: the layer.
        place: memory for the parameters (first row) and their gradients, shape (2, numbers).
    """
    assert layer.bias is not None
    weight = layer.weight.detach().permute(2, 1, 0)  # (kernel_size, wide, narrow) for both kinds of layer
    weights, biases = place.split([weight.numel(), layer.bias.numel()], dim=1)
    matrix, matrix_gradient = weights.view(2, *weight.shape)
    bias, bias_gradient = biases
    matrix.copy_(weight)
    bias.copy_(layer.bias.detach())
    layer.weight.data, layer.bias.data = matrix.permute(2, 1, 0), bias
    return Weight(matrix.flatten(0, 1), bias, matrix_gradient.flatten(0, 1), bias_gradient)


def placement_of(layer: Convolution, size: int, length: int) -> Placement:
    """Return how `size` signals with `length` samples on the layer's longer side lie in memory."""
    narrow, wide, kernel_size = layer.weight.shape
    padding = layer.padding[0]
    assert isinstance(padding, int)
    stride = layer.stride[0] if padding else kernel_size  # a dense layer's one window is the whole signal
    return Placement(size, length, wide, narrow, kernel_size, stride, padding)


class Product:
    """A layer for signals of one placement: its buffers, and the operations on them.

    A convolution sums up products of its windows' parts with the weights of their taps. A transposed one is
    the adjoint: each part of its windows is a product, and they are added up where they overlap. The gradient
    by the input of either is what the other does, without a bias.

    Args:
        placement: how the signals lie.
        weight: the layer's parameters.
        transposed: whether it is a transposed convolution.
        scratch: memory for what the operations make, at least `placement.numbers`. All layers share it, so
            that it stays in the processor's cache; what one makes is to be taken away before the next makes
            more.

    Attributes:
        input, gradient: the layer's input, and the gradient of the loss by its output; to be filled in.
        output, input_gradient: what the operations make. All are of shape (size, samples, channels).
    """

    def __init__(self, placement: Placement, weight: Weight, *, transposed: bool, scratch: Tensor) -> None:
        self.placement, self.weight, self.transposed = placement, weight, transposed
        self.longer = Longer(placement, placement.memory())
        self.shorter = Shorter(placement, placement.memory())
        self.made_longer, self.made_shorter = Longer(placement, scratch), Shorter(placement, scratch)
        given, made = (self.longer, self.shorter), (self.made_longer, self.made_shorter)
        self.input, self.gradient = (side.samples for side in (given[::-1] if transposed else given))
        self.input_gradient, self.output = (side.samples for side in (made[::-1] if transposed else made))
        self.taps = [part.shape[1] for part in self.longer.parts]

    def forward(self) -> Iterator[Operation]:
        """Make the output from the input."""
        if self.transposed:
            # Each sample is in the first row of one window only, so that it gets the bias once.
            bias = torch.zeros(self.taps[0])
            once = bias[: self.placement.stride * self.placement.wide].view(-1, self.placement.wide)
            yield partial(once.copy_, self.weight.bias)
            yield from self.lengthen(bias)
        else:
            yield from self.longer.gather()
            yield from self.shorten(self.weight.bias)

    def backward(self) -> Iterator[Operation]:
        """Add to the gradients by weights and bias, from the gradient by the output."""
        if self.transposed:
            yield from self.longer.gather()
        gradients = self.weight.matrix_gradient.split(self.taps)
        for part, gradient in zip(self.longer.parts, gradients, strict=True):
            yield partial(gradient.addmm_, part.t(), self.shorter.rows)
        rows = self.longer.every if self.transposed else self.shorter.rows
        sums = torch.empty_like(self.weight.bias)
        yield partial(torch.sum, rows, 0, out=sums)
        yield partial(self.weight.bias_gradient.add_, sums)

    def backward_to_input(self) -> Iterator[Operation]:
        """Make the gradient by the input; `backward` comes first."""
        return self.shorten() if self.transposed else self.lengthen()

    def shorten(self, bias: Tensor | None = None) -> Iterator[Operation]:
        """Make the shorter side from the parts of the longer one."""
        made = self.made_shorter.rows
        for part, weights in zip(self.longer.parts, self.weight.matrix.split(self.taps), strict=True):
            yield multiplied(part, weights, made, bias if part is self.longer.parts[0] else made)

    def lengthen(self, bias: Tensor | None = None) -> Iterator[Operation]:
        """Make the longer side from the shorter one."""
        parts = self.made_longer.parts
        for made, weights in zip(parts, self.weight.matrix.split(self.taps), strict=True):
            yield multiplied(self.shorter.rows, weights.t(), made, bias if made is parts[0] else made)
        yield from self.made_longer.scatter()


def multiplied(left: Tensor, right: Tensor, made: Tensor, added: Tensor | None) -> Operation:
    """Return the operation that makes the product of two matrices, plus what is added if there is any."""
    if added is None:
        return partial(torch.mm, left, right, out=made)
    return partial(torch.addmm, added, left, right, out=made)
