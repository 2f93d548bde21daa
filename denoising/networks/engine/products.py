"""The layers as matrix products: a convolution and a transposed one, forth and back."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

import torch
from torch import Tensor

from denoising.networks.autoencoder import Convolution
from denoising.networks.engine.windows import Operation, Windows


@dataclass(frozen=True)
class Weight:
    """The parameters of a layer between `wide` channels of many samples and `narrow` ones of a window each.

    Attributes:
        matrix: shape (kernel_size * wide, narrow).
        bias: shape (output channels,).
        matrix_gradient, bias_gradient: of the loss, by these.
        kernel_size: samples of a window.
        stride, padding: see `Windows`.
    """

    matrix: Tensor
    bias: Tensor
    matrix_gradient: Tensor
    bias_gradient: Tensor
    kernel_size: int
    stride: int
    padding: int

    @property
    def wide(self) -> int:
        """Channels of the many samples."""
        return len(self.matrix) // self.kernel_size

    @property
    def narrow(self) -> int:
        """Channels of the windows."""
        return self.matrix.shape[1]

    def windows(self, size: int, length: int) -> Windows:
        """Those of a number of signals with `wide` channels."""
        return Windows(size, length, self.wide, self.kernel_size, self.stride, self.padding)


def moved(layer: Convolution, place: Tensor) -> Weight:
    """The parameters of a layer at another place, where the layer sees them from then on.

    Args:
        place: for the parameters and for their gradients, shape (2, numbers).
    """
    assert layer.bias is not None
    weight = layer.weight.detach().permute(2, 1, 0)  # (kernel_size, wide, narrow) for both kinds of layer
    weights, biases = place.split([weight.numel(), layer.bias.numel()], dim=1)
    matrix, matrix_gradient = weights.view(2, *weight.shape)
    bias, bias_gradient = biases
    matrix.copy_(weight)
    bias.copy_(layer.bias.detach())
    layer.weight.data, layer.bias.data = matrix.permute(2, 1, 0), bias
    padding = layer.padding[0]
    assert isinstance(padding, int)
    return Weight(
        matrix.flatten(0, 1),
        bias,
        matrix_gradient.flatten(0, 1),
        bias_gradient,
        kernel_size=len(weight),
        stride=layer.stride[0] if padding else len(weight),  # without padding, one window is the signal
        padding=padding,
    )


class Down:
    """A convolution: the windows of the input times the weights."""

    def __init__(self, size: int, length: int, weight: Weight) -> None:
        self.weight = weight
        self.windows = weight.windows(size, length)
        self.input = self.windows.signals
        self.output, self.gradient = torch.empty(2, size, self.windows.number, weight.narrow)
        self.output_rows, self.gradient_rows = self.output.flatten(0, 1), self.gradient.flatten(0, 1)

    def forward(self) -> Iterator[Operation]:
        """The output from the input."""
        weight, windows = self.weight, self.windows.matrix
        yield from self.windows.unroll()
        yield partial(torch.addmm, weight.bias, windows, weight.matrix, out=self.output_rows)

    def backward(self) -> Iterator[Operation]:
        """Add up the gradients by weights and bias, from that by the output."""
        rows, weight = self.gradient_rows, self.weight
        yield partial(weight.matrix_gradient.addmm_, self.windows.matrix.t(), rows)
        yield partial(weight.bias_gradient.addmv_, rows.t(), torch.ones(len(rows)))

    def backward_to_input(self) -> Iterator[Operation]:
        """The gradient by the input, where its windows were."""
        yield partial(torch.mm, self.gradient_rows, self.weight.matrix.t(), out=self.windows.matrix)
        yield from self.windows.fold()

    def parts_of_output(self, *others: Tensor) -> Iterator[tuple[Tensor, ...]]:
        """The output beside others of its shape, part by part."""
        yield self.output, *others

    def parts_of_input_gradient(self, *others: Tensor) -> Iterator[tuple[Tensor, ...]]:
        """The gradient by the input beside others of its shape, part by part."""
        return self.windows.folded(*others)


class Up:
    """A transposed convolution: windows of the output, which are the input times the weights."""

    def __init__(self, size: int, length: int, weight: Weight) -> None:
        self.weight = weight
        self.windows = weight.windows(size, length)
        self.gradient = self.windows.signals
        self.input, self.input_gradient = torch.empty(2, size, self.windows.number, weight.narrow)
        self.input_rows, self.gradient_rows = self.input.flatten(0, 1), self.input_gradient.flatten(0, 1)
        self.bias = torch.zeros(weight.kernel_size, weight.wide)

    def forward(self) -> Iterator[Operation]:
        """The output from the input."""
        weight, windows = self.weight, self.windows.matrix
        yield partial(self.bias[self.windows.middle].copy_, weight.bias)  # so that it is added once
        yield partial(torch.addmm, self.bias.flatten(), self.input_rows, weight.matrix.t(), out=windows)
        yield from self.windows.fold()

    def backward(self) -> Iterator[Operation]:
        """Add up the gradients by weights and bias, from that by the output."""
        rows, weight = self.windows.padded.flatten(0, 1), self.weight
        yield from self.windows.unroll()
        yield partial(weight.matrix_gradient.addmm_, self.windows.matrix.t(), self.input_rows)
        yield partial(weight.bias_gradient.addmv_, rows.t(), torch.ones(len(rows)))

    def backward_to_input(self) -> Iterator[Operation]:
        """The gradient by the input."""
        yield partial(torch.mm, self.windows.matrix, self.weight.matrix, out=self.gradient_rows)

    def parts_of_output(self, *others: Tensor) -> Iterator[tuple[Tensor, ...]]:
        """The output beside others of its shape, part by part."""
        return self.windows.folded(*others)

    def parts_of_input_gradient(self, *others: Tensor) -> Iterator[tuple[Tensor, ...]]:
        """The gradient by the input beside others of its shape, part by part."""
        yield self.input_gradient, *others
