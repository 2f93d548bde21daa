"""Batch normalisation of signals with channels last, and the recomputing of its running statistics.

With few channels, a sample is a short row of numbers, and operations on short rows are slow. Several samples
are therefore joined to one row, and the values that belong to a channel are repeated along it.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from math import gcd

import torch
from torch import Tensor

from denoising.networks.autoencoder import INFERENCE_BATCH, Autoencoder, BatchNorm
from denoising.networks.engine.sides import Operation

MAX_JOINED_ROW = 64  # numbers in a row of several samples


@dataclass(frozen=True)
class Norm:
    """The parameters and running statistics of one batch normalisation.

    Attributes:
        module: the normalisation of the network.
        parameters: weight and bias, shape (2, channels).
        gradient: the gradient of the loss by the parameters, same shape.
        mean, variance: the module's own running statistics, shape (channels,) each.
        n_batches: how many batches these have seen, also the module's own.
    """

    module: BatchNorm
    parameters: Tensor
    gradient: Tensor
    mean: Tensor
    variance: Tensor
    n_batches: Tensor

    def follow(self, mean: Tensor, variance: Tensor, n: int) -> None:
        """Move the running statistics towards the mean and variance of n samples.

        As PyTorch does, this takes the unbiased variance, the sum of squares divided by n - 1.
        """
        momentum = self.module.momentum
        assert momentum is not None
        self.mean.lerp_(mean, momentum)
        self.variance.mul_(1 - momentum).add_(variance, alpha=momentum * n / (n - 1))
        self.n_batches.add_(1)


def moved_norm(module: BatchNorm, place: Tensor) -> Norm:
    """Move the parameters of a normalisation to `place`, where the module uses them from then on.

    Args:
        module: the normalisation.
        place: memory for the parameters (first row) and their gradients, shape (2, 2 * channels).
    """
    parameters, gradient = place.view(2, 2, -1)
    for parameter, part in zip((module.weight, module.bias), parameters, strict=True):
        part.copy_(parameter.detach())
        parameter.data = part
    mean, variance, n_batches = module.buffers()
    return Norm(module, parameters, gradient, mean, variance, n_batches)


class Normaliser:
    """The normalisation of signals of one shape.

    In evaluation mode, and where a channel has only one value, it uses the running statistics.

    Attributes:
        values: the input, shape (size, length, channels); `forward` overwrites it.
        output: the normalised values; `backward` overwrites them with the gradient of the loss by the input.
        gradient: the gradient of the loss by the output.
    """

    def __init__(self, shape: torch.Size, norm: Norm, training: bool) -> None:
        self.norm = norm
        self.n, self.channels = shape[:2].numel(), shape[2]
        self.uses_batch = training and self.n > 1
        self.values, self.output, self.gradient = torch.empty(3, *shape)
        self.repeats = gcd(self.n, 1 << max(0, (MAX_JOINED_ROW // self.channels).bit_length() - 1))
        row = (self.n // self.repeats, self.repeats * self.channels)
        self.rows, self.output_rows, self.gradient_rows = (
            each.view(row) for each in (self.values, self.output, self.gradient)
        )
        self.parameters = torch.empty(2, row[1])  # weight and bias
        self.sums = torch.empty(2, row[1])  # over rows
        self.mean, self.scale = torch.empty(2, row[1])

    def forward(self) -> Iterator[Operation]:
        """Make the output; the values are shifted and scaled to mean 0 and variance 1 on the way."""
        rows, (weight, bias) = self.rows, self.parameters
        if self.uses_batch:
            yield partial(torch.sum, rows, 0, out=self.sums[0])
            yield self.shared(self.sums[0], self.mean)
            yield partial(rows.sub_, self.mean)
            yield partial(torch.mul, rows, rows, out=self.output_rows)
            yield partial(torch.sum, self.output_rows, 0, out=self.sums[1])
            yield self.shared(self.sums[1], self.scale)
            mean, variance = self.mean[: self.channels], self.scale[: self.channels]
            yield partial(self.norm.follow, mean, variance, self.n)
        else:
            yield partial(self.repeated(self.mean).copy_, self.norm.mean)
            yield partial(self.repeated(self.scale).copy_, self.norm.variance)
            yield partial(rows.sub_, self.mean)
        yield partial(self.scale.add_, self.norm.module.eps)
        yield self.scale.rsqrt_
        yield partial(rows.mul_, self.scale)
        yield partial(self.repeated(self.parameters).copy_, self.norm.parameters.unsqueeze(1))
        yield partial(torch.addcmul, bias, rows, weight, out=self.output_rows)

    def backward(self) -> Iterator[Operation]:
        """Add to the gradients by weight and bias; overwrite the output with the gradient by the input."""
        rows, gradient, result = self.rows, self.gradient_rows, self.output_rows
        yield partial(torch.mul, gradient, rows, out=result)
        yield partial(torch.sum, result, 0, out=self.sums[0])
        yield partial(torch.sum, gradient, 0, out=self.sums[1])
        means = torch.empty_like(self.sums)
        yield self.shared(self.sums, means)
        yield partial(self.norm.gradient.add_, means[:, : self.channels], alpha=self.n)
        yield partial(self.scale.mul_, self.parameters[0])
        if self.uses_batch:
            yield partial(torch.sub, gradient, means[1], out=result)
            yield partial(result.addcmul_, rows, means[0], value=-1)
            yield partial(result.mul_, self.scale)
        else:
            yield partial(torch.mul, gradient, self.scale, out=result)

    def shared(self, sums: Tensor, means: Tensor) -> Operation:
        """Make each channel's mean, repeated along a row, from the column sums of the rows."""
        if self.repeats == 1:
            return partial(torch.mul, sums, 1 / self.n, out=means)
        each = torch.eye(self.channels).div(self.n).repeat(self.repeats, self.repeats)
        return partial(torch.mm, sums.view(-1, len(each)), each, out=means.view(-1, len(each)))

    def repeated(self, wide: Tensor) -> Tensor:
        """View a row, shape (..., numbers), as its samples, shape (..., samples, channels)."""
        return wide.view(*wide.shape[:-1], -1, self.channels)


@torch.inference_mode()
def settle(network: Autoencoder, noisy: Tensor, forward: Callable[[Tensor], object]) -> None:
    """Recompute a network's running statistics with its present weights on training signals.

    They become the mean over batches of at most `INFERENCE_BATCH` signals, weighted by the size of each. A
    batch with one value per channel has no variance and is left out.

    Args:
        network: the network, which `forward` runs.
        noisy: the training signals, shape (n, signal_length).
        forward: passes signals through the network in training mode.
    """
    norms = network.batch_norms
    if not norms:
        return
    momenta = [norm.momentum for norm in norms]
    for norm in norms:
        norm.reset_running_stats()
    seen = 0
    for chunk in noisy.split(INFERENCE_BATCH):
        seen += len(chunk)
        for norm in norms:
            norm.momentum = len(chunk) / seen
        forward(chunk)
    for norm, momentum in zip(norms, momenta, strict=True):
        norm.momentum = momentum
