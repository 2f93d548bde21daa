"""The optimiser, on all parameters as one vector, and the course of its step size."""

from math import cos, pi, sqrt

import torch
from torch import Tensor

MEAN_DECAY, SQUARE_DECAY, EPSILON = 0.9, 0.999, 1e-8
RISE = 0.3  # of a cycle
FIRST = 1 / 25  # of the learning rate


class Adam:
    """Adam (Kingma & Ba 2015) with the authors' constants, which are PyTorch's defaults.

    On one vector it takes few operations; `torch.optim` spends more on its hooks, and a second on its import.

    Args:
        parameters: shape (n,), changed in place.
        gradient: of the loss by these, same shape, read at every step.
    """

    def __init__(self, parameters: Tensor, gradient: Tensor) -> None:
        self.parameters = parameters
        self.gradient = gradient
        self.mean = torch.zeros_like(gradient)
        self.square = torch.zeros_like(gradient)
        self.steps = torch.zeros((), dtype=torch.int64)

    @torch.inference_mode()
    def step(self, rate: float) -> None:
        """Move the parameters against the gradient by about `rate` each."""
        self.steps += 1
        n = int(self.steps)
        self.mean.lerp_(self.gradient, 1 - MEAN_DECAY)
        self.square.mul_(SQUARE_DECAY).addcmul_(self.gradient, self.gradient, value=1 - SQUARE_DECAY)
        scale = self.square.sqrt().div_(sqrt(1 - SQUARE_DECAY**n)).add_(EPSILON)
        self.parameters.addcdiv_(self.mean, scale, value=-rate / (1 - MEAN_DECAY**n))

    def state(self) -> dict[str, Tensor]:
        """What the steps to come depend on, beside parameters and gradients; changed by them."""
        return {"mean": self.mean, "square": self.square, "steps": self.steps}


def one_cycle(progress: float) -> float:
    """The share of the learning rate at a share of all steps (Smith & Topin 2019, "Super-convergence").

    It rises from a 25th to the whole for 30% of the steps and falls to nothing, both along a cosine.
    """
    if progress < RISE:
        return FIRST + (1 - FIRST) * (1 - cos(pi * progress / RISE)) / 2
    return (1 + cos(pi * (progress - RISE) / (1 - RISE))) / 2
