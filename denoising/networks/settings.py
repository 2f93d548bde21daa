"""The settings of networks and their training, with their defaults, bounds and help texts.

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
Activation = Literal["relu", "none"]
Objective = Literal["denoising", "plain", "plain_on_clean", "noise2noise", "blind_spot"]


def odd(kernel_size: int) -> int:
    """Return the kernel size if it is odd, else raise ValueError."""
    if kernel_size % 2 == 0:
        raise ValueError("an even kernel has no middle sample; use an odd number, such as 3")
    return kernel_size


Odd = Annotated[int, AfterValidator(odd)]


class NetworkSettings(Group):
    """The settings that decide the network, except its depth."""

    channels: int = Field(
        16,
        ge=1,
        le=4096,
        description="Channels of the first layer; with growth 1, of every layer but the last.",
    )
    growth: int = Field(
        1,
        ge=1,
        le=8,
        description="Factor of the channels from one encoder layer to the next. With 2, a layer of half the "
        "length holds as many numbers.",
    )
    max_channels: int = Field(64, ge=1, le=4096, description="Channels up to which they grow.")
    kernel_size: Odd = Field(3, ge=3, le=255, description="Samples that a kernel spans; an odd number.")
    stride: int = Field(
        2, ge=1, le=2, description="Samples from one window of a layer to the next; 1 keeps the length."
    )
    latent_size: int = Field(
        0,
        ge=0,
        le=65536,
        description="Numbers in the bottleneck, than which no other layer holds fewer: layers that would get "
        "more channels. A multiple of the innermost layer's length sets that layer's channels; for any other "
        "number, dense layers are added. With 0, the bottleneck is what 'channels' and 'growth' make it.",
    )
    skips: bool = Field(
        False,
        description="Add the output of each encoder layer, except the innermost, to the decoder's output of "
        "the same length.",
    )
    normalisation: Normalisation = Field(
        "none",
        description="Normalisation after every convolution except the last: 'none', or 'batch' for batch "
        "normalisation.",
    )
    initialisation: Initialisation = Field(
        "default",
        description="Initial weights: 'default' is PyTorch's, 'orthogonal' is an orthogonal matrix, and "
        "'delta_orthogonal' is one in the middle of the kernel and 0 elsewhere.",
    )
    activation: Activation = Field(
        "relu",
        description="What follows every layer except the last: 'relu', or 'none' for a linear autoencoder.",
    )


class TrainingSettings(Group):
    """The settings that decide the training, except its seed."""

    epochs: int = Field(50, ge=1, le=100_000, description="Passes over the training signals.")
    batch_size: int = Field(64, ge=1, le=MAX_SIGNALS, description="Signals in one step of the optimiser.")
    learning_rate: float = Field(
        1e-3, gt=0, le=1, allow_inf_nan=False, description="Step size of the optimiser, Adam."
    )
    schedule: Schedule = Field(
        "constant",
        description="Course of the learning rate: 'constant', or 'one_cycle', which rises to 'learning_rate' "
        "over 30% of the steps and then falls to 0.",
    )
    objective: Objective = Field(
        "denoising",
        description="What the network learns: 'denoising', the clean signal from the noisy one; 'plain', the "
        "noisy signal from itself (its output is then divided by 1 - alpha); 'plain_on_clean', the clean "
        "signal from itself (noisy input is then divided by 1 - alpha); 'noise2noise', from the noisy signal "
        "a second noisy copy, divided by 1 - alpha; 'blind_spot', hidden samples of the noisy signal from "
        "their neighbours (its output is then divided by 1 - alpha).",
    )
    mask_width: int = Field(
        1,
        ge=1,
        le=256,
        description="Neighbouring samples that objective 'blind_spot' hides together. Only the middle one "
        "counts. For noise that samples share up to a distance, use more than twice that distance.",
    )
    blind: bool = Field(
        False,
        description="Train for many noise levels at once: each signal gets a random one from 0 to alpha.",
    )
    fresh: bool = Field(
        False, description="Draw new training signals for every epoch instead of using the same ones again."
    )
    device: Device = Field(
        "cpu", description="Device for training: 'auto' is CUDA if the machine has it, else the CPU."
    )

    @model_validator(mode="after")
    def blind_to_the_gain(self) -> Self:
        if self.blind and self.objective in ("plain", "plain_on_clean", "blind_spot"):
            raise ValueError(
                f"blind true: objective {self.objective} needs the gain, and so the noise level, when it is "
                f"tested; use objective denoising or noise2noise"
            )
        return self

    @property
    def reads_source(self) -> bool:
        """Whether training itself draws signals or noise, in addition to its dataset."""
        return self.fresh or self.blind or self.objective == "noise2noise"
