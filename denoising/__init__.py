"""The science of denoising 1-D signals. What a user needs first is `load`."""

from pkgutil import resolve_name
from typing import Any


def load(path: Any, snr: Any = "auto") -> Any:
    """Load a denoiser from a file, or those of a study; see `denoising.models.loading.load`."""
    return resolve_name("denoising.models.loading:load")(path, snr)
