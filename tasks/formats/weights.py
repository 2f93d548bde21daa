"""Named tensors, such as a network's weights, as the bytes of safetensors files."""

from collections.abc import Mapping
from typing import Any

from numpy.typing import NDArray
from safetensors.torch import load, save
from torch import Tensor


def to_safetensors(weights: Mapping[str, Tensor]) -> bytes:
    """Tensors by name as the content of a safetensors file."""
    return save(dict(weights))


def of_epochs(milestones: Mapping[int, Mapping[str, Tensor]]) -> bytes:
    """The weights of some epochs as the content of one safetensors file."""
    return save({f"{number}.{name}": t for number, own in milestones.items() for name, t in own.items()})


def by_epoch(content: bytes) -> dict[int, dict[str, NDArray[Any]]]:
    """The weights in a file that `of_epochs` made, by epoch."""
    found: dict[int, dict[str, NDArray[Any]]] = {}
    for key, tensor in load(content).items():
        number, _, name = key.partition(".")
        found.setdefault(int(number), {})[name] = tensor.numpy()
    return dict(sorted(found.items()))


def from_safetensors(content: bytes) -> dict[str, Tensor]:
    """The tensors in a safetensors file, by name."""
    return load(content)
