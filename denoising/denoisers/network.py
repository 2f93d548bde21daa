"""A trained network that is called like any other denoiser."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch

from denoising.networks.autoencoder import Autoencoder, denoise

if TYPE_CHECKING:  # so that a network alone can be run without what measures and trains it
    from denoising.measure.metrics import Signals
    from denoising.signals.dataset import SignalSet


@dataclass(frozen=True)
class Network:
    """Runs a network on its own device; input and output are each multiplied by a gain."""

    network: Autoencoder
    input_gain: float = 1.0
    output_gain: float = 1.0

    def __call__(self, noisy: "Signals") -> "Signals":
        device = next(self.network.parameters()).device
        signals = torch.tensor(noisy, dtype=torch.float32, device=device)
        denoised = denoise(self.network, signals * self.input_gain) * self.output_gain
        result: Signals = denoised.cpu().numpy()
        return result

    def on(self, signals: "SignalSet") -> "Signals":
        """Denoise the noisy ones of some signals, which the network sees standardised; at their own scale."""
        return signals.restored(self(signals.standardised().noisy))
