"""The shape of an autoencoder, in numbers alone."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Layer:
    """What one layer gives: signals of `channels` x `length` numbers."""

    part: Literal["input", "encoder", "decoder"]
    channels: int
    length: int


def max_depth(signal_length: int) -> int:
    """The deepest autoencoder for a length: floor(log2(signal_length))."""
    return signal_length.bit_length() - 1
