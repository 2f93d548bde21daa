"""The engine for the CPU: every convolution is a few matrix products.

Channels are the last axis, every buffer is made once, and the gradient is written out by hand, so that a step
consists of little but these products.
"""

from collections.abc import Iterator
from itertools import pairwise

import torch
from torch import Tensor

from denoising.networks.autoencoder import Autoencoder
from denoising.networks.engine.links import Link
from denoising.networks.engine.normalisation import Norm, moved_norm, settle
from denoising.networks.engine.products import Product, Weight, moved, placement_of
from denoising.networks.engine.sides import Operation, Placement

# As many signals are passed at once as keep each layer's shorter side below this: 512 KiB fit into a cache.
MAX_SIDE_NUMBERS = 2**17


class Multiplied:
    """Runs a network by matrix products, with its parameters moved into one vector.

    The network uses the vector from then on, so that an optimiser can change all parameters at once.

    Attributes:
        parameters: the vector: the parameters of the layers in the order in which a signal passes them, then
            those of the normalisations.
        gradient: the gradient of the loss by that vector.
    """

    def __init__(self, network: Autoencoder) -> None:
        self.network = network
        layers = list(network.layers())
        norms = network.batch_norms
        vectors = torch.zeros(2, network.n_parameters())
        sizes = [sum(each.numel() for each in module.parameters()) for module in (*layers, *norms)]
        places = iter(vectors.split(sizes, dim=1))
        self.parameters, self.gradient = vectors
        self.weights = [moved(layer, next(places)) for layer in layers]
        self.norms = [moved_norm(norm, next(places)) for norm in norms]
        self.at_once = max(
            1, MAX_SIDE_NUMBERS // max(each.windows * each.narrow for each in placements(network, 1))
        )
        self.passes: dict[tuple[int, bool], Pass] = {}

    @torch.inference_mode()
    def differentiate(self, noisy: Tensor, clean: Tensor, counted: Tensor | None = None) -> Tensor:
        """Set `gradient` to that of the mean squared error on signals of shape (n, signal_length).

        With `counted`, of the same shape, only the samples count where that is 1.

        Returns:
            The mean squared error, of shape ().
        """
        self.gradient.zero_()
        energy = torch.zeros(())
        at_once = len(noisy) if self.norms else self.at_once  # normalisation needs the whole batch
        n_counted = noisy.numel() if counted is None else max(float(counted.sum()), 1.0)
        for start in range(0, len(noisy), at_once):
            some = slice(start, start + at_once)
            through = self.pass_of(len(noisy[some]), training=True)
            error = torch.sub(through.forward(noisy[some]), clean[some], out=through.gradient)
            if counted is not None:
                error.mul_(counted[some])
            energy += error.square().sum()
            error.mul_(2 / n_counted)
            through.backward()
        return energy / n_counted

    @torch.inference_mode()
    def denoise(self, noisy: Tensor) -> Tensor:
        """Return the network's output, in evaluation mode, for signals of shape (n, signal_length)."""
        denoised = torch.empty_like(noisy)
        for some, place in zip(noisy.split(self.at_once), denoised.split(self.at_once), strict=True):
            place.copy_(self.pass_of(len(some)).forward(some))
        return denoised

    def settle(self, noisy: Tensor) -> None:
        """Recompute the running statistics of batch normalisation on training signals: see `settle`."""
        settle(self.network, noisy, lambda some: self.pass_of(len(some), training=True).forward(some))

    def pass_of(self, size: int, training: bool = False) -> "Pass":
        """Return the pass of `size` signals, which is made once.

        Without normalisation, one pass serves for both training and evaluation.
        """
        key = (size, training and bool(self.norms))
        if key not in self.passes:
            self.passes[key] = Pass(self.network, size, self.weights, self.norms, training)
        return self.passes[key]


def placements(network: Autoencoder, size: int) -> list[Placement]:
    """Return how `size` signals lie in each layer, in the order in which they pass the layers."""
    layers = list(network.layers())
    half = len(layers) // 2
    lengths = network.lengths[:half]  # of the longer side of each layer
    return [
        placement_of(layer, size, length)
        for layer, length in zip(layers, [*lengths, *lengths[::-1]], strict=True)
    ]


def numbers_of_a_signal(network: Autoencoder) -> int:
    """Return how many numbers the largest matrix of any layer holds for one signal."""
    return max(placement.numbers for placement in placements(network, 1))


class Pass:
    """The buffers and operations of a pass of `size` signals, forward and backward.

    Args:
        network: tells the lengths, the dense layers and the skip connections.
        size: how many signals.
        weights: those of the layers, in the order in which a signal passes them.
        norms: the normalisations in the same order; empty if there are none.
        training: whether normalisation uses the statistics of these signals.
    """

    def __init__(
        self, network: Autoencoder, size: int, weights: list[Weight], norms: list[Norm], training: bool
    ) -> None:
        lie = placements(network, size)
        scratch = torch.empty(max(placement.numbers for placement in lie))
        self.layers = [
            Product(placement, weight, transposed=number >= len(lie) // 2, scratch=scratch)
            for number, (placement, weight) in enumerate(zip(lie, weights, strict=True))
        ]
        self.links = linked(network, self.layers, norms, training)
        self.input = self.layers[0].input.squeeze(-1)
        self.output = self.layers[-1].output.squeeze(-1)
        self.gradient = self.layers[-1].gradient.squeeze(-1)
        self.forth = list(self.prepare_forward())
        self.back = list(self.prepare_backward())

    def forward(self, noisy: Tensor) -> Tensor:
        """Return the network's output, shape (size, signal_length); the next call overwrites it."""
        self.input.copy_(noisy)
        for operation in self.forth:
            operation()
        return self.output

    def backward(self) -> None:
        """Add to the gradients by the parameters, from the gradient by the output in `gradient`."""
        for operation in self.back:
            operation()

    def prepare_forward(self) -> Iterator[Operation]:
        """Yield the operations from the input to the output."""
        yield from self.layers[0].forward()
        for link in self.links:
            yield from link.forward()
            yield from link.after.forward()

    def prepare_backward(self) -> Iterator[Operation]:
        """Yield the operations from the gradient by the output to those by the parameters."""
        for link in reversed(self.links):
            yield from link.after.backward()
            yield from link.after.backward_to_input()
            yield from link.backward()
        yield from self.layers[0].backward()


def linked(network: Autoencoder, layers: list[Product], norms: list[Norm], training: bool) -> list[Link]:
    """Make the links between the layers of a network, in order."""
    depth = len(network.encoder)
    between = list(pairwise(layers))
    links: list[Link] = []
    follows: list[Norm | None] = [*norms] or [None] * (2 * depth - 1)
    if network.code:
        follows[depth:depth] = [None, None]
    for place, (pair, norm) in enumerate(zip(between, follows, strict=True)):
        between_dense = bool(network.code) and place == depth
        rectifies = network.activation == "relu" and not between_dense
        links.append(Link(*pair, norm, rectifies=rectifies, training=training))
    if network.skips:
        for start, end in zip(links[: depth - 1], links[:-depth:-1], strict=True):
            start.skip_to, end.skip_from = end, start
    return links
