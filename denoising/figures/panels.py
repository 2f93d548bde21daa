"""What stands side by side in a figure: the depths of a study, and its variants where it has several.

A study of one variant has one panel, in which each depth is a line. Of several variants, each has a panel of
its own with a line for each depth; where there is but one depth, the variants are lines in one panel, or in
one for each source of signals, since limits are of a source.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from matplotlib.lines import Line2D

from denoising.figures.grid import (
    SOURCE,
    by_settings,
    depths,
    shown_variants,
)
from denoising.figures.style import Handle, LineStyle, depth_styles, styles_in_order
from denoising.figures.wording import listing
from denoising.study.results import Study

MOST = 6  # variants in a figure that has a panel for each
MOST_LINES = 8  # variants in one panel
SHORT = 10  # characters of a line's name


@dataclass(frozen=True)
class Series:
    """What is drawn as one line: the networks of a depth of a variant.

    Attributes:
        name: as the legend has it, such as `depth 2`.
        style: how it is drawn.
        study: of its variant alone.
        depth: the depth.
    """

    name: str
    style: LineStyle
    study: Study
    depth: int


@dataclass(frozen=True)
class Panel:
    """Lines that share a panel.

    Attributes:
        title: what the panel is of; empty where there is but one.
        study: the cells of all of its lines, with the limits that they share.
        series: the lines.
    """

    title: str
    study: Study
    series: tuple[Series, ...]


def panels_of(study: Study, most: int = MOST) -> list[Panel]:
    """The panels of a study, with at most `most` of its variants."""
    if len(depths(study)) == 1:
        most = min(most, MOST_LINES)
    return list(make_panels(study, shown_variants(study, most)))


def make_panels(study: Study, shown: Sequence[str]) -> Iterator[Panel]:
    """The panels of the variants shown, one after the other."""
    parts, every = study.by_variant, depths(study)
    if len(parts) > 1 and len(every) == 1:
        styles = styles_in_order(shown)
        for title, names in by_settings(study, SOURCE, shown).items():
            series = (Series(name, styles[name], parts[name], every[0]) for name in names)
            yield Panel(title, study.only(*names), tuple(series))
        return
    for name in shown:
        part = parts[name]
        yield Panel(
            name if len(parts) > 1 else "",
            part,
            tuple(Series(f"depth {d}", style, part, d) for d, style in depth_styles(every).items()),
        )


def shown_in(panels: Sequence[Panel]) -> list[str]:
    """The variants in some panels."""
    return list(dict.fromkeys(variant for panel in panels for variant in panel.study.variants))


def entries_of(panels: Sequence[Panel]) -> dict[str, Handle]:
    """Legend entries of the lines."""
    return {series.name: Line2D([], [], **series.style.line()) for panel in panels for series in panel.series}


def are_short(panels: Sequence[Panel]) -> bool:
    """Whether the names of all lines are short enough to stand beside them; otherwise a legend has them."""
    return all(len(series.name) <= SHORT for panel in panels for series in panel.series)


def lines_in_words(study: Study, panels: Sequence[Panel]) -> str:
    """What the lines and panels are of: `depths 2, 4`, `variants base and channels=8 at depth 2` ..."""
    every = depths(study)
    if len(study.variants) == 1:
        return f"depths {listing(every)}"
    if len(every) == 1:
        shown = listing(series.name for panel in panels for series in panel.series)
        return f"depth {every[0]} of the variants {shown}"
    return f"depths {listing(every)} of the variants {listing(panel.title for panel in panels)}"
