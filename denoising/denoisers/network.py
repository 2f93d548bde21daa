"""A trained network as a denoiser like any other."""

from dataclasses import dataclass

import numpy as np
import torch

from denoising.metrics import Signals
from denoising.model import Autoencoder, denoise


@dataclass(frozen=True)
class Network:
    """A network as it is, on the device where it is."""

    network: Autoencoder

    def __call__(self, noisy: Signals) -> Signals:
        device = next(self.network.parameters()).device
        signals = torch.from_numpy(noisy.astype(np.float32, copy=False)).to(device)
        denoised: Signals = denoise(self.network, signals).cpu().numpy()
        return denoised
