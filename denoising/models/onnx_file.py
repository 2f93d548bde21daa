"""A trained network as an ONNX file that describes itself, for programs that have no PyTorch."""

import logging
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec

import torch
from torch import Tensor, nn

from denoising.models.card import Card
from denoising.models.model import Model
from denoising.models.model_file import KEY, ModelError, card_text
from denoising.models.networks_made import network_of
from denoising.networks.autoencoder import Autoencoder

NEEDED = ("onnx", "onnxscript")
OPSET = 18  # the version of ONNX's operators, which onnxruntime knows from 1.14 on
USAGE = (
    "noisy: windows of {} samples of a signal, float32, shape (batch, window), in the signal's own unit. "
    "centre: the median of the whole noisy signal. scale: half the distance between its percentiles "
    "15.865525 and 84.134475; both float32, shape (batch, 1). denoised: the windows without noise, as noisy. "
    "For a long signal, take windows that begin half a window apart, the first one half a window before its "
    "begin, and continue the signal at both ends by its mirror image about the first and the last sample. "
    "Each sample is the mean of the windows that hold it, weighted by sin(pi (i + 0.5) / window)^2 for "
    "sample i of a window."
)
EXAMPLES = 2  # PyTorch takes a batch of one for a constant


class InUse(nn.Module):
    """A network with what is done before and after it, as `Model.relative` does it."""

    def __init__(self, network: Autoencoder, card: Card) -> None:
        super().__init__()
        self.network = network
        self.into = card.input_gain * card.reference
        self.out_of = card.output_gain / card.reference

    def forward(self, noisy: Tensor, centre: Tensor, scale: Tensor) -> Tensor:
        """Denoise windows of shape (batch, window), given their centres and scales, shape (batch, 1)."""
        constant = scale == 0
        relative = self.into * (noisy - centre) / torch.where(constant, 1.0, scale)
        denoised = centre + self.out_of * scale * self.network(relative)
        return torch.where(constant, noisy, denoised)


def to_onnx(model: Model) -> bytes:
    """Return a network as the content of an ONNX file.

    Its inputs, all float32, are `noisy` of shape (batch, window), in the unit of the signal, and `centre` and
    `scale` of shape (batch, 1): the median and the spread of the signal that each window is from. Its output
    is `denoised`, of the shape and in the unit of `noisy`. A batch has any size. Where the scale is 0,
    windows are returned as they are. The metadata holds the model's card, as the header of a model's file
    does, and how to use it.

    Raises:
        ModelError: it is a classical denoiser, or packages are missing.
    """
    card = model.card
    if card.kind != "network":
        raise ModelError(f"{card.words}: a classical denoiser has no ONNX; export it as .safetensors")
    if not all(map(find_spec, NEEDED)):
        raise ModelError("ONNX needs more packages; install the project as '.[onnx]'")
    # Three tensors: PyTorch takes one that is given twice for a single input.
    examples = tuple(torch.ones(EXAMPLES, length) for length in (card.window, 1, 1))
    batch = {0: torch.export.Dim("batch")}
    with quiet():
        program = torch.onnx.export(
            InUse(network_of(card, model.tensors), card).eval(),
            examples,
            input_names=["noisy", "centre", "scale"],
            output_names=["denoised"],
            dynamic_shapes=(batch, batch, batch),
            opset_version=OPSET,
            dynamo=True,
            verbose=False,
        )
    assert program is not None
    for node in program.model.graph:
        node.metadata_props.clear()  # where in our files each comes from, with the paths of this machine
    program.model.metadata_props[KEY] = card_text(card, model.tensors)
    program.model.metadata_props["usage"] = USAGE.format(card.window)
    content: bytes = program.model_proto.SerializeToString()
    return content


@contextmanager
def quiet() -> Iterator[None]:
    """Keep PyTorch's exporter from telling what it is made of and which packages it does without."""
    logger = logging.getLogger("torch.onnx")
    level = logger.level
    logger.setLevel(logging.ERROR)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        logger.setLevel(level)
