"""What all denoisers have in common: noisy signals in, denoised signals out."""

from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from typing import ClassVar, Protocol, Self, TypeVar

import numpy as np

from denoising.measure.metrics import Signals, mse
from denoising.signals.dataset import SignalSet
from denoising.signals.sinusoids import Array, Sinusoids

Denoiser = Callable[[Signals], Signals]  # shape (n, signal_length) in and out
D = TypeVar("D", bound=Denoiser)

# Samples, from which a window is chosen.
WINDOWS = (3, 5, 7, 9, 11, 15, 19, 23, 27, 31, 39, 47, 63, 95, 127, 191, 255)
MOST_TUNING = 500  # signals on which candidates are compared


class UndefinedError(ValueError):
    """There is no such denoiser for these signals or at this noise level."""


@dataclass(frozen=True)
class Known:
    """What a classical denoiser may know.

    Attributes:
        alpha: the noise level.
        family: what the clean signals are.
        train, validation: signals at this noise level to tune on.
    """

    alpha: float
    family: Sinusoids
    train: SignalSet
    validation: SignalSet

    @property
    def gain(self) -> float:
        """What brings the clean signal back to its own scale: 1 / (1 - alpha).

        Raises:
            UndefinedError: nothing of the signal is left.
        """
        if self.alpha == 1:
            raise UndefinedError("alpha 1: noise alone cannot be brought to the scale of a signal")
        return rescaling_gain(self.alpha)

    @property
    def windows(self) -> list[int]:
        """The windows that fit into a signal."""
        return [window for window in WINDOWS if window <= self.train.noisy.shape[1]]

    @property
    def noise_std(self) -> float:
        """Standard deviation of the noise beside a clean signal at its own scale; infinite at alpha 1."""
        return rescaled_noise_std(self.alpha)


class Baseline(Protocol):
    """A denoiser that is no network: a frozen dataclass whose fields are its parameters.

    A new one is a class like this in a module of its own, and a line in `denoising.denoisers.catalogue`.
    """

    label: ClassVar[str]

    @classmethod
    def fit(cls, known: Known) -> Self:
        """The denoiser for a noise level, tuned on training signals alone unless its class says otherwise.

        Raises:
            UndefinedError: there is none.
        """
        ...

    def __call__(self, noisy: Signals, /) -> Signals:
        """Denoise signals of shape (n, signal_length); the result has the same shape."""
        ...


def describe(denoiser: Baseline) -> dict[str, str]:
    """What a denoiser is called, and its parameters in words: numbers as they are, arrays by their shape."""
    values = asdict(denoiser)  # type: ignore[call-overload]
    told = [f"{name}={shown}" for name, value in values.items() if (shown := in_words(value))]
    return {"label": denoiser.label, "parameters": ", ".join(told)}


def in_words(value: object) -> str:
    """A number or name as it is, an array by its shape; nothing for what is no parameter."""
    if isinstance(value, np.ndarray):
        return "x".join(map(str, value.shape))
    if isinstance(value, str | int | float):
        return f"{value:.6g}" if isinstance(value, float) else str(value)
    return ""


def rescaling_gain(alpha: float) -> float:
    """1 / (1 - alpha); 0 at alpha 1, where nothing of the signal is left."""
    return 1 / (1 - alpha) if alpha < 1 else 0.0


def rescaled_noise_std(alpha: float) -> float:
    """alpha / (1 - alpha): the noise of a signal that is divided by 1 - alpha; infinite at alpha 1."""
    return alpha / (1 - alpha) if alpha < 1 else np.inf


def rescale(noisy: Signals, gain: float) -> Array:
    """Noisy signals times a gain, in double precision."""
    return gain * noisy.astype(np.float64)


def lowest_mse(candidates: Iterable[D], signals: SignalSet) -> D:
    """The denoiser with the lowest mean squared error on the first of some signals; the first of equals."""
    some = signals.take(np.arange(min(len(signals), MOST_TUNING)))
    return min(candidates, key=lambda denoiser: mse(denoiser(some.noisy), some.clean))
