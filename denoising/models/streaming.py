"""Denoises a signal as it comes."""

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from denoising.models.model_file import ModelError
from denoising.models.overlapping import Array, Overlapping

FIRST_WINDOWS = 20  # from which centre and scale are found if they are not given


@dataclass
class Stream:
    """Denoises one signal in chunks, with the result of the whole at the same centre and scale.

    A denoised sample is given when the last window that holds it has come. The median and the spread of the
    signal are found from its first 20 windows, unless they are given.

    Attributes:
        prepare: returns what denoises, given the first samples; None if nothing is to be changed.
        window: samples of a window.
        first: how many samples are needed to begin.
    """

    prepare: Callable[[Array], Overlapping | None]
    window: int
    first: int
    _kept: Array = field(default_factory=lambda: np.empty(0))
    _begin: int = 0  # the number of the first sample that is kept
    _given: int = 0
    _begun: bool = False
    _ended: bool = False
    _overlapping: Overlapping | None = None

    @property
    def delay(self) -> int:
        """How many samples come in after a sample before it is given back, once the stream has begun."""
        return self.window - 1

    def push(self, chunk: NDArray[np.floating]) -> Array:
        """Take the next samples, shape (n,), and return those that are denoised by now, shape (m,).

        Raises:
            ModelError: they are of another shape or type, or the stream has ended.
        """
        if self._ended:
            raise ModelError("the stream has ended; begin another one")
        samples = np.asarray(chunk)
        if samples.ndim != 1 or samples.dtype.kind not in "iuf":
            raise ModelError(
                f"chunk of shape {samples.shape} and type {samples.dtype}: give integers or real numbers of "
                "one channel, shape (n,)"
            )
        self._kept = np.concatenate([self._kept, samples.astype(np.float64)])
        come = self._begin + len(self._kept)
        if not self._begun and come < self.first:
            return np.empty(0)
        return self._until(come - self.delay)

    def finish(self) -> Array:
        """Return the samples that are left; the signal ends here."""
        self._ended = True
        return self._until(self._begin + len(self._kept))

    def _until(self, stop: int) -> Array:
        if not self._begun:
            self._overlapping, self._begun = self.prepare(self._kept[: self.first]), True
        if stop <= self._given:
            return np.empty(0)
        kept, begin = self._kept, self._begin

        def read(first: int, last: int) -> Array:
            return kept[first - begin : last - begin]

        if self._overlapping is None:
            found = read(self._given, stop).copy()
        else:
            found = self._overlapping.between(read, begin + len(kept), self._given, stop)
        self._given = stop
        unneeded = max(0, stop - self.window) - begin
        self._kept, self._begin = kept[unneeded:], begin + unneeded
        return found
