"""What a report consists of: blocks, one below the other, that the page and the Markdown both show."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from denoising.figures.drawing import Drawing
from denoising.figures.style import LineStyle
from denoising.figures.wording import cell_name
from denoising.study.differences import ComparedStudies
from denoising.study.recorded import RecordedStudy
from denoising.study.results import Study

MOST_AT_ONCE = 250  # rows of a table, or failed cells, that a page or the Markdown shows one below the other
ROWS_OF_PAGE = 100  # that are shown at a time of a longer table
MOST_ROWS = 20_000  # that a page holds


@dataclass(frozen=True)
class Anchor:
    """What leads to a row of a table: its id in the page, and its name in words; without a name, no link."""

    id: str
    name: str


@dataclass(frozen=True)
class Table:
    """Column headings and rows of text, every row as long as the headings.

    `strong` holds the (row, column) of each cell that stands out, `anchors` what leads to each row, if
    anything does, `classes` the words that a page shows in a colour of their own, `shades` how dark a page
    shows a cell, from 0 to 1, and `links` where its text leads. `file` is the study's file that has all rows,
    if one does.
    """

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    strong: frozenset[tuple[int, int]] = frozenset()
    anchors: tuple[Anchor, ...] = ()
    classes: tuple[str, ...] = ()
    shades: Mapping[tuple[int, int], float] = field(default_factory=dict)
    links: Mapping[tuple[int, int], str] = field(default_factory=dict)
    file: str = ""

    @property
    def n_shown(self) -> int:
        """How many rows a page shows at a time."""
        return len(self.rows) if len(self.rows) <= MOST_AT_ONCE else ROWS_OF_PAGE

    @property
    def n_held(self) -> int:
        """How many rows a page holds, which its pager leads to."""
        return min(len(self.rows), MOST_ROWS)


class Block:
    """A part of a report.

    Attributes:
        kind: the macro that shows it, in `blocks.html.j2` and in `report.md.j2`.
        name: for links to it.
        link: what these are called in the contents; empty for its title.
        styles, scripts: files that a page with it needs.
    """

    kind: ClassVar[str]
    name: str
    link: str
    styles: ClassVar[tuple[str, ...]] = ()
    scripts: ClassVar[tuple[str, ...]] = ()


@dataclass(frozen=True)
class Caution:
    """What is to be known of an answer: in a few words, and what is behind them."""

    short: str
    more: str


@dataclass(frozen=True)
class Section(Block):
    """A heading with a table, its caption and what is said before it, as far as there is any.

    Attributes:
        title: the heading.
        table: the table.
        note: its caption.
        sentences, cautions: what is said before it.
        in_brief: whether the Markdown shows it too.
    """

    kind = "section"
    name: str
    title: str
    table: Table | None = None
    note: str = ""
    sentences: tuple[str, ...] = ()
    cautions: tuple[Caution, ...] = ()
    link: str = ""
    in_brief: bool = True


@dataclass(frozen=True)
class Picture:
    """A figure with its SVG file, and a small PNG file if the Markdown shows it too."""

    name: str
    drawing: Drawing
    svg: bytes
    preview: bytes | None = None


@dataclass(frozen=True)
class Figures(Block):
    """Numbered figures with their captions."""

    kind = "figures"
    pictures: Sequence[Picture]
    name: str = "figures"
    link: str = "Figures"


@dataclass(frozen=True)
class Commands(Block):
    """What a reader may do next: what it is for, and the command."""

    kind = "commands"
    commands: Sequence[tuple[str, str]]
    title: str = "What to do next"
    name: str = "next"
    link: str = "What next"
    note: str = "The programs are there where the project is installed; in a checkout, they lie in .venv/bin."


@dataclass(frozen=True)
class Slider:
    """A number of the playground that people choose: its name in the scripts, its label and its range."""

    name: str
    label: str
    low: float
    high: float
    step: float
    value: float


@dataclass(frozen=True)
class Played:
    """A denoiser of the playground, as the page shows it before anything is chosen.

    Attributes:
        name: its name in the scripts.
        label: what it is called.
        line: how it is drawn by day.
        shown: whether its line is drawn.
        start: what it makes of the first signal; None if that is not known.
        mse, beside: the error of that, and what it is beside another error, as text.
    """

    name: str
    label: str
    line: LineStyle
    shown: bool
    start: NDArray[np.float64] | None
    mse: str
    beside: str


@dataclass(frozen=True)
class Captions:
    """What a playground says.

    Attributes:
        lead, note: above and below it.
        beside: what errors are told beside, the heading of a column.
        test: what a test signal is called.
        nearest: which networks answer unless others are chosen.
    """

    lead: str
    note: str
    beside: str
    test: str
    nearest: str


@dataclass(frozen=True)
class Playground(Block):
    """A signal that people choose, denoised in the page.

    Attributes:
        data: what its scripts need.
        words: what the page says of it.
        sliders: what makes its signal.
        rows: the denoisers.
        tests: its test signals in words.
        clean, noisy: the first signal.
        links: what leads to a network in it, by variant, depth and noise level.
        notes: what it leaves out, in sentences.
    """

    kind = "playground"
    styles = ("controls.css", "playground/playground.css")
    scripts = tuple(
        f"playground/{name}.js"
        for name in ("networks", "denoisers", "signals", "sources", "views", "bringing", "playground")
    )
    data: Mapping[str, Any]
    words: Captions
    sliders: Sequence[Slider]
    rows: Sequence[Played]
    tests: Sequence[str]
    clean: NDArray[np.float64]
    noisy: NDArray[np.float64]
    links: Mapping[tuple[str, int, float], str]
    notes: Sequence[str] = ()
    name: str = "play"
    link: str = "Play with it"


@dataclass(frozen=True)
class Failure:
    """A cell that failed, in words, and why."""

    cell: str
    reason: str


@dataclass(frozen=True)
class Report:
    """Everything that is told of a study, or of several.

    Attributes:
        study: it, or them.
        kind: what kind of study it is, in words.
        title: the question that it answers.
        headline: the answer.
        reservation: how far that can be trusted; empty where there is nothing to say.
        failures: the cells that failed.
        blocks: all else, in order.
    """

    study: Study | RecordedStudy | ComparedStudies
    kind: str
    title: str
    headline: str
    reservation: str
    failures: Sequence[Failure]
    blocks: Sequence[Block]

    @property
    def named_failures(self) -> Sequence[Failure]:
        """The failed cells that are named one by one."""
        return self.failures[:MOST_AT_ONCE]

    @property
    def styles(self) -> list[str]:
        """The style sheets that its blocks need."""
        return [name for block in self.blocks for name in block.styles]

    @property
    def scripts(self) -> list[str]:
        """The scripts that its blocks need."""
        return [name for block in self.blocks for name in block.scripts]


def failures(study: Study, label: Callable[[str], str] = str) -> list[Failure]:
    """The failed cells in the order of the results; `label` puts a variant in words."""
    failed = study.results[study.results["status"] == "failed"]
    several = len(study.variants) > 1
    axes = failed[["depth", "alpha", "seed", "variant"]].itertuples(index=False)
    named = [
        f"{label(variant)}, {cell_name(*cell)}" if several else cell_name(*cell) for *cell, variant in axes
    ]
    return [Failure(cell, str(reason)) for cell, reason in zip(named, failed["failure"], strict=True)]
