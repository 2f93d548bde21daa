"""Batch normalisation of signals that lie channels last, and how its running statistics are settled.

With few channels a sample is a short row, and operations on short rows are slow: some samples are taken for
one row, and what belongs to a channel is repeated for each of them.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from math import gcd

import torch
from torch import Tensor

from denoising.networks.autoencoder import INFERENCE_BATCH, Autoencoder, BatchNorm
from denoising.networks.engine.windows import Operation

ROW = 64  # numbers, at most, where a sample has fewer


@dataclass(frozen=True)
class Norm:
    """A normalisation, its parameters and statistics; the latter stay where the module keeps them.

    Attributes:
        parameters, gradient: weight and bias, and the gradients by these; each shape (2, channels).
        mean, variance: the running ones, of every channel.
        n_batches: how many went into these.
    """

    module: BatchNorm
    parameters: Tensor
    gradient: Tensor
    mean: Tensor
    variance: Tensor
    n_batches: Tensor

    def follow(self, mean: Tensor, variance: Tensor, n: int) -> None:
        """Move the running statistics towards those of n samples; PyTorch makes the variance over n - 1."""
        momentum = self.module.momentum
        assert momentum is not None
        self.mean.lerp_(mean, momentum)
        self.variance.mul_(1 - momentum).add_(variance, alpha=momentum * n / (n - 1))
        self.n_batches.add_(1)


def moved_norm(module: BatchNorm, place: Tensor) -> Norm:
    """The parameters of a normalisation at another place, where the module sees them from then on.

    Args:
        place: for the parameters and for their gradients, shape (2, numbers).
    """
    parameters, gradient = place.view(2, 2, -1)
    for parameter, part in zip((module.weight, module.bias), parameters, strict=True):
        part.copy_(parameter.detach())
        parameter.data = part
    mean, variance, n_batches = module.buffers()
    return Norm(module, parameters, gradient, mean, variance, n_batches)


class Normaliser:
    """The normalisation of some signals.

    In evaluation mode, and where a channel has one value only, the statistics are the running ones.

    Attributes:
        values: to be normalised, shape (size, length, channels); overwritten.
        output: the normalised ones; once `backward` is done, the gradient by the values.
        gradient: of the loss, by the output.
    """

    def __init__(self, shape: torch.Size, norm: Norm, training: bool) -> None:
        self.norm = norm
        self.n, self.channels = shape[:2].numel(), shape[2]
        self.uses_batch = training and self.n > 1
        self.values, self.output, self.gradient = torch.empty(3, *shape)
        self.repeats = gcd(self.n, 1 << max(0, (ROW // self.channels).bit_length() - 1))
        row = (self.n // self.repeats, self.repeats * self.channels)
        self.rows, self.output_rows, self.gradient_rows = (
            each.view(row) for each in (self.values, self.output, self.gradient)
        )
        self.parameters = torch.empty(2, row[1])  # weight and bias
        self.sums = torch.empty(2, row[1])  # over rows
        self.mean, self.scale = torch.empty(2, row[1])

    def forward(self) -> Iterator[Operation]:
        """The output from the values, which become those of mean 0 and variance 1."""
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
        """Add up the gradients by weight and bias; the gradient by the values, where the output was."""
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
        """Make every channel's means, repeated, from the sums of what stands in the places of a row."""
        if self.repeats == 1:
            return partial(torch.mul, sums, 1 / self.n, out=means)
        each = torch.eye(self.channels).div(self.n).repeat(self.repeats, self.repeats)
        return partial(torch.mm, sums.view(-1, len(each)), each, out=means.view(-1, len(each)))

    def repeated(self, wide: Tensor) -> Tensor:
        """What belongs to channels, once for every sample of a row: shape (..., samples, channels)."""
        return wide.view(*wide.shape[:-1], -1, self.channels)


@torch.inference_mode()
def settle(network: Autoencoder, noisy: Tensor, forward: Callable[[Tensor], object]) -> None:
    """Make a network's running statistics those of its present weights on training signals.

    They become the mean of what every batch of as many signals as are taken at once has, weighted by its
    size. A batch of one value a channel has no variance and counts for nothing there.

    Args:
        noisy: shape (n, signal_length).
        forward: in training mode.
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
