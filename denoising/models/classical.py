"""Classical denoisers as files, with all that they were fitted to."""

from collections.abc import Mapping
from dataclasses import fields
from typing import Any

import numpy as np

from denoising.denoisers.denoiser import Baseline
from denoising.models.describing import described
from denoising.models.model_file import to_bytes
from denoising.signals.dataset import SignalSet

# What nobody knows of signals of their own.
NOT_KNOWN = frozenset(("number of sinusoids", "form", "prior"))


def is_usable(denoiser: Baseline) -> bool:
    """Whether a denoiser knows nothing of the signals that would not be known of others."""
    return NOT_KNOWN.isdisjoint(denoiser.told)


def classical_to_bytes(path: str, denoiser: Baseline, train: SignalSet, data: Mapping[str, Any]) -> bytes:
    """Return a fitted denoiser as the content of a file that describes itself.

    Args:
        path: its class, as `module:Class`.
        denoiser: the denoiser, whose fields are numbers, names and arrays.
        train: the signals that it was fitted to.
        data: the settings that made them.
    """
    values = {field.name: getattr(denoiser, field.name) for field in fields(denoiser)}  # type: ignore[arg-type]
    arrays = {name: value for name, value in values.items() if isinstance(value, np.ndarray)}
    design = {name: value for name, value in values.items() if name not in arrays}
    card = described(train, data, kind="classical", label=denoiser.label, denoiser=path, design=design)
    return to_bytes(card, arrays)
