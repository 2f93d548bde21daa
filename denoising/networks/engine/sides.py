"""The two sides of a layer, laid out in memory so that a convolution is a few matrix products.

A layer's longer side has samples of `wide` channels. Its shorter side has one sample of `narrow` channels for
each window of the longer one. Windows overlap, so a matrix of them would be a copy that is larger than the
signals. Instead, `stride` samples of the longer side make a row, and a window takes up `reach` rows that
follow one another: in each of these, some of its taps. The rows of all signals lie one after the other.
The taps in the first row of every window are then a matrix without any copy, those in the second row are the
same matrix moved by a row, and so on.

Between two signals lie `reach - 1` rows of zeros, and as many samples without a meaning on the shorter side.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

import torch
from torch import Tensor

Operation = Callable[[], object]  # an operation on buffers that are bound to it


@dataclass(frozen=True)
class Placement:
    """How `size` signals of `length` samples lie on both sides of a layer.

    A window starts `padding` samples before every `stride`-th sample. The kernel spans at least `stride`.
    """

    size: int
    length: int
    wide: int
    narrow: int
    kernel_size: int
    stride: int
    padding: int

    @property
    def windows(self) -> int:
        """Windows of a signal: ceil(length / stride)."""
        return -(-self.length // self.stride)

    @property
    def reach(self) -> int:
        """Rows that a window takes up."""
        return -(-self.kernel_size // self.stride)

    @property
    def rows_of_a_signal(self) -> int:
        """Rows of a signal with the zeros after it."""
        return self.windows + self.reach - 1

    @property
    def rows(self) -> int:
        """Rows of all signals, which are also the samples of the shorter side."""
        return self.size * self.rows_of_a_signal

    @property
    def numbers(self) -> int:
        """The numbers in the larger of both sides, or in the matrix of windows if that is made."""
        longer = (self.rows + self.reach - 1) * self.stride * self.wide
        return max(longer, self.rows * max(self.narrow, self.kernel_size if self.wide == 1 else 0))

    def memory(self) -> Tensor:
        """Make memory for either side, filled with the zeros between the signals."""
        return torch.zeros(self.numbers)


class Shorter:
    """The shorter side of a layer.

    Attributes:
        rows: shape (rows, narrow).
        samples: those of the signals, shape (size, windows, narrow).
    """

    def __init__(self, placement: Placement, memory: Tensor) -> None:
        self.rows = memory[: placement.rows * placement.narrow].view(placement.rows, placement.narrow)
        of_signals = self.rows.view(placement.size, placement.rows_of_a_signal, placement.narrow)
        self.samples = of_signals[:, : placement.windows]


class Longer:
    """The longer side of a layer.

    Samples of one channel make rows that are too short for fast products. They are copied to a matrix of
    windows after all.

    Attributes:
        samples: those of the signals, shape (size, length, wide).
        every: all samples, those between the signals too, shape (numbers / wide, wide).
        parts: matrices of shape (rows, taps * wide): of every window, the taps in its first row, in its
            second row and so on; or all of them in one matrix.
    """

    def __init__(self, placement: Placement, memory: Tensor) -> None:
        stride, wide, rows, reach = placement.stride, placement.wide, placement.rows, placement.reach
        lines = memory[: (rows + reach - 1) * stride * wide].view(-1, stride * wide)
        self.every = lines.view(-1, wide)
        of_signals = lines[:rows].view(placement.size, -1, wide)
        self.samples = of_signals[:, placement.padding : placement.padding + placement.length]
        taps = [min(stride, placement.kernel_size - row * stride) for row in range(reach)]
        self.moved = [lines[row : row + rows, : n * wide] for row, n in enumerate(taps)]
        self.parts = self.moved
        self.copies: list[Tensor] = []
        if wide == 1 and reach > 1:
            windows = torch.empty(
                placement.kernel_size, rows
            )  # each tap of all windows is a row: fast to copy
            self.copies = [copy.t() for copy in windows.split(stride)]
            self.parts = [windows.t()]

    def gather(self) -> Iterator[Operation]:
        """Fill the parts from the samples."""
        for copy, moved in zip(self.copies, self.moved, strict=False):
            yield partial(copy.copy_, moved)

    def scatter(self) -> Iterator[Operation]:
        """Make each sample the sum of the taps that cover it, in all parts."""
        for row, (copy, moved) in enumerate(zip(self.copies, self.moved, strict=False)):
            taps = moved.t()  # a tap of all windows lies in one piece: fast to read
            yield partial(taps.add_ if row else taps.copy_, copy.t())
