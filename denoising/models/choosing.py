"""Chooses a denoiser for a signal by how strong its noise is, and says what speaks against it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from denoising.models.card import Card
from denoising.models.model import Model
from denoising.models.model_file import ModelError
from denoising.models.overlapping import Array, mirrored
from denoising.models.portrait import Portrait, differences, estimated_snr, noise_in
from denoising.signals.dataset import evenly_spaced
from denoising.signals.scaling import robust

MOST_SAMPLES = 2**21  # that are looked at; of a longer signal, evenly spaced stretches
STRETCHES = 2**8
MOST_SNR = 1e3  # dB, of a signal whose noise cannot be told
RANGE_DB = 3.0  # by which noise may be outside of the levels that were trained
APART = 10.0  # factor by which the spread may differ from those of the training recordings


@dataclass(frozen=True)
class Seen:
    """What was seen of a signal before it is denoised.

    Attributes:
        centre, scale: its median and its spread.
        relative: windows without gaps, shape (n, window), less the centre and over the scale.
        noise: the standard deviation of what looks like noise over the spread; None if it cannot be told.
        unit: the signal's; empty if it is not known.
        highest: the frequency, in cycles a sample, up to which it can hold anything.
    """

    centre: float
    scale: float
    relative: Array
    noise: float | None
    unit: str = ""
    highest: float = 0.5

    @property
    def snr(self) -> float | None:
        """The ratio of signal to noise in dB, as estimated; None if it cannot be."""
        if self.noise is None:
            return None
        return estimated_snr(float(self.relative.var()), self.noise)


@dataclass(frozen=True)
class Choice:
    """A denoiser that was chosen for a signal.

    Attributes:
        model: the denoiser.
        seen: what was seen of the signal.
        warnings: what speaks against using it there, in sentences.
    """

    model: Model
    seen: Seen
    warnings: tuple[str, ...]

    @property
    def snr(self) -> float | None:
        """The ratio of signal to noise in dB; None if it cannot be told.

        It is estimated by how far it seems to be from that of the model's training signals, which is known.
        """
        card, seen = self.model.card, self.seen.snr
        if seen is None:
            return None
        return seen if card.snr is None else card.snr + seen - own_snr(card)

    @property
    def noise_in_words(self) -> str:
        """How strong the noise is, for people."""
        if self.snr is None:
            return "not known"
        return "below -20 dB" if self.snr < -20 else "above 60 dB" if self.snr > 60 else f"{self.snr:.1f} dB"


def see(read: Callable[[int, int], Array], n: int, window: int) -> Seen:
    """Look at a signal.

    Args:
        read: returns its samples from one to before another; those that are missing are nan.
        n: how many samples it has.
        window: how long windows are.
    """
    samples = stretches(read, n, window)
    flat = samples.ravel()
    centre, scale = robust(flat[np.isfinite(flat)])
    if 1 < n < window:
        samples = samples[:, mirrored(np.arange(window), n)]
    whole = samples.shape[1] // window * window
    windows = samples[:, :whole].reshape(-1, window)
    windows = windows[np.isfinite(windows).all(axis=1)]
    relative = (windows - centre) / (scale or 1.0)
    known = bool(scale) and len(relative) > 0 and n >= window
    return Seen(centre, scale, relative, noise_in(relative) if known else None)


def stretches(read: Callable[[int, int], Array], n: int, window: int) -> Array:
    """Return all samples of a signal or, of a long one, evenly spaced stretches, as rows of whole windows."""
    if n <= MOST_SAMPLES:
        return read(0, n)[None]
    length = max(MOST_SAMPLES // STRETCHES // window, 1) * window
    starts = evenly_spaced(n - length + 1, max(MOST_SAMPLES // length, 1))
    return np.array([read(int(start), int(start) + length) for start in starts])


def choose(models: Sequence[Model], seen: Seen, snr: float | None = None) -> Choice:
    """Choose a denoiser for a signal.

    Without a ratio, it is the one that was trained at many noise levels, if there is one for noise as strong,
    or else the one whose training signals have the ratio of signal to noise that the signal seems to have;
    both are estimated alike, so that it does not matter that an estimate is wrong for noise of some colour.

    Args:
        models: one a noise level.
        seen: what was seen of the signal.
        snr: the signal-to-noise ratio in dB; the nearest level counts. None if it is to be estimated.

    Raises:
        ModelError: a ratio is asked for, and no model knows its own.
    """
    if snr is not None:
        chosen = nearest(models, snr)
    else:
        wanted = MOST_SNR if seen.snr is None else seen.snr
        chosen = min(models, key=lambda model: misfit(model.card, wanted))
    return Choice(chosen, seen, tuple(objections(chosen, models, seen, told=snr is not None)))


def nearest(models: Sequence[Model], snr: float) -> Model:
    """Return the model that was trained at the level nearest to a ratio in dB.

    Raises:
        ModelError: none of them knows its own.
    """
    known = [(model, own) for model in models if (own := model.card.snr) is not None]
    if not known:
        raise ModelError(f"snr {snr:g}: its models were trained at no known ratio; use auto")
    return min(known, key=lambda pair: abs(pair[1] - snr))[0]


def misfit(told: Card, snr: float) -> tuple[float, bool, float]:
    """Return what is less the better a model fits noise at a ratio in dB, by how far that is from its own.

    One that was trained at many levels fits all noise that is not stronger than at its own level.
    """
    own = own_snr(told)
    off = max(own - snr, 0.0) if told.blind else abs(own - snr)
    return off, not told.blind, own


def own_snr(told: Card) -> float:
    """Return the ratio of signal to noise of training signals in dB, as it would be estimated in use."""
    return Portrait.of(told.portrait).snr


def objections(model: Model, models: Sequence[Model], seen: Seen, *, told: bool) -> list[str]:
    """Return what speaks against using a model for a signal, in sentences."""
    own = model.card
    if not seen.scale:
        return []
    found = []
    if not own.is_recorded:
        found.append(
            "this model was trained on synthetic sinusoids and can make any other signal worse; train one on "
            "recordings with denoise-sweep --signals FILES, or --noisy FILES"
        )
    off = seen.snr
    if off is None:
        return [*found, "it is too short, or has too many gaps, for its noise to be estimated"]
    levels = [own_snr(each.card) for each in models]
    is_stronger, is_weaker = off < min(levels) - RANGE_DB, off > max(levels) + RANGE_DB
    if not told and (is_stronger or (is_weaker and not own.blind)):
        more = "more" if is_stronger else "less"
        known = " and ".join(dict.fromkeys(each.card.trained_at for each in models))
        found.append(f"it seems to have {more} noise than what was trained on, {known}")
    usual = Portrait.of(own.portrait)
    found += differences(seen.relative, usual, own.rate, seen.highest)
    low, high = usual.scales
    if own.is_recorded and not low / APART <= seen.scale <= high * APART:
        between = f"{low:.3g}" if f"{low:.3g}" == f"{high:.3g}" else f"{low:.3g} to {high:.3g}"
        here, there = (f" {unit}" if unit else "" for unit in (seen.unit, own.unit))
        found.append(
            f"its spread is {seen.scale:.3g}{here}, and that of the training recordings is {between}{there}; "
            "see whether the units are the same"
        )
    return found
