"""The windows of signals as a matrix, which a convolution of stride 2 multiplies or adds up again."""

from collections.abc import Callable, Iterator
from functools import partial

import torch
from torch import Tensor

Operation = Callable[[], object]  # on buffers that it knows


class Windows:
    """Signals and the windows around every second of their samples.

    Attributes:
        signals: shape (size, length, channels).
        padded: the same between zeros.
        matrix: a row a window, shape (size * ceil(length / 2), kernel_size * channels).
        middle: the two taps of each window that together meet each sample once.
    """

    def __init__(self, size: int, length: int, channels: int, kernel_size: int) -> None:
        half, middle = (length + 1) // 2, kernel_size // 2
        self.padded = torch.zeros(size, 2 * (half - 1) + kernel_size, channels)
        self.signals = self.padded[:, middle : middle + length]
        signal, sample, channel = self.padded.stride()
        self.windows = self.padded.as_strided(
            (size, half, kernel_size, channels), (signal, 2 * sample, sample, channel)
        )
        if channels == 1:  # so short rows are slow: tap after tap
            taps = torch.empty(kernel_size, size, half)
            self.taps = taps.permute(1, 2, 0).unsqueeze(-1)
            self.matrix = taps.flatten(1).t()
        else:
            self.taps = torch.empty(size, half, kernel_size, channels)
            self.matrix = self.taps.view(size * half, kernel_size * channels)
        self.middle = slice(middle, middle + 2)

    def unroll(self) -> Iterator[Operation]:
        """Fill the matrix with the windows of the signals."""
        yield partial(self.taps.copy_, self.windows)

    def fold(self) -> Iterator[Operation]:
        """Add the windows in the matrix up where they overlap; the sums lie in their two middle taps."""
        for sums, terms in overlaps(self.taps):
            yield partial(sums.add_, terms)

    def folded(self, *others: Tensor) -> Iterator[tuple[Tensor, ...]]:
        """The sums beside the samples that they belong to, of others of shape (size, length, channels)."""
        both = self.taps[:, :, self.middle]
        if self.signals.shape[1] % 2 == 0:
            yield both, *(other.unflatten(1, (-1, 2)) for other in others)
        else:
            yield both[:, :, 0], *(other[:, ::2] for other in others)
            yield both[:, :-1, 1], *(other[:, 1::2] for other in others)


def overlaps(taps: Tensor) -> Iterator[tuple[Tensor, Tensor]]:
    """Every outer tap and the middle one that meets the same samples from windows some places away.

    Args:
        taps: shape (size, windows, kernel_size, channels).
    """
    windows, kernel_size = taps.shape[1:3]
    for tap in range(kernel_size):
        middle = kernel_size // 2 + (tap - kernel_size // 2) % 2
        away = (tap - middle) // 2
        if 0 < away < windows:
            yield taps[:, away:, middle], taps[:, :-away, tap]
        elif -windows < away < 0:
            yield taps[:, :away, middle], taps[:, -away:, tap]
