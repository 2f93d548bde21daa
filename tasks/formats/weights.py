"""Named tensors, such as a network's weights, as the bytes of safetensors files."""

from collections.abc import Mapping

from safetensors.torch import load, save
from torch import Tensor


def to_safetensors(weights: Mapping[str, Tensor]) -> bytes:
    """Tensors by name as the content of a safetensors file."""
    return save(dict(weights))


def from_safetensors(content: bytes) -> dict[str, Tensor]:
    """The tensors in a safetensors file, by name."""
    return load(content)
