"""The fonts of figures: those that matplotlib carries, whatever fonts the machine has."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import cache
from pathlib import Path

from matplotlib import get_data_path
from matplotlib.font_manager import FontEntry, fontManager, ttfFontProperty
from matplotlib.ft2font import FT2Font

FAMILY = "DejaVu Sans"
BOXES = "boxes"  # a family with a box for every character, so that those of no other font are drawn too


def carried(file: str) -> FontEntry:
    """Return a font of matplotlib's own."""
    return ttfFontProperty(FT2Font(str(Path(get_data_path(), "fonts", "ttf", file))))


FONTS = [
    carried("DejaVuSans.ttf"),
    carried("DejaVuSans-Bold.ttf"),
    *(replace(carried("LastResortHE-Regular.ttf"), name=BOXES, weight=weight) for weight in (400, 700)),
]


@contextmanager
def our_fonts() -> Iterator[None]:
    """No other fonts than ours, as a context; matplotlib's list of fonts is global.

    Each font is looked for once, and not for every text and each of its drawings.
    """
    theirs = vars(fontManager)
    ours = {"ttflist": FONTS, "_find_fonts_by_props": cache(fontManager._find_fonts_by_props)}
    fontManager.__dict__ = theirs | ours
    try:
        yield
    finally:
        fontManager.__dict__ = theirs
