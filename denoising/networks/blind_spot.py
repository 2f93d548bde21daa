"""Training without clean signals: a network has to tell hidden samples from their neighbours.

Noise that is independent from sample to sample cannot be told in this way, and so the network learns the
signal (Noise2Void: Krull, Buchholz & Jug 2019; Batson & Royer 2019).
"""

import torch
from torch import Tensor
from torch.nn.functional import max_pool1d, pad

from denoising.measure.j_invariance import width_in

HIDDEN_SHARE = 1 / 8  # of the samples, at most
REACH = 5  # a hidden sample is replaced by one up to so many samples outside of what is hidden with it


def hide(signals: Tensor, width: int, generator: torch.Generator) -> tuple[Tensor, Tensor]:
    """Return signals some of whose samples are replaced by others from nearby, and which of these count.

    Those are the middle ones of what is hidden together, so that noise that neighbours share tells nothing.

    Args:
        signals: shape (n, length).
        width: how many neighbouring samples are hidden together; at most a quarter of a signal is.
        generator: source of the choice; it is on the CPU.

    Returns:
        The signals, and 1 where a sample counts, else 0; both of shape (n, length).
    """
    n, length = signals.shape
    width = width_in(length, width)
    counted = (torch.rand(n, length, generator=generator) < HIDDEN_SHARE / width).float()
    around = pad(counted[:, None], (width // 2, (width - 1) // 2))
    hidden = max_pool1d(around, width, 1)[:, 0].to(signals.device)
    away = torch.randint(width, width + REACH, (n, length), generator=generator)
    side = 2 * torch.randint(0, 2, (n, length), generator=generator) - 1
    places = torch.arange(length) + away * side
    places = torch.where((places < 0) | (places >= length), torch.arange(length) - away * side, places)
    places = places.clamp(0, length - 1).to(signals.device)
    return torch.where(hidden > 0, signals.gather(1, places), signals), counted.to(signals.device)
