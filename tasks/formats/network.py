"""Trained networks, read from what their training left."""

from typing import TYPE_CHECKING, Literal

from denoising.networks.settings import Device, Objective
from denoising.settings import Group
from tasks.cache.record import Record
from tasks.cache.store import Store

if TYPE_CHECKING:
    from denoising.networks.autoencoder import Autoencoder


class DenoiserSettings(Group):
    """What makes a denoiser of a trained network: its device, what it was trained for, and at which level."""

    device: Device
    objective: Objective
    alpha: float | None
    mask_width: int = 1


def load_network(
    trained: Record, store: Store, device: Device, weights: Literal["last", "best"] = "last"
) -> "Autoencoder":
    """The network of a cell after its last epoch, or that of the lowest validation error, on a device."""
    import torch

    from denoising.networks.autoencoder import Autoencoder
    from denoising.networks.device import resolve_device
    from tasks.formats.weights import from_safetensors

    files = trained["outputs"]
    network = Autoencoder(**store.read_json(files["network"]), generator=torch.Generator())
    network.load_state_dict(from_safetensors(store.read(files[weights])))
    return network.to(resolve_device(device))
