"""Makes the network that a model's file holds."""

from collections.abc import Mapping
from typing import Any

import torch
from numpy.typing import NDArray

from denoising.models.card import Card
from denoising.networks.autoencoder import Autoencoder


def network_of(card: Card, tensors: Mapping[str, NDArray[Any]]) -> Autoencoder:
    """Return a network with its weights, on the CPU."""
    network = Autoencoder(**card.design, generator=torch.Generator())
    network.load_state_dict({name: torch.from_numpy(tensor) for name, tensor in tensors.items()})
    return network
