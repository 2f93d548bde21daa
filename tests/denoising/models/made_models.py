"""Files of models whose numbers are drawn, for tests of what is done with them."""

from typing import Any

import numpy as np
import torch

from denoising.models.loading import model_of
from denoising.models.model import Model
from denoising.models.model_file import to_bytes
from denoising.networks.autoencoder import Autoencoder
from tests.denoising.models.made_up import WINDOW, card


def network_file(depth: int = 2, window: int = WINDOW, *, told: Any = (), **design: Any) -> bytes:
    """The file of a network; what its card tells can be given."""
    whole = {"depth": depth, "channels": 4, "kernel_size": 3, "signal_length": window, **design}
    network = Autoencoder(**whole, generator=torch.Generator().manual_seed(depth))
    for norm in network.batch_norms:  # as after some training
        torch.nn.init.uniform_(norm.running_mean, -0.5, 0.5, torch.Generator().manual_seed(1))
        torch.nn.init.uniform_(norm.running_var, 0.5, 2.0, torch.Generator().manual_seed(2))
    tensors = {name: tensor.numpy() for name, tensor in network.state_dict().items()}
    own = {"kind": "network", "label": f"network of depth {depth}", "design": whole}
    return to_bytes(card(window=window, **own, **dict(told)), tensors)


def classical_file(**told: Any) -> bytes:
    """The file of a projection on one direction; what its card tells can be given."""
    tensors = {"mean": np.zeros(WINDOW), "components": np.full((1, WINDOW), WINDOW**-0.5)}
    path, design = "denoising.denoisers.pca:PCA", {"gain": 1.0}
    return to_bytes(card(kind="classical", label="PCA", denoiser=path, design=design, **told), tensors)


def a_network(*shape: int, **more: Any) -> Model:
    """A network as it is after its file was read."""
    return model_of(network_file(*shape, **more), "a network")


def a_classical() -> Model:
    """A classical denoiser as it is after its file was read."""
    return model_of(classical_file(), "a classical denoiser")
