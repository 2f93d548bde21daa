"""Trained networks as files, and read from what their training left."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Literal

from denoising.networks.settings import Device, Objective
from denoising.settings import Group
from tasks.cache.record import Record
from tasks.cache.store import Store

if TYPE_CHECKING:
    from torch import Tensor

    from denoising.models.card import Card
    from denoising.networks.autoencoder import Autoencoder


class DenoiserSettings(Group):
    """What makes a denoiser of a trained network: its device, what it was trained for, and at which level."""

    device: Device
    objective: Objective
    alpha: float | None
    mask_width: int = 1


def network_to_bytes(card: "Card", weights: "Mapping[str, Tensor]") -> bytes:
    """A trained network as the content of a file that describes itself."""
    from denoising.models.model_file import to_bytes

    return to_bytes(card, {name: tensor.cpu().numpy() for name, tensor in weights.items()})


def load_network(
    trained: Record, store: Store, device: Device, weights: Literal["last", "best"] = "last"
) -> "Autoencoder":
    """The network of a cell after its last epoch, or that of the lowest validation error, on a device."""
    from denoising.models.model_file import from_bytes
    from denoising.models.networks_made import network_of
    from denoising.networks.device import resolve_device

    return network_of(*from_bytes(store.read(trained["outputs"][weights]))).to(resolve_device(device))
