"""The shape of an autoencoder, without PyTorch."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil
from typing import Literal


@dataclass(frozen=True)
class Layer:
    """The shape of one layer's output, or of the input: `channels` x `length` numbers per signal."""

    part: Literal["input", "encoder", "decoder"]
    channels: int
    length: int

    @property
    def numbers(self) -> int:
        """How many numbers it holds."""
        return self.channels * self.length


def max_depth(signal_length: int) -> int:
    """Return the largest depth for signals of a length: floor(log2(signal_length))."""
    return signal_length.bit_length() - 1


def lengths_of(signal_length: int, depth: int, stride: int) -> list[int]:
    """Return the length of the input and of every encoder layer's output; each is divided and rounded up."""
    lengths = [signal_length]
    for _ in range(depth):
        lengths.append(ceil(lengths[-1] / stride))
    return lengths


def widths_of(
    lengths: Sequence[int], channels: int, growth: int, max_channels: int, latent_size: int
) -> list[int]:
    """Return the channels of the input and of every encoder layer.

    Layer i, from 1, has channels * growth^(i - 1), at most `max_channels` unless `channels` are more. A layer
    that would hold fewer numbers than the latent gets as many channels as it needs. If the innermost length
    divides the latent size, the innermost layer is the latent.

    Args:
        lengths: what `lengths_of` returns.
        channels, growth, max_channels, latent_size: see `NetworkSettings`.
    """
    most = max(channels, max_channels)
    widths = [min(channels * growth**level, most) for level in range(len(lengths) - 1)]
    needed = [ceil(latent_size / length) for length in lengths[1:]]
    widths = [max(pair) for pair in zip(widths, needed, strict=True)]
    if latent_size and latent_size % lengths[-1] == 0:
        widths[-1] = needed[-1]
    return [1, *widths]
