"""What all denoisers have in common. Each is called with noisy signals and returns denoised ones."""

from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from typing import Any, ClassVar, Literal, Protocol, Self, TypeVar

import numpy as np
from numpy.typing import NDArray

from denoising.measure.j_invariance import j_invariant_loss
from denoising.measure.metrics import Denoiser, Signals, mse
from denoising.signals.dataset import SignalSet, evenly_spaced
from denoising.signals.scaling import rescaled_noise_std, rescaling_gain
from denoising.signals.sinusoids import Sinusoids

D = TypeVar("D", bound=Denoiser)
F = TypeVar("F", bound=np.floating[Any])

# What a denoiser may be told beyond the noisy signal before it: the noise level alpha; noisy signals to learn
# from, or the clean ones that belong to them too; that a clean signal is a sum of two sinusoids, of any
# frequencies, amplitudes and phases; with which amplitudes and phases (the form); how all clean signals are
# distributed.
Told = Literal["noise level", "noisy examples", "clean examples", "number of sinusoids", "form", "prior"]

# Lengths in samples from which the window of a moving filter is chosen.
WINDOWS = (3, 5, 7, 9, 11, 15, 19, 23, 27, 31, 39, 47, 63, 95, 127, 191, 255)
MAX_TUNING_SIGNALS = 500
CHUNK_SAMPLES = 12_800  # so that a chunk of signals fits into the processor's cache


class UndefinedError(ValueError):
    """The denoiser is not defined for these signals or at this noise level."""


@dataclass(frozen=True)
class Known:
    """What a classical denoiser may use when it is fitted.

    Attributes:
        alpha: the noise level of sinusoids; None of recordings, which noise is added to without a factor.
        source: the family of the clean signals; None where their distribution is not known.
        train, validation: signals at this noise level to tune on.
        added_std: standard deviation of the noise of recordings.
        has_clean: whether the clean signals are known; else `clean` is to be left alone.
        has_second: whether `clean` is a second noisy recording of the same, against which errors rank alike.
        mask_width: how many neighbouring samples are hidden together where denoisers are tuned without.
    """

    alpha: float | None
    source: Sinusoids | None
    train: SignalSet
    validation: SignalSet
    added_std: float = 0.0
    has_clean: bool = True
    has_second: bool = False
    mask_width: int = 1

    @property
    def family(self) -> Sinusoids:
        """The family of the clean signals.

        Raises:
            UndefinedError: their distribution is not known.
        """
        if self.source is None:
            raise UndefinedError("how the clean signals are distributed is not known")
        return self.source

    @property
    def clean_examples(self) -> Signals:
        """The clean training signals.

        Raises:
            UndefinedError: they are not known.
        """
        if not self.has_clean:
            raise UndefinedError("clean signals are not known")
        return self.train.clean

    @property
    def gain(self) -> float:
        """The factor 1 / (1 - alpha), which brings the clean signal back to its own scale; 1 of recordings.

        Raises:
            UndefinedError: alpha is 1, so that the noisy signal holds nothing of the clean one.
        """
        if self.alpha == 1:
            raise UndefinedError("alpha 1: noise alone cannot be brought to the scale of a signal")
        return self.gain_or_none

    @property
    def gain_or_none(self) -> float:
        """The same factor, but 0 at alpha 1."""
        return 1.0 if self.alpha is None else rescaling_gain(self.alpha)

    @property
    def windows(self) -> list[int]:
        """The window lengths that fit into a signal."""
        return [window for window in WINDOWS if window <= self.train.noisy.shape[1]]

    def best(self, candidates: Iterable[D], signals: SignalSet) -> D:
        """Return the denoiser with the lowest loss on up to 500 signals; the first of equals.

        The loss is the mean squared error against the clean signals or a second recording or, where neither
        is known, the J-invariant loss.
        """
        some = self.some(signals, MAX_TUNING_SIGNALS)

        def loss(denoiser: Denoiser) -> float:
            if self.has_target:
                return mse(in_chunks(denoiser, some.noisy), some.clean)
            return float(j_invariant_loss(denoiser, some.noisy, self.mask_width).mean())

        return min(candidates, key=loss)

    def some(self, signals: SignalSet, most: int) -> SignalSet:
        """Return at most so many signals: the first ones of sinusoids, evenly spaced ones of recordings."""
        n = len(signals)
        return signals.take(evenly_spaced(n, most) if self.alpha is None else np.arange(min(n, most)))

    @property
    def has_target(self) -> bool:
        """Whether `clean` is something to be near to."""
        return self.has_clean or self.has_second

    @property
    def noise_std(self) -> float:
        """Standard deviation of the noise after division by 1 - alpha; infinite at alpha 1."""
        return self.added_std if self.alpha is None else rescaled_noise_std(self.alpha)


def in_chunks(function: Callable[[NDArray[F]], NDArray[F]], signals: NDArray[F]) -> NDArray[F]:
    """Return what a function makes of signals of shape (n, signal_length), given to it a few at a time."""
    n, rows = len(signals), max(1, CHUNK_SAMPLES // signals.shape[1])
    return np.concatenate([function(signals[first : first + rows]) for first in range(0, n or 1, rows)])


class Baseline(Protocol):
    """The protocol of the classical denoisers: frozen dataclasses whose fields are their parameters.

    To add one, write such a class in a module of its own and name it in `denoising.denoisers.catalogue`.

    Attributes:
        label: what it is called.
        told: what it knows of the signals besides the one that it denoises; empty if nothing.
    """

    label: ClassVar[str]
    told: ClassVar[tuple[Told, ...]]

    @classmethod
    def fit(cls, known: Known) -> Self:
        """Return the denoiser for a noise level, tuned on training signals unless its class says otherwise.

        Raises:
            UndefinedError: the denoiser is not defined there.
        """
        ...

    def __call__(self, noisy: Signals, /) -> Signals:
        """Denoise signals of shape (n, signal_length); the result has the same shape."""
        ...


def describe(denoiser: Baseline) -> dict[str, str]:
    """Return a denoiser's label, what it is told and its parameters as text, with arrays by their shape."""
    values = asdict(denoiser)  # type: ignore[call-overload]
    parameters = [f"{name}={shown}" for name, value in values.items() if (shown := in_words(value))]
    return {
        "label": denoiser.label,
        "told": ", ".join(denoiser.told) or "nothing",
        "parameters": ", ".join(parameters),
    }


def in_words(value: object) -> str:
    """Return a number or name as text, an array by its shape, and "" for anything else."""
    if isinstance(value, np.ndarray):
        return "x".join(map(str, value.shape))
    if isinstance(value, str | int | float):
        return f"{value:.6g}" if isinstance(value, float) else str(value)
    return ""
