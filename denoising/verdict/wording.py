"""Effects in words."""

from collections.abc import Iterable
from math import isfinite

from denoising.figures.wording import DASH
from denoising.verdict.contrasts import Estimate


def hundredths(db: float | None) -> str:
    """A difference in dB with its sign and two decimals, which tell it from a margin; a dash for none."""
    if db is None or not isfinite(db):
        return DASH
    return f"{round(db, 2) + 0.0:+.2f}".replace("-", "−")


def effect(found: Estimate, unit: str = "") -> str:
    """A mean with its interval, where it has one."""
    if found.low is None:
        return f"{hundredths(found.db)}{unit}"
    return f"{hundredths(found.db)}{unit} [{hundredths(found.low)}, {hundredths(found.high)}]"


def span(gains: Iterable[float]) -> str:
    """The range of some gains, with two decimals."""
    every = sorted(gains)
    low, high = f"{every[0]:.2f}", f"{every[-1]:.2f}"
    return low if low == high else f"{low} to {high}"
