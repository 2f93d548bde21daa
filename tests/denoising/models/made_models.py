"""Models whose numbers are drawn, for tests of what is done with them."""

from typing import Any

import numpy as np
import torch

from denoising.models.card import Card
from denoising.models.loading import model_of
from denoising.models.model import Model
from denoising.models.model_file import to_bytes
from denoising.networks.autoencoder import Autoencoder


def network_file(depth: int = 2, window: int = 32, *, told: Any = (), **design: Any) -> bytes:
    """The file of a network; what its card tells can be given."""
    whole = {"depth": depth, "channels": 4, "kernel_size": 3, "signal_length": window, **design}
    network = Autoencoder(**whole, generator=torch.Generator().manual_seed(depth))
    for norm in network.batch_norms:  # as after some training
        torch.nn.init.uniform_(norm.running_mean, -0.5, 0.5, torch.Generator().manual_seed(1))
        torch.nn.init.uniform_(norm.running_var, 0.5, 2.0, torch.Generator().manual_seed(2))
    usual = {
        "kind": "network", "label": f"network of depth {depth}", "design": whole, "window": window,
        "level": "snr=10", "snr": 10.0, "signals": "recordings", "rate": None, "unit": "", "portrait": {"noise": 0.3},
    }  # fmt: skip
    tensors = {name: tensor.numpy() for name, tensor in network.state_dict().items()}
    return to_bytes(Card(**{**usual, **dict(told)}), tensors)


def classical_file(*, told: Any = ()) -> bytes:
    """The file of a projection on one direction, for windows of 32 samples."""
    usual = {
        "kind": "classical", "label": "PCA", "denoiser": "denoising.denoisers.pca:PCA", "design": {"gain": 1.0},
        "window": 32, "level": "snr=10", "snr": 10.0, "signals": "recordings", "rate": None, "unit": "",
        "portrait": {"noise": 0.3},
    }  # fmt: skip
    tensors = {"mean": np.zeros(32), "components": np.full((1, 32), 32**-0.5)}
    return to_bytes(Card(**{**usual, **dict(told)}), tensors)


def a_network(*shape: int, **more: Any) -> Model:
    """A network as it is after its file was read."""
    return model_of(network_file(*shape, **more), "a network")


def a_classical() -> Model:
    """A classical denoiser as it is after its file was read."""
    return model_of(classical_file(), "a classical denoiser")
