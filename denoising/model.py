"""The network of the study: a 1-D convolutional autoencoder without skip connections."""

from collections.abc import Iterator
from math import sqrt
from typing import Literal

import torch
from torch import Tensor, nn
from torch.nn.utils import skip_init

from denoising.architecture import Layer, max_depth

INFERENCE_BATCH = 512


class Autoencoder(nn.Module):
    """`depth` stride-2 convolutions down, as many transposed ones up, and nothing across.

    Every layer is followed by a ReLU but the last, whose output is linear. The output is exactly as
    long as the input, whatever that length is.

    Args:
        depth: number of encoder layers, 1 to floor(log2(signal_length)).
        channels: channels of every layer but the last.
        kernel_size: an odd number of samples.
        signal_length: samples of a signal.
        generator: where the initial weights come from; the global random state is not touched.
    """

    def __init__(
        self, *, depth: int, channels: int, kernel_size: int, signal_length: int, generator: torch.Generator
    ) -> None:
        super().__init__()
        if kernel_size % 2 == 0:
            raise ValueError(f"kernel_size {kernel_size} is even: use an odd one, such as 3")
        deepest = max_depth(signal_length)
        if not 1 <= depth <= deepest:
            raise ValueError(f"depth {depth}: signals of {signal_length} samples allow 1 to {deepest}")
        lengths = [signal_length]
        for _ in range(depth):
            lengths.append((lengths[-1] + 1) // 2)
        self.lengths = lengths
        layer = {"kernel_size": kernel_size, "stride": 2, "padding": kernel_size // 2}
        self.encoder = nn.ModuleList(
            skip_init(nn.Conv1d, 1 if level == 0 else channels, channels, **layer) for level in range(depth)
        )
        # Halving rounds up, so doubling back may need one sample more: output_padding adds it.
        self.decoder = nn.ModuleList(
            skip_init(
                nn.ConvTranspose1d,
                channels,
                1 if level == 0 else channels,
                output_padding=1 - lengths[level] % 2,
                **layer,
            )
            for level in reversed(range(depth))
        )
        for module in self.layers():
            initialise(module, generator)

    def layers(self) -> Iterator[nn.Conv1d | nn.ConvTranspose1d]:
        """The convolutions in the order a signal meets them."""
        yield from self.encoder  # type: ignore[misc]
        yield from self.decoder  # type: ignore[misc]

    def forward(self, noisy: Tensor) -> Tensor:
        """Denoise signals of shape (batch, signal_length); the result has the same shape."""
        hidden = noisy.unsqueeze(1)  # (batch, 1, signal_length)
        *inner, last = self.layers()
        for layer in inner:
            hidden = torch.relu(layer(hidden))
        output: Tensor = last(hidden).squeeze(1)
        return output

    @torch.no_grad()
    def architecture(self) -> list[Layer]:
        """The shape of the input and of every layer's output, read off a pass through the network."""
        hidden = torch.zeros(1, 1, self.lengths[0], device=next(self.parameters()).device)
        shapes = [Layer("input", 1, self.lengths[0])]
        for index, layer in enumerate(self.layers()):
            hidden = layer(hidden)
            part: Literal["encoder", "decoder"] = "encoder" if index < len(self.encoder) else "decoder"
            shapes.append(Layer(part, hidden.shape[1], hidden.shape[2]))
        return shapes

    def n_parameters(self) -> int:
        """How many numbers training adjusts."""
        return sum(parameter.numel() for parameter in self.parameters())


def denoise(network: Autoencoder, noisy: Tensor) -> Tensor:
    """The network's output, in evaluation mode, for signals of shape (n, signal_length); same shape."""
    training = network.training
    network.eval()
    with torch.inference_mode():
        denoised = torch.cat([network(batch) for batch in noisy.split(INFERENCE_BATCH)])
    network.train(training)
    return denoised


@torch.no_grad()
def initialise(layer: nn.Conv1d | nn.ConvTranspose1d, generator: torch.Generator) -> None:
    """PyTorch's default for convolutions, U(-1/sqrt(fan_in), 1/sqrt(fan_in)), from a generator of our own.

    fan_in is counted as PyTorch does, from the weight's second and later axes, for transposed
    convolutions too.
    """
    bound = 1 / sqrt(layer.weight[0].numel())
    layer.weight.uniform_(-bound, bound, generator=generator)
    assert layer.bias is not None
    layer.bias.uniform_(-bound, bound, generator=generator)
