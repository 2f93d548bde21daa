"""The autoencoder on one CPU core, with every convolution unrolled into one matrix product.

A convolution of stride 2 is the matrix of its input's windows times its weights; a transposed one is the
adjoint: the product gives windows, which are added up where they overlap (Chellapilla, Puri & Simard 2006,
"High performance convolutional neural networks for document processing"). Signals lie channels last, every
buffer is made once and the gradient is written out, so that a step is little but the products.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from itertools import pairwise

import torch
from torch import Tensor, nn

from denoising.model import Autoencoder
from denoising.windows import Operation, Windows

NEAR = 2**17  # numbers in the largest output of a layer, for as many signals as are taken at once


class Unrolled:
    """A network whose parameters are moved into one vector, and which sees them there from then on.

    Attributes:
        parameters: that vector.
        gradient: of the loss, by the vector.
    """

    def __init__(self, network: Autoencoder) -> None:
        self.lengths = network.lengths
        self.parameters, self.gradient = torch.zeros(2, network.n_parameters())
        self.weights = list(in_one_vector(list(network.layers()), self.parameters, self.gradient))
        self.at_once = max(1, NEAR // (self.lengths[1] * self.weights[0].narrow))
        self.passes: dict[int, Pass] = {}

    @torch.inference_mode()
    def differentiate(self, noisy: Tensor, clean: Tensor) -> None:
        """Make the gradient that of the mean squared error on signals of shape (n, signal_length)."""
        self.gradient.zero_()
        for some_noisy, some_clean in zip(noisy.split(self.at_once), clean.split(self.at_once), strict=True):
            through = self.pass_of(len(some_noisy))
            error = through.forward(some_noisy).sub_(some_clean)
            through.backward(error.mul_(2 / noisy.numel()))

    @torch.inference_mode()
    def denoise(self, noisy: Tensor) -> Tensor:
        """The network's output for signals of shape (n, signal_length); same shape."""
        denoised = torch.empty_like(noisy)
        for some, place in zip(noisy.split(self.at_once), denoised.split(self.at_once), strict=True):
            place.copy_(self.pass_of(len(some)).forward(some))
        return denoised

    def pass_of(self, size: int) -> "Pass":
        """The buffers for a number of signals."""
        if size not in self.passes:
            self.passes[size] = Pass(size, self.lengths, self.weights)
        return self.passes[size]


def windows_of_a_signal(network: Autoencoder) -> int:
    """Numbers in the largest matrix of windows that one signal has on its way through a network."""
    lengths = network.lengths
    return max(
        layer.weight[0].numel() * length
        for layer, length in zip(network.layers(), [*lengths[1:], *lengths[:0:-1]], strict=True)
    )


@dataclass(frozen=True)
class Weight:
    """The parameters of a layer between `wide` channels of many samples and `narrow` ones of half as many.

    Attributes:
        matrix: shape (kernel_size * wide, narrow).
        bias: shape (output channels,).
        matrix_gradient, bias_gradient: of the loss, by these.
        kernel_size: samples of a window.
    """

    matrix: Tensor
    bias: Tensor
    matrix_gradient: Tensor
    bias_gradient: Tensor
    kernel_size: int

    @property
    def wide(self) -> int:
        """Channels of the many samples."""
        return len(self.matrix) // self.kernel_size

    @property
    def narrow(self) -> int:
        """Channels of half as many."""
        return self.matrix.shape[1]


def in_one_vector(
    layers: list[nn.Conv1d | nn.ConvTranspose1d], vector: Tensor, gradient: Tensor
) -> Iterator[Weight]:
    """Move the parameters of layers into a vector, each weight as the matrix that a product needs.

    Args:
        layers: see their parameters there from then on.
        vector, gradient: shape (n_parameters,).
    """
    start = 0
    for layer in layers:
        assert layer.bias is not None
        weight = layer.weight.detach().permute(2, 1, 0)  # (kernel_size, wide, narrow) for both kinds of layer
        middle = start + weight.numel()
        end = middle + layer.bias.numel()
        matrix, bias = vector[start:middle].view(weight.shape), vector[middle:end]
        matrix.copy_(weight)
        bias.copy_(layer.bias.detach())
        layer.weight.data, layer.bias.data = matrix.permute(2, 1, 0), bias
        matrix_gradient = gradient[start:middle].view(weight.shape)
        yield Weight(
            matrix.flatten(0, 1), bias, matrix_gradient.flatten(0, 1), gradient[middle:end], len(weight)
        )
        start = end


class Pass:
    """A number of signals on their way through the network and back.

    Args:
        size: how many signals.
        lengths: samples at every level, the signals' first.
        weights: of the layers in the order a signal meets them.
    """

    def __init__(self, size: int, lengths: list[int], weights: list[Weight]) -> None:
        depth = len(weights) // 2
        down = [
            Down(size, length, weight) for length, weight in zip(lengths[:-1], weights[:depth], strict=True)
        ]
        up = [
            Up(size, length, weight) for length, weight in zip(lengths[-2::-1], weights[depth:], strict=True)
        ]
        self.layers: list[Down | Up] = [*down, *up]
        self.links = [Link(before, after) for before, after in pairwise(self.layers)]
        self.input = self.layers[0].input.squeeze(-1)
        self.output = torch.empty(size, lengths[0])
        self.gradient = self.layers[-1].gradient.squeeze(-1)
        self.forth = list(self.prepare_forward())
        self.back = list(self.prepare_backward())

    def forward(self, noisy: Tensor) -> Tensor:
        """The network's output, shape (size, signal_length); overwritten by the next."""
        self.input.copy_(noisy)
        for operation in self.forth:
            operation()
        return self.output

    def backward(self, gradient: Tensor) -> None:
        """Add up the gradients by the parameters, from that by the output of the same shape."""
        self.gradient.copy_(gradient)
        for operation in self.back:
            operation()

    def prepare_forward(self) -> Iterator[Operation]:
        """From the input to the output."""
        yield from self.layers[0].forward()
        for link in self.links:
            yield from link.forward()
            yield from link.after.forward()
        for mine, theirs in self.layers[-1].parts_of_output(self.output.unsqueeze(-1)):
            yield partial(theirs.copy_, mine)

    def prepare_backward(self) -> Iterator[Operation]:
        """From the gradient by the output to those by the parameters."""
        for link in reversed(self.links):
            yield from link.after.backward()
            yield from link.after.backward_to_input()
            yield from link.backward()
        yield from self.layers[0].backward()


class Down:
    """A convolution of stride 2: the windows of the input times the weights."""

    def __init__(self, size: int, length: int, weight: Weight) -> None:
        self.weight = weight
        self.windows = Windows(size, length, weight.wide, weight.kernel_size)
        self.input = self.windows.signals
        self.output, self.gradient = torch.empty(2, size, (length + 1) // 2, weight.narrow)
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
    """A transposed convolution of stride 2: windows of the output, which are the input times the weights."""

    def __init__(self, size: int, length: int, weight: Weight) -> None:
        self.weight = weight
        self.windows = Windows(size, length, weight.wide, weight.kernel_size)
        self.gradient = self.windows.signals
        self.input, self.input_gradient = torch.empty(2, size, (length + 1) // 2, weight.narrow)
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


class Link:
    """The ReLU between two layers, which is also how a layer's output gets to the next one's input."""

    def __init__(self, before: Down | Up, after: Down | Up) -> None:
        self.before, self.after = before, after

    def forward(self) -> Iterator[Operation]:
        """The input of the layer after, from the output of the one before."""
        for output, rectified in self.before.parts_of_output(self.after.input):
            yield partial(torch.clamp_min, output, 0, out=rectified)

    def backward(self) -> Iterator[Operation]:
        """The gradient by the output of the layer before, from that by the input of the one after."""
        relu_backward = torch.ops.aten.threshold_backward.grad_input
        for gradient, rectified, passed in self.after.parts_of_input_gradient(
            self.after.input, self.before.gradient
        ):
            yield partial(relu_backward, gradient, rectified, 0, grad_input=passed)
