"""The network of the study: a 1-D convolutional autoencoder and its variants."""

from collections.abc import Iterator
from copy import deepcopy
from itertools import pairwise
from math import sqrt
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor, nn
from torch.nn.functional import batch_norm

from denoising.networks.layers import Layer, lengths_of, max_depth, widths_of

if TYPE_CHECKING:
    from denoising.networks.settings import Activation, Initialisation, Normalisation

INFERENCE_BATCH = 512
Convolution = nn.Conv1d | nn.ConvTranspose1d


class Conv1d(nn.Conv1d):
    """A convolution whose constructor draws no weights; `initialise` does.

    `torch.nn.utils.skip_init` also skips them, but takes four times as long as making a layer.
    """

    def reset_parameters(self) -> None:
        """Do nothing; PyTorch would draw the weights here."""


class ConvTranspose1d(nn.ConvTranspose1d):
    """A transposed convolution whose constructor draws no weights; `initialise` does."""

    def reset_parameters(self) -> None:
        """Do nothing; PyTorch would draw the weights here."""


class BatchNorm(nn.BatchNorm1d):
    """Batch normalisation that uses its running statistics when a batch has only one value per channel.

    One value has no variance, and PyTorch's own class raises an error there.
    """

    def forward(self, signals: Tensor) -> Tensor:
        """Normalise signals of shape (batch, channels, length); the result has the same shape."""
        if self.training and signals.shape[0] * signals.shape[2] == 1:
            mean, variance = self.running_mean, self.running_var
            return batch_norm(signals, mean, variance, self.weight, self.bias, eps=self.eps)
        return super().forward(signals)


class Autoencoder(nn.Module):
    """An encoder of `depth` convolutions and a decoder of as many transposed convolutions.

    A ReLU follows every layer except the last, whose output is linear; with activation `none`, no layer has
    one, and the network is a linear map plus a constant. The output is exactly as long as the input, for
    every length. There are no skip connections unless `skips` is true.

    Batch normalisation comes between a convolution and its ReLU (Ioffe & Szegedy 2015); a skip connection is
    added before the decoder's ReLU (Mao et al. 2016, RED-Net). The decoder's channels mirror the encoder's.
    If `latent_size` is not a multiple of the innermost length, a dense layer (a convolution over the whole
    innermost signal) maps to `latent_size` numbers and a second one maps back. Neither is normalised, and
    the first has no ReLU.

    Args:
        depth: number of encoder layers, 1 to floor(log2(signal_length)).
        channels: channels of the first layer.
        kernel_size: samples that a kernel spans, an odd number.
        signal_length: samples of a signal.
        generator: source of the initial weights; the global random state is not touched.
        growth, max_channels, stride, latent_size, skips, normalisation, initialisation, activation: see
            `NetworkSettings`.

    Raises:
        ValueError: the kernel size is even, or the depth is out of its range.
    """

    def __init__(
        self,
        *,
        depth: int,
        channels: int,
        kernel_size: int,
        signal_length: int,
        generator: torch.Generator,
        growth: int = 1,
        max_channels: int = 64,
        stride: int = 2,
        latent_size: int = 0,
        skips: bool = False,
        normalisation: "Normalisation" = "none",
        initialisation: "Initialisation" = "default",
        activation: "Activation" = "relu",
    ) -> None:
        super().__init__()
        if kernel_size % 2 == 0:
            raise ValueError(f"kernel_size {kernel_size} is even: use an odd one, such as 3")
        deepest = max_depth(signal_length)
        if not 1 <= depth <= deepest:
            raise ValueError(f"depth {depth}: signals of {signal_length} samples allow 1 to {deepest}")
        self.lengths = lengths = lengths_of(signal_length, depth, stride)
        widths = widths_of(lengths, channels, growth, max_channels, latent_size)
        innermost = widths[-1]
        fits = latent_size % lengths[-1] == 0
        self.skips = skips
        self.activation = activation
        self.latent_size = latent_size or innermost * lengths[-1]
        shape: dict[str, Any] = {"kernel_size": kernel_size, "stride": stride, "padding": kernel_size // 2}
        self.encoder = nn.ModuleList(Conv1d(outer, inner, **shape) for outer, inner in pairwise(widths))
        whole = (innermost, self.latent_size, lengths[-1])
        self.code = nn.ModuleList(
            [] if fits else [Conv1d(*whole), ConvTranspose1d(whole[1], whole[0], whole[2])]
        )
        # Halving rounds up, so doubling may give one sample too few; output_padding adds it.
        self.decoder = nn.ModuleList(
            ConvTranspose1d(
                widths[level + 1],
                widths[level],
                output_padding=(lengths[level] - 1) % stride,
                **shape,
            )
            for level in reversed(range(depth))
        )
        inner_widths = [*widths[1:], *widths[-2:0:-1]]  # channels after every convolution but the last
        self.norms = nn.ModuleList(
            BatchNorm(width) if normalisation == "batch" else nn.Identity() for width in inner_widths
        )
        linear = (self.decoder[-1], *self.code[:1]) if activation == "relu" else tuple(self.layers())
        for module in self.layers():
            initialise(module, generator, initialisation, gain=1 if module in linear else sqrt(2))

    def layers(self) -> Iterator[Convolution]:
        """Yield the convolutions in the order in which a signal passes them."""
        yield from self.encoder  # type: ignore[misc]
        yield from self.code  # type: ignore[misc]
        yield from self.decoder  # type: ignore[misc]

    @property
    def batch_norms(self) -> list[BatchNorm]:
        """The batch normalisations in the order in which a signal passes them; empty if there are none."""
        return [norm for norm in self.norms if isinstance(norm, BatchNorm)]

    def forward(self, noisy: Tensor) -> Tensor:
        """Denoise signals of shape (batch, signal_length); the result has the same shape."""
        activate = torch.relu if self.activation == "relu" else nn.Identity()
        hidden = noisy.unsqueeze(1)  # (batch, 1, signal_length)
        depth = len(self.encoder)
        outputs = []
        for layer, norm in zip(self.encoder, self.norms[:depth], strict=True):
            hidden = activate(norm(layer(hidden)))
            outputs.append(hidden)
        if self.code:
            into, out_of = self.code
            hidden = activate(out_of(into(hidden)))
        *inner, last = self.decoder
        for layer, norm, across in zip(inner, self.norms[depth:], outputs[-2::-1], strict=True):
            hidden = norm(layer(hidden))
            hidden = activate(hidden + across if self.skips else hidden)
        output: Tensor = last(hidden).squeeze(1)
        return output

    @torch.no_grad()
    def architecture(self) -> list[Layer]:
        """Return the shapes of the input and of every layer's output, measured with a pass of zeros.

        The last encoder layer is the bottleneck. With dense layers, it has the shape of the first one's
        output.
        """
        hidden = torch.zeros(1, 1, self.lengths[0], device=next(self.parameters()).device)
        shapes = [Layer("input", 1, self.lengths[0])]
        for layer in self.encoder:
            hidden = layer(hidden)
            shapes.append(Layer("encoder", *hidden.shape[1:]))
        if self.code:
            into, out_of = self.code
            hidden = into(hidden)
            shapes[-1] = Layer("encoder", *hidden.shape[1:])
            hidden = out_of(hidden)
        for layer in self.decoder:
            hidden = layer(hidden)
            shapes.append(Layer("decoder", *hidden.shape[1:]))
        return shapes

    @property
    def narrowest(self) -> int:
        """The least numbers that any layer's output holds for a signal; the network's output is left out."""
        return min(layer.numbers for layer in self.architecture()[1:-1])

    @torch.no_grad()
    def receptive_field(self) -> int:
        """Return the largest number of input samples that one output sample depends on.

        It is measured with impulses on a copy of the network with positive weights, so that no ReLU hides a
        path. The dependence on other signals of a batch, by batch normalisation, is not counted.
        """
        positive = deepcopy(self).cpu().double().eval()
        for parameter in positive.parameters():
            parameter.fill_(1 / parameter[0].numel() if parameter.dim() > 1 else 0)
        for norm in positive.batch_norms:
            norm.reset_parameters()
        responses = positive(torch.eye(self.lengths[0], dtype=torch.float64))
        return int((responses > 0).sum(dim=0).max())

    def n_parameters(self) -> int:
        """Return the number of trainable parameters."""
        return sum(parameter.numel() for parameter in self.parameters())


def denoise(network: Autoencoder, noisy: Tensor) -> Tensor:
    """Return the network's output in evaluation mode for signals of shape (n, signal_length)."""
    training = network.training
    network.eval()
    with torch.inference_mode():
        denoised = torch.cat([network(batch) for batch in noisy.split(INFERENCE_BATCH)])
    network.train(training)
    return denoised


@torch.no_grad()
def initialise(
    layer: Convolution, generator: torch.Generator, initialisation: "Initialisation", gain: float
) -> None:
    """Draw a layer's initial weights from `generator`.

    - `default`: weights and biases from U(-1/sqrt(fan_in), 1/sqrt(fan_in)), as in PyTorch. As there, fan_in
      is the product of the weight's axes but the first, for transposed convolutions too.
    - `orthogonal`: the weight as a matrix has orthonormal rows or columns, times the gain (Saxe et al. 2013);
      biases are 0.
    - `delta_orthogonal`: the middle tap is such a matrix, the other taps and the biases are 0 (Xiao et al.
      2018). A layer without padding spans the whole signal and has no middle tap; it gets `orthogonal`.
    """
    weight, bias = layer.weight, layer.bias
    assert bias is not None
    if initialisation == "default":
        bound = 1 / sqrt(weight[0].numel())
        weight.uniform_(-bound, bound, generator=generator)
        bias.uniform_(-bound, bound, generator=generator)
        return
    bias.zero_()
    middle = layer.padding[0] if isinstance(layer.padding, tuple) else 0
    if initialisation == "delta_orthogonal" and middle:
        weight.zero_()
        tap = torch.empty(weight.shape[:2])
        weight[:, :, middle] = nn.init.orthogonal_(tap, gain, generator=generator)
    else:
        nn.init.orthogonal_(weight, gain, generator=generator)
