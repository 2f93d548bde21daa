"""The links between layers: they bring one layer's output to the next layer's input, and gradients back."""

from collections.abc import Iterator
from functools import partial

import torch

from denoising.networks.engine.normalisation import Norm, Normaliser
from denoising.networks.engine.products import Product
from denoising.networks.engine.sides import Operation


class Link:
    """Optional normalisation, the optional end of a skip connection, and an optional ReLU, in this order.

    Attributes:
        rectifies: whether it has a ReLU.
        gradient: the gradient of the loss by the ReLU's input, shape (size, length, channels).
        skip_from: the link whose output is added to this one's before the ReLU.
        skip_to: the link to which this one's output is added.
    """

    def __init__(
        self, before: Product, after: Product, norm: Norm | None, *, rectifies: bool, training: bool
    ) -> None:
        self.before, self.after, self.rectifies = before, after, rectifies
        self.normaliser = Normaliser(after.input.shape, norm, training) if norm else None
        self.gradient = self.normaliser.gradient if self.normaliser else before.gradient
        self.skip_from: Link | None = None
        self.skip_to: Link | None = None

    def forward(self) -> Iterator[Operation]:
        """Make the input of the layer after from the output of the layer before."""
        made, passed = self.before.output, self.after.input
        if self.normaliser:
            yield partial(self.normaliser.values.copy_, made)
            yield from self.normaliser.forward()
            made = self.normaliser.output
        if self.skip_from:
            yield partial(torch.add, made, self.skip_from.after.input, out=passed)
            made = passed
        if self.rectifies:
            yield partial(torch.clamp_min, made, 0, out=passed)
        elif made is not passed:
            yield partial(passed.copy_, made)

    def backward(self) -> Iterator[Operation]:
        """Make the gradient by the output of the layer before from that by the input of the layer after."""
        made = self.after.input_gradient
        if self.skip_to:
            yield partial(made.add_, self.skip_to.gradient)
        if self.rectifies:
            relu_backward = torch.ops.aten.threshold_backward.grad_input
            yield partial(relu_backward, made, self.after.input, 0, grad_input=self.gradient)
        else:
            yield partial(self.gradient.copy_, made)
        if self.normaliser:
            yield from self.normaliser.backward()
            yield partial(self.before.gradient.copy_, self.normaliser.output)
