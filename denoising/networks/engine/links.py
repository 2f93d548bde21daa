"""The links between layers: they bring one layer's output to the next layer's input, and gradients back."""

from collections.abc import Iterator
from functools import partial

import torch

from denoising.networks.engine.normalisation import Norm, Normaliser
from denoising.networks.engine.products import Down, Up
from denoising.networks.engine.windows import Operation


class Link:
    """Optional normalisation, the optional end of a skip connection, and an optional ReLU, in this order.

    Attributes:
        rectifies: whether it has a ReLU.
        gradient: the gradient of the loss by the ReLU's input, shape (size, length, channels).
        skip_from: the link whose output is added to this one's before the ReLU.
        skip_to: the link to which this one's output is added.
    """

    def __init__(
        self, before: Down | Up, after: Down | Up, norm: Norm | None, *, rectifies: bool, training: bool
    ) -> None:
        self.before, self.after, self.rectifies = before, after, rectifies
        self.normaliser = Normaliser(after.input.shape, norm, training) if norm else None
        self.gradient = self.normaliser.gradient if self.normaliser else before.gradient
        self.skip_from: Link | None = None
        self.skip_to: Link | None = None

    def forward(self) -> Iterator[Operation]:
        """Make the input of the layer after from the output of the layer before."""
        others = [self.after.input, *([self.skip_from.after.input] if self.skip_from else [])]
        parts = self.before.parts_of_output(*others)
        if self.normaliser:
            for output, values in self.before.parts_of_output(self.normaliser.values):
                yield partial(values.copy_, output)
            yield from self.normaliser.forward()
            parts = iter([(self.normaliser.output, *others)])
        for output, passed, *skipped in parts:
            for other in skipped:
                yield partial(torch.add, output, other, out=passed)
            if self.rectifies:
                yield partial(torch.clamp_min, passed if skipped else output, 0, out=passed)
            elif not skipped:
                yield partial(passed.copy_, output)

    def backward(self) -> Iterator[Operation]:
        """Make the gradient by the output of the layer before from that by the input of the layer after."""
        relu_backward = torch.ops.aten.threshold_backward.grad_input
        others = [self.after.input, self.gradient, *([self.skip_to.gradient] if self.skip_to else [])]
        for gradient, rectified, passed, *skipped in self.after.parts_of_input_gradient(*others):
            for other in skipped:
                yield partial(gradient.add_, other)
            if self.rectifies:
                yield partial(relu_backward, gradient, rectified, 0, grad_input=passed)
            else:
                yield partial(passed.copy_, gradient)
        if self.normaliser:
            yield from self.normaliser.backward()
            yield partial(self.before.gradient.copy_, self.normaliser.output)
