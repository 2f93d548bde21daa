"""The device on which networks are trained and run."""

import torch

from denoising.networks.settings import Device


def resolve_device(device: Device) -> torch.device:
    """Return the device that a setting stands for; `auto` is CUDA if this machine has it, else the CPU.

    Raises:
        ValueError: the setting is `cuda`, and this machine has no CUDA device.
    """
    available = torch.cuda.is_available()
    if device == "cuda" and not available:
        raise ValueError("device cuda: this machine offers no CUDA device; use cpu or auto")
    return torch.device("cuda" if available and device != "cpu" else "cpu")
