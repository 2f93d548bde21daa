"""Denoisers in use: for signals of any length and unit."""

from abc import ABC, abstractmethod
from collections.abc import Callable
from copy import copy
from dataclasses import dataclass, field, fields
from math import inf, isfinite
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from denoising.models.card import Card
from denoising.models.conventions import Transformer
from denoising.models.model_file import ModelError, Tensors
from denoising.models.overlapping import OVERLAP, Array, Overlapping, pieces
from denoising.models.streaming import FIRST_WINDOWS, Stream
from denoising.signals.scaling import robust

CLOSE = 1e-3  # relative difference within which two rates are the same


class Usable(Transformer, ABC):
    """What can denoise signals: the denoiser for a noise level, or those of several levels."""

    models: tuple["Model", ...]

    @abstractmethod
    def at(self, samples: Array) -> "Model":
        """Return the denoiser for a signal of shape (n,)."""

    def denoise(
        self,
        noisy: NDArray[Any],
        rate: float | None = None,
        *,
        overlap: float = OVERLAP,
        centre: float | None = None,
        scale: float | None = None,
    ) -> NDArray[Any]:
        """Denoise signals of any length, in any unit.

        Samples that are nan stay so, and so does a signal that is constant.

        Args:
            noisy: shape (n,) or (channels, n), of integers or real numbers.
            rate: samples a second; it may be left out of a denoiser that was trained on sinusoids.
            overlap: the share of a window that two neighbours have in common, from 0 to below 1.
            centre, scale: what a signal is made relative to; by default its median and its spread.

        Returns:
            The denoised signals in the same shape and type; integers are rounded and kept in their range.

        Raises:
            ModelError: the signals are of another rate, shape or type, or a number is out of its range.
        """
        signals = checked(noisy)
        check_rate(self.models[0].card, rate)
        check_numbers(overlap, centre, scale)
        found = np.empty(signals.shape)
        for row, own in zip(np.atleast_2d(signals), np.atleast_2d(found), strict=True):
            samples = row.astype(np.float64)
            relative = self.at(samples).relative(*relative_to(samples, centre, scale), overlap)
            for start, stop in pieces(len(samples)):
                piece = samples[start:stop]
                own[start:stop] = (
                    relative.between(reader(samples), len(samples), start, stop) if relative else piece
                )
        return as_type(found, signals.dtype)

    def stream(
        self,
        rate: float | None = None,
        *,
        centre: float | None = None,
        scale: float | None = None,
        overlap: float = OVERLAP,
    ) -> Stream:
        """Return what denoises one signal as it comes; see `Stream` and, for the arguments, `denoise`.

        Raises:
            ModelError: the signal is of another rate, or a number is out of its range.
        """
        told = self.models[0].card
        check_rate(told, rate)
        check_numbers(overlap, centre, scale)

        def prepare(first: Array) -> Overlapping | None:
            return self.at(first).relative(*relative_to(first, centre, scale), overlap)

        begins_at_once = len(self.models) == 1 and centre is not None and scale is not None
        return Stream(prepare, told.window, 0 if begins_at_once else FIRST_WINDOWS * told.window)

    # The conventions of scikit-learn, as those of a transformer that is fitted already

    def fit(self, noisy: NDArray[Any], clean: NDArray[Any] | None = None) -> Self:  # noqa: ARG002
        """Return the denoiser, which is fitted already."""
        return self

    def transform(self, noisy: NDArray[Any]) -> NDArray[Any]:
        """Denoise signals of shape (n, length), which have the rate of the denoiser."""
        return self.denoise(noisy, self.models[0].card.rate)

    def get_params(self, deep: bool = True) -> dict[str, Any]:  # noqa: ARG002
        """Return what it is made from."""
        return {field.name: getattr(self, field.name) for field in fields(self)}  # type: ignore[arg-type]

    def set_params(self, **given: Any) -> Self:
        """Return the denoiser, of which nothing can be changed.

        Raises:
            ModelError: something is to be.
        """
        if given:
            raise ModelError(f"{', '.join(given)}: a trained denoiser cannot be changed; load another one")
        return self

    def __sklearn_clone__(self) -> Self:
        return copy(self)  # with the same numbers, which nothing changes

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.requires_fit, tags.input_tags.allow_nan = False, True
        return tags


@dataclass(eq=False, repr=False)  # not frozen, since scikit-learn writes to what stands in its pipelines
class Model(Usable):
    """A denoiser for one noise level.

    Attributes:
        card: what it tells of itself.
        denoiser: takes and returns windows of shape (n, window), as it saw them in training.
        digest: of its numbers.
        tensors: the numbers, as its file has them.
    """

    card: Card
    denoiser: Callable[[Array], NDArray[np.floating[Any]]]
    digest: str = ""
    tensors: Tensors = field(default_factory=dict)

    def __repr__(self) -> str:
        rate = "" if self.card.rate is None else f" for {self.card.rate:g} samples a second"
        return f"<{self.card.words}{rate}>"

    @property
    def models(self) -> tuple["Model", ...]:  # type: ignore[override]
        """The model itself, from which alone there is to choose."""
        return (self,)

    def at(self, samples: Array) -> "Model":  # noqa: ARG002
        """Return the model itself."""
        return self

    def relative(self, centre: float, scale: float, overlap: float = OVERLAP) -> Overlapping | None:
        """Return what denoises windows of a signal with this centre and spread; None if the spread is 0."""
        if not scale:
            return None
        told, unit = self.card, scale / self.card.reference

        def denoise(windows: Array) -> Array:
            found = self.denoiser(told.input_gain / unit * (windows - centre))
            return centre + unit * told.output_gain * found.astype(np.float64)

        return Overlapping(denoise, told.window, overlap)


@dataclass(eq=False, repr=False)
class Models(Usable):
    """The denoisers of a study, one for each noise level, from which one is chosen for each signal.

    Attributes:
        models: they, for signals of one rate and in windows of one length.
    """

    models: tuple[Model, ...]

    def __repr__(self) -> str:
        return f"<{', '.join(map(repr, self.models))}>"

    def at(self, samples: Array) -> Model:
        """Return the denoiser for a signal of shape (n,), by how strong its noise is."""
        from denoising.models.choosing import choose, see

        seen = see(reader(samples), len(samples), self.models[0].card.window)
        return choose(self.models, seen).model


def check_rate(told: Card, rate: float | None) -> None:
    """Make sure that signals of a rate can be denoised.

    Raises:
        ModelError: they cannot, or the rate has to be known.
    """
    own = told.rate
    if own is None:
        return
    if rate is None:
        raise ModelError(f"rate: give the signal's; the denoiser is for {own:g} samples a second")
    if not abs(rate - own) <= CLOSE * own:
        raise ModelError(
            f"rate {rate:g}: the denoiser is for {own:g} samples a second; resample the signal, or train one "
            "for its rate"
        )


def check_numbers(overlap: float, centre: float | None, scale: float | None) -> None:
    """Make sure that a signal can be denoised with these numbers; see `Usable.denoise`.

    Raises:
        ModelError: it cannot.
    """
    if not 0 <= overlap < 1:
        raise ModelError(f"overlap {overlap:g}: give a share of a window from 0 to below 1")
    if centre is not None and not isfinite(centre):
        raise ModelError(f"centre {centre:g}: give a finite number, or None for the signal's median")
    if scale is not None and not 0 <= scale < inf:
        raise ModelError(f"scale {scale:g}: give a number from 0 on, or None for the signal's spread")


def relative_to(samples: Array, centre: float | None, scale: float | None) -> tuple[float, float]:
    """Return the centre and the scale that are given or, where they are not, the median and the spread."""
    own = robust(samples[np.isfinite(samples)]) if centre is None or scale is None else (0.0, 0.0)
    return own[0] if centre is None else centre, own[1] if scale is None else scale


def reader(samples: Array) -> Callable[[int, int], Array]:
    """Return what reads samples in memory."""
    return lambda start, stop: samples[start:stop]


def checked(noisy: NDArray[Any]) -> NDArray[Any]:
    """Return signals as an array.

    Raises:
        ModelError: they are of another shape or type.
    """
    signals = np.asarray(noisy)
    if signals.ndim not in (1, 2):
        raise ModelError(f"signals of shape {signals.shape}: give (n,) or (channels, n)")
    if signals.dtype.kind not in "iuf":
        raise ModelError(f"signals of type {signals.dtype}: give integers or real numbers")
    return signals


def as_type(values: Array, dtype: np.dtype[Any]) -> NDArray[Any]:
    """Return numbers in a type; integers are rounded and kept in their range."""
    if dtype.kind == "f":
        return values.astype(dtype)
    limits = np.iinfo(dtype)
    above = values >= limits.max  # which of 64 bits has no equal in double precision
    found = np.where(above, 0, np.maximum(np.rint(values), limits.min)).astype(dtype)
    found[above] = limits.max
    return found
