"""The shape of an autoencoder, without PyTorch."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Layer:
    """The shape of one layer's output, or of the input: `channels` x `length` numbers per signal."""

    part: Literal["input", "encoder", "decoder"]
    channels: int
    length: int


def max_depth(signal_length: int) -> int:
    """Return the largest depth for signals of a length: floor(log2(signal_length))."""
    return signal_length.bit_length() - 1
