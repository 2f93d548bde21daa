"""Where networks are trained and run."""

import torch

from denoising.networks.settings import Device


def resolve_device(device: Device) -> torch.device:
    """The device that a setting means here: `auto` is CUDA where there is one, else the CPU.

    Raises:
        ValueError: CUDA is asked for and absent.
    """
    available = torch.cuda.is_available()
    if device == "cuda" and not available:
        raise ValueError("device cuda: this machine offers no CUDA device; use cpu or auto")
    return torch.device("cuda" if available and device != "cpu" else "cpu")
