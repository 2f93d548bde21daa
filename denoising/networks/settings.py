"""The settings that decide a network and its training: names, defaults, bounds and help texts, written once.

Importing this module imports no torch.
"""

from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from denoising.settings import Group
from denoising.signals.settings import MAX_SIGNALS

Device = Literal["cpu", "cuda", "auto"]
Schedule = Literal["constant", "one_cycle"]
Normalisation = Literal["none", "batch"]
Initialisation = Literal["default", "orthogonal", "delta_orthogonal"]
Objective = Literal["denoising", "plain", "plain_on_clean", "noise2noise"]


def odd(kernel_size: int) -> int:
    """A kernel's size, if it has a middle."""
    if kernel_size % 2 == 0:
        raise ValueError("an even kernel has no middle sample; use an odd number, such as 3")
    return kernel_size


Odd = Annotated[int, AfterValidator(odd)]


class NetworkSettings(Group):
    """What decides the network, its depth apart."""

    channels: int = Field(16, ge=1, le=4096, description="Channels of every layer but the last.")
    kernel_size: Odd = Field(3, ge=3, le=255, description="Samples a kernel spans; an odd number.")
    stride: int = Field(
        2, ge=1, le=2, description="Samples from one window of a layer to the next; 1 leaves no bottleneck."
    )
    latent_size: int = Field(
        0,
        ge=0,
        le=65536,
        description="Numbers in the bottleneck: set by the channels of its layer, or by a dense layer where "
        "they are no multiple of its length; 0 leaves that layer the channels of the others.",
    )
    skips: bool = Field(
        False,
        description="Add each encoder layer's output, the innermost apart, to the decoder's of its length.",
    )
    normalisation: Normalisation = Field(
        "none", description="What follows every convolution but the last: 'batch' normalises over the batch."
    )
    initialisation: Initialisation = Field(
        "default",
        description="First weights: PyTorch's, 'orthogonal' ones, or 'delta_orthogonal' ones, which are "
        "orthogonal at a kernel's middle and 0 elsewhere.",
    )


class TrainingSettings(Group):
    """What decides the training, its seed apart."""

    epochs: int = Field(50, ge=1, le=100_000, description="Passes over the training signals.")
    batch_size: int = Field(64, ge=1, le=MAX_SIGNALS, description="Signals in a step of the optimiser.")
    learning_rate: float = Field(
        1e-3, gt=0, le=1, allow_inf_nan=False, description="Step size of the optimiser, Adam."
    )
    schedule: Schedule = Field(
        "constant",
        description="Course of the learning rate: 'constant', or 'one_cycle', which rises to it for 30% of "
        "the steps and then falls to nothing.",
    )
    objective: Objective = Field(
        "denoising",
        description="What is learned: 'denoising', clean from noisy; 'plain', noisy from noisy, its output "
        "divided by 1 - alpha; 'plain_on_clean', clean from clean, tested on noisy / (1 - alpha); "
        "'noise2noise', another noisy copy, divided by 1 - alpha, from the noisy one.",
    )
    blind: bool = Field(
        False,
        description="Train for all noise levels at once: each training signal has its own, from 0 to alpha.",
    )
    fresh: bool = Field(
        False, description="Draw as many new training signals for every epoch, in place of the same ones."
    )
    device: Device = Field(
        "cpu", description="Where networks are trained: 'auto' takes CUDA where there is one, else the CPU."
    )

    @model_validator(mode="after")
    def blind_to_the_gain(self) -> Self:
        if self.blind and self.objective in ("plain", "plain_on_clean"):
            raise ValueError(
                f"blind true: objective {self.objective} needs the gain, and so the noise level, when it is "
                f"tested; use objective denoising or noise2noise"
            )
        return self

    @property
    def reads_source(self) -> bool:
        """Whether a training draws signals or noise of its own, as its dataset was drawn."""
        return self.fresh or self.blind or self.objective == "noise2noise"
