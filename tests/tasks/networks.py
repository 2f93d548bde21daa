"""Networks as a training leaves them."""

from collections.abc import Mapping
from typing import Any

from denoising.models.describing import described
from denoising.networks.autoencoder import Autoencoder
from denoising.networks.training import copy_weights
from denoising.signals.dataset import SignalSet
from tasks.formats.network import network_to_bytes


def written(design: Mapping[str, Any], network: Autoencoder, signals: SignalSet) -> bytes:
    """The file of a network that was trained on sinusoids."""
    data = {"signals": "formula", "alpha": 0.2}
    told = described(signals, data, kind="network", label="network", design=design)
    return network_to_bytes(told, copy_weights(network))
