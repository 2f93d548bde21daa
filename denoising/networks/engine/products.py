"""Convolutions and transposed convolutions as matrix products, forward and backward."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

import torch
from torch import Tensor

from denoising.networks.autoencoder import Convolution
from denoising.networks.engine.windows import Operation, Windows


@dataclass(frozen=True)
class Weight:
    """The parameters of a layer, as a matrix between windows and single samples.

    The layer's longer side has `wide` channels; a window of it spans `kernel_size` samples. The shorter side
    has one sample of `narrow` channels for each window. A convolution goes from windows to samples, a
    transposed one from samples to windows.

    Attributes:
        matrix: shape (kernel_size * wide, narrow).
        bias: shape (output channels,).
        matrix_gradient, bias_gradient: the gradients of the loss by these.
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
        """Channels of the longer side."""
        return len(self.matrix) // self.kernel_size

    @property
    def narrow(self) -> int:
        """Channels of the shorter side."""
        return self.matrix.shape[1]

    def windows(self, size: int, length: int) -> Windows:
        """Make the windows of `size` signals of a length on the longer side."""
        return Windows(size, length, self.wide, self.kernel_size, self.stride, self.padding)


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
    padding = layer.padding[0]
    assert isinstance(padding, int)
    return Weight(
        matrix.flatten(0, 1),
        bias,
        matrix_gradient.flatten(0, 1),
        bias_gradient,
        kernel_size=len(weight),
        stride=layer.stride[0] if padding else len(weight),  # a dense layer's one window is the whole signal
        padding=padding,
    )


class Down:
    """A convolution of `size` signals of a length: the windows of the input times the weights."""

    def __init__(self, size: int, length: int, weight: Weight) -> None:
        self.weight = weight
        self.windows = weight.windows(size, length)
        self.input = self.windows.signals
        self.output, self.gradient = torch.empty(2, size, self.windows.number, weight.narrow)
        self.output_rows, self.gradient_rows = self.output.flatten(0, 1), self.gradient.flatten(0, 1)

    def forward(self) -> Iterator[Operation]:
        """Make the output from the input."""
        weight, windows = self.weight, self.windows.matrix
        yield from self.windows.unroll()
        yield partial(torch.addmm, weight.bias, windows, weight.matrix, out=self.output_rows)

    def backward(self) -> Iterator[Operation]:
        """Add to the gradients by weights and bias, from the gradient by the output."""
        rows, weight = self.gradient_rows, self.weight
        yield partial(weight.matrix_gradient.addmm_, self.windows.matrix.t(), rows)
        yield partial(weight.bias_gradient.addmv_, rows.t(), torch.ones(len(rows)))

    def backward_to_input(self) -> Iterator[Operation]:
        """Make the gradient by the input; it overwrites the windows of the input."""
        yield partial(torch.mm, self.gradient_rows, self.weight.matrix.t(), out=self.windows.matrix)
        yield from self.windows.fold()

    def parts_of_output(self, *others: Tensor) -> Iterator[tuple[Tensor, ...]]:
        """Yield matching parts of the output and of other tensors of its shape."""
        yield self.output, *others

    def parts_of_input_gradient(self, *others: Tensor) -> Iterator[tuple[Tensor, ...]]:
        """Yield matching parts of the gradient by the input and of other tensors of its shape."""
        return self.windows.folded(*others)


class Up:
    """A transposed convolution to `size` signals of a length.

    The input times the weights gives windows of the output, which are added up where they overlap.
    """

    def __init__(self, size: int, length: int, weight: Weight) -> None:
        self.weight = weight
        self.windows = weight.windows(size, length)
        self.gradient = self.windows.signals
        self.input, self.input_gradient = torch.empty(2, size, self.windows.number, weight.narrow)
        self.input_rows, self.gradient_rows = self.input.flatten(0, 1), self.input_gradient.flatten(0, 1)
        self.bias = torch.zeros(weight.kernel_size, weight.wide)

    def forward(self) -> Iterator[Operation]:
        """Make the output from the input."""
        weight, windows = self.weight, self.windows.matrix
        # Each sample lies in the middle of one window only, so that it gets the bias once.
        yield partial(self.bias[self.windows.middle].copy_, weight.bias)
        yield partial(torch.addmm, self.bias.flatten(), self.input_rows, weight.matrix.t(), out=windows)
        yield from self.windows.fold()

    def backward(self) -> Iterator[Operation]:
        """Add to the gradients by weights and bias, from the gradient by the output."""
        rows, weight = self.windows.padded.flatten(0, 1), self.weight
        yield from self.windows.unroll()
        yield partial(weight.matrix_gradient.addmm_, self.windows.matrix.t(), self.input_rows)
        yield partial(weight.bias_gradient.addmv_, rows.t(), torch.ones(len(rows)))

    def backward_to_input(self) -> Iterator[Operation]:
        """Make the gradient by the input."""
        yield partial(torch.mm, self.windows.matrix, self.weight.matrix, out=self.gradient_rows)

    def parts_of_output(self, *others: Tensor) -> Iterator[tuple[Tensor, ...]]:
        """Yield matching parts of the output and of other tensors of its shape."""
        return self.windows.folded(*others)

    def parts_of_input_gradient(self, *others: Tensor) -> Iterator[tuple[Tensor, ...]]:
        """Yield matching parts of the gradient by the input and of other tensors of its shape."""
        yield self.input_gradient, *others
