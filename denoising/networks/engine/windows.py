"""The windows of signals as a matrix, which a convolution multiplies or adds up again."""

from collections.abc import Callable, Iterator
from functools import partial

import torch
from torch import Tensor

Operation = Callable[[], object]  # on buffers that it knows


class Windows:
    """Signals and the windows that start at every `stride`-th of their samples, `padding` samples early.

    A window spans at least its padding and a stride, so that it has a part, its middle, that no other has.

    Attributes:
        signals: shape (size, length, channels).
        padded: the same between zeros.
        number: of windows in a signal, ceil(length / stride).
        matrix: a row a window, shape (size * number, kernel_size * channels).
        middle: the taps of each window that together meet each sample once.
    """

    def __init__(
        self, size: int, length: int, channels: int, kernel_size: int, stride: int, padding: int
    ) -> None:
        self.stride = stride
        self.number = -(-length // stride)
        self.padded = torch.zeros(size, stride * (self.number - 1) + kernel_size, channels)
        self.signals = self.padded[:, padding : padding + length]
        signal, sample, channel = self.padded.stride()
        self.windows = self.padded.as_strided(
            (size, self.number, kernel_size, channels), (signal, stride * sample, sample, channel)
        )
        if channels == 1:  # so short rows are slow: tap after tap
            taps = torch.empty(kernel_size, size, self.number)
            self.taps = taps.permute(1, 2, 0).unsqueeze(-1)
            self.matrix = taps.flatten(1).t()
        else:
            self.taps = torch.empty(size, self.number, kernel_size, channels)
            self.matrix = self.taps.view(size * self.number, kernel_size * channels)
        self.middle = slice(padding, padding + stride)

    def unroll(self) -> Iterator[Operation]:
        """Fill the matrix with the windows of the signals."""
        yield partial(self.taps.copy_, self.windows)

    def fold(self) -> Iterator[Operation]:
        """Add the windows in the matrix up where they overlap; the sums lie in their middle taps."""
        for sums, terms in overlaps(self.taps, self.middle):
            yield partial(sums.add_, terms)

    def folded(self, *others: Tensor) -> Iterator[tuple[Tensor, ...]]:
        """The sums beside the samples that they belong to, of others of shape (size, length, channels)."""
        middle, stride = self.taps[:, :, self.middle], self.stride
        missing = -self.signals.shape[1] % stride  # in the last window
        if not missing:
            yield middle, *(other.unflatten(1, (-1, stride)) for other in others)
        else:
            for tap in range(stride):
                windows = self.number - (tap >= stride - missing)
                yield middle[:, :windows, tap], *(other[:, tap::stride] for other in others)


def overlaps(taps: Tensor, middle: slice) -> Iterator[tuple[Tensor, Tensor]]:
    """Every outer tap and the middle one that meets the same samples from windows some places away.

    Args:
        taps: shape (size, windows, kernel_size, channels).
        middle: as many as there are samples from a window to the next.
    """
    windows, kernel_size = taps.shape[1:3]
    stride = middle.stop - middle.start
    for tap in range(kernel_size):
        away, inside = divmod(tap - middle.start, stride)
        inner = middle.start + inside
        if 0 < away < windows:
            yield taps[:, away:, inner], taps[:, :-away, tap]
        elif -windows < away < 0:
            yield taps[:, :away, inner], taps[:, -away:, tap]
