"""The Adam optimiser on one vector of all parameters, and the one-cycle schedule of its learning rate."""

from math import cos, pi, sqrt

import torch
from torch import Tensor

MEAN_DECAY, SQUARE_DECAY, EPSILON = 0.9, 0.999, 1e-8
RISING_SHARE = 0.3
FIRST_RATE_SHARE = 1 / 25


class Adam:
    """Adam (Kingma & Ba 2015) with the authors' constants, which are PyTorch's defaults.

    On one vector, a step takes few operations. `torch.optim` would spend more time on its hooks than that,
    and its import takes a second.

    Args:
        parameters: shape (n,), changed in place.
        gradient: the gradient of the loss by the parameters, same shape, read at every step.
    """

    def __init__(self, parameters: Tensor, gradient: Tensor) -> None:
        self.parameters = parameters
        self.gradient = gradient
        self.mean = torch.zeros_like(gradient)
        self.square = torch.zeros_like(gradient)
        self.scale = torch.empty_like(gradient)
        self.steps = torch.zeros((), dtype=torch.int64)

    @torch.inference_mode()
    def step(self, rate: float) -> None:
        """Take one step: move each parameter by about `rate` against its gradient."""
        self.steps += 1
        n = int(self.steps)
        self.mean.lerp_(self.gradient, 1 - MEAN_DECAY)
        self.square.mul_(SQUARE_DECAY).addcmul_(self.gradient, self.gradient, value=1 - SQUARE_DECAY)
        share = sqrt(1 - SQUARE_DECAY**n)  # by which the root of `square` falls short after few steps
        torch.sqrt(self.square, out=self.scale).add_(EPSILON * share)
        self.parameters.addcdiv_(self.mean, self.scale, value=-rate * share / (1 - MEAN_DECAY**n))

    def state(self) -> dict[str, Tensor]:
        """Return the tensors that the next steps depend on; each step changes them in place."""
        return {"mean": self.mean, "square": self.square, "steps": self.steps}


def one_cycle(progress: float) -> float:
    """Return the factor of the learning rate when a share of all steps is done.

    It rises from 1/25 to 1 over 30% of the steps and then falls to 0, both along a cosine (Smith & Topin
    2019, "Super-convergence").

    Args:
        progress: the share of all steps that is done, from 0 to 1.
    """
    if progress < RISING_SHARE:
        return FIRST_RATE_SHARE + (1 - FIRST_RATE_SHARE) * (1 - cos(pi * progress / RISING_SHARE)) / 2
    return (1 + cos(pi * (progress - RISING_SHARE) / (1 - RISING_SHARE))) / 2
