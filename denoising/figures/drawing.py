"""A finished figure with its words, and the files that can be made of it."""

from dataclasses import dataclass
from functools import cached_property
from io import BytesIO

import pandas as pd
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine
from matplotlib.text import Annotation
from matplotlib.transforms import Bbox
from PIL import Image

from denoising.figures.style import look

COLORS = 64
COMPRESSION = 3  # of PNG: a third less time than at 6, for files 8% larger
CONTROLS = bytes({*range(32)} - {*b"\t\n\r"})  # which XML has no way to write
PLACES = 9  # of a panel's bounds, in figure widths and heights


@dataclass(frozen=True)
class Drawing:
    """A figure and what is said about it.

    Attributes:
        figure: the figure itself.
        title: a few words, without a full stop.
        caption: what is drawn and what it rests on, in sentences.
        alt: what it shows, for those who cannot see it.
        data: the numbers behind it, a row a point or more.
        narrow: the same for a phone, its panels one below the other; without it, that is as the other.
    """

    figure: Figure
    title: str
    caption: str
    alt: str
    data: pd.DataFrame
    narrow: Figure | None = None

    @cached_property
    def csv(self) -> bytes:
        """These numbers as a CSV file."""
        return self.data.to_csv(index=False).encode()


def settle(figure: Figure) -> None:
    """Lay a figure out once, instead of each time that it is saved.

    Kiwi, which solves the layout, takes its variables in the order of their addresses in memory, so that the
    last digit of a panel's bounds is chance. It shows, as matplotlib's names of clip paths in an SVG are
    digests of these bounds: they are rounded.
    """
    engine = figure.get_layout_engine()
    if isinstance(engine, ConstrainedLayoutEngine):
        texts = [text for axes in figure.axes for text in axes.texts]
        threads = [text.arrowprops for text in texts if isinstance(text, Annotation) and text.arrowprops]
        for thread in threads:
            thread["patchA"] = None
        engine.execute(figure)
        for thread in threads:
            del thread["patchA"]
        figure.set_layout_engine("none")
        for axes in figure.axes:
            axes.set_position(Bbox(axes.get_position(original=True).get_points().round(PLACES)))


# Figures go to their canvas and not to `savefig`, which draws them once more, for a layout that they have.


@look()
def to_svg(drawing: Drawing, *, narrow: bool = False) -> bytes:
    """The figure, or the narrow one, as SVG, its text as text; the same drawing gives the same bytes."""
    figure = drawing.narrow if narrow and drawing.narrow else drawing.figure
    settle(figure)
    buffer = BytesIO()
    metadata = {"Title": drawing.title, "Description": drawing.caption, "Date": None, "Creator": None}
    FigureCanvasSVG(figure).print_svg(buffer, metadata=metadata)
    return buffer.getvalue().translate(None, CONTROLS)


@look()
def to_png(drawing: Drawing, dpi: int = 200) -> bytes:
    """The figure as PNG; dpi in pixels an inch (figures are 7.2 inches wide)."""
    figure = drawing.figure
    settle(figure)
    buffer = BytesIO()
    metadata = {"Title": drawing.title, "Description": drawing.caption, "Software": None}
    own, figure.dpi = figure.dpi, dpi
    FigureCanvasAgg(figure).print_png(buffer, metadata=metadata, pil_kwargs={"compress_level": COMPRESSION})
    figure.dpi = own
    return buffer.getvalue()


def preview(png: bytes, width: int = 720) -> bytes:
    """A PNG made small enough to be shown inline: `width` pixels wide, in a palette of 64 colours."""
    with Image.open(BytesIO(png)) as image:
        height = round(image.height * width / image.width)
        small = image.convert("RGB").resize((width, height), Image.Resampling.LANCZOS)
    buffer = BytesIO()
    small.quantize(COLORS).save(buffer, format="PNG")
    return buffer.getvalue()
