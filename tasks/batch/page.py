"""The page that shows recordings before and after they were denoised."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from denoising.report.looks_page import looks_page
from tasks.cache.files import write_atomically

LEAD = (
    "Each channel before and after, what was removed, and their spectra. Drag to zoom. Look whether what was "
    "removed is noise: a shape of the signal that shows there was lost."
)


def write_page(path: Path, looks: Sequence[Mapping[str, Any]]) -> Path:
    """Write the page, and return its path."""
    write_atomically(path, looks_page("Denoised recordings", LEAD, looks).encode())
    return path
