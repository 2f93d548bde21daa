"""Denoisers in use that tests make up."""

from typing import Any

import numpy as np
import torch

from denoising.denoisers.network import Network
from denoising.models.card import Card
from denoising.models.model import Model
from denoising.networks.autoencoder import Autoencoder

Array = np.ndarray
WINDOW = 32


def portrait(noise_std: float, octaves: int = 4) -> dict[str, Any]:
    """The portrait of signals with noise of this strength, of any spectrum."""
    return {
        "noise": noise_std,
        "power": 1 + noise_std**2,
        "low": [-200.0] * octaves,
        "high": [0.0] * octaves,
        "scales": [1.0, 1.0],
    }


def card(**changes: Any) -> Card:
    """The card of a denoiser of sinusoids."""
    told = {
        "kind": "classical", "label": "denoiser", "design": {}, "window": WINDOW, "level": "snr=10",
        "snr": 10.0, "signals": "formula", "rate": None, "unit": "", "portrait": portrait(0.3),
    }  # fmt: skip
    return Card(**{**told, **changes})


def bending(windows: Array) -> Array:
    """A denoiser that is not linear, and makes of each sample what depends on its window and its place."""
    place = np.linspace(-1, 1, windows.shape[1])
    mean = windows.mean(axis=1, keepdims=True)
    found: Array = np.tanh(windows) + 0.5 * np.sin(mean + place) + 0.2
    return found


def identity(windows: Array) -> Array:
    """A denoiser that changes nothing."""
    return windows


def model(denoiser: Any = bending, **changes: Any) -> Model:
    """A denoiser in use."""
    return Model(card(**changes), denoiser)


def network(window: int = 256, seed: int = 0, **changes: Any) -> Network:
    """A network of random weights."""
    design = {"depth": 3, "channels": 4, "kernel_size": 3, "signal_length": window, **changes}
    return Network(Autoencoder(**design, generator=torch.Generator().manual_seed(seed)).eval())


def noise(n: int, *key: int) -> Array:
    """White noise."""
    return np.random.default_rng([n, *key]).standard_normal(n)
