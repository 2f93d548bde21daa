"""The windows of signals as a matrix: a convolution multiplies it, a transposed one adds it up again."""

from collections.abc import Callable, Iterator
from functools import partial

import torch
from torch import Tensor

Operation = Callable[[], object]  # an operation on buffers that are bound to it


class Windows:
    """Signals and their windows: one starts `padding` samples before every `stride`-th sample.

    The kernel spans at least `padding + stride` samples. The `stride` taps after the padding are called the
    middle of a window: each sample lies in the middle of exactly one window.

    Attributes:
        signals: shape (size, length, channels).
        padded: the same signals between zeros; `signals` is a view of it.
        number: number of windows in a signal, ceil(length / stride).
        matrix: one row per window, shape (size * number, kernel_size * channels).
        taps: the same numbers, shape (size, number, kernel_size, channels).
        middle: the taps in the middle of a window.
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
        if channels == 1:  # rows of one number are slow to copy, so the tap is the outermost axis
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
        """Add up the windows in the matrix where they overlap; the sums replace the middle taps."""
        for sums, terms in overlaps(self.taps, self.middle):
            yield partial(sums.add_, terms)

    def folded(self, *others: Tensor) -> Iterator[tuple[Tensor, ...]]:
        """Yield the sums that `fold` made with the matching samples of other tensors.

        Args:
            others: shape (size, length, channels) each.

        Yields:
            Views of the sums and of the others, of equal shape: one set of views, or one for each tap if the
            stride does not divide the length.
        """
        middle, stride = self.taps[:, :, self.middle], self.stride
        missing = -self.signals.shape[1] % stride  # samples by which the last window's middle is too long
        if not missing:
            yield middle, *(other.unflatten(1, (-1, stride)) for other in others)
        else:
            for tap in range(stride):
                windows = self.number - (tap >= stride - missing)
                yield middle[:, :windows, tap], *(other[:, tap::stride] for other in others)


def overlaps(taps: Tensor, middle: slice) -> Iterator[tuple[Tensor, Tensor]]:
    """Yield each tap outside the middle after the middle tap that covers the same samples in other windows.

    Args:
        taps: shape (size, windows, kernel_size, channels).
        middle: the middle taps, as many as the stride.

    Yields:
        Views (middle tap, outer tap) of equal shape.
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
