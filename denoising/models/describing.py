"""Describes a denoiser by the signals that it was trained on."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import numpy as np

from denoising.measure.metrics import snr_db
from denoising.models.card import Card
from denoising.models.portrait import Portrait, portrait
from denoising.signals.dataset import SignalSet
from denoising.signals.level_names import level_name
from denoising.signals.scaling import rescale, rescaling_gain, robust


def described(train: SignalSet, data: Mapping[str, Any], *, output_gain: float = 1.0, **own: Any) -> Card:
    """Return the card of a denoiser.

    A denoiser of sinusoids gives the clean signal at its own size, which is 1 / (1 - alpha) times that in the
    noisy one; in use, its output is brought back to the size that it has there.

    Args:
        train: the signals that it was trained on, at their own scale.
        data: the settings that made them.
        output_gain: the factor of its output that makes it a denoiser.
        own: what else it tells; see `Card`.
    """
    alpha = data.get("alpha")
    spread, seen = seen_in(train)
    return Card(
        window=train.noisy.shape[1],
        level=level_name(alpha, data.get("snr"), doubled=data.get("doubled", False)),
        snr=ratio(train, data),
        signals=data.get("signals", "recordings"),
        rate=data.get("rate"),
        unit=data.get("unit", ""),
        output_gain=output_gain * (1.0 if alpha is None else 1 - alpha),
        reference=spread or 1.0,
        portrait=seen.as_json(),
        data=data,
        **own,
    )


@lru_cache(maxsize=1)  # many denoisers are trained on the same signals, one after the other
def seen_in(train: SignalSet) -> tuple[float, Portrait]:
    """Return the spread of training signals, by which denoisers see sinusoids, and their portrait."""
    noisy = train.standardised().noisy.astype(np.float64)
    centre, spread = (0.0, 1.0) if train.scale is not None else robust(noisy)
    scales = np.array([spread]) if train.scale is None else train.scale
    return spread, portrait((noisy - centre) / (spread or 1.0), scales)


def ratio(train: SignalSet, data: Mapping[str, Any]) -> float | None:
    """Return the ratio of signal to noise in dB; None if the clean signals are not known."""
    if data.get("snr") is not None:
        return float(data["snr"])
    if not data.get("has_clean", True):
        return None
    alpha = data.get("alpha")
    noisy = rescale(train.noisy, 1.0 if alpha is None else rescaling_gain(alpha))
    level = train.level(train.clean)
    return snr_db(noisy - level, train.clean - level)
