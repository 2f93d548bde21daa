"""How far studies lie apart, over the noise level."""

from functools import partial

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from denoising.figures.drawing import Drawing
from denoising.figures.lines import End, end_of
from denoising.figures.overlaid.over_levels import MOST, paint
from denoising.figures.style import REFERENCE, WIDTHS, LineStyle, depth_styles, look
from denoising.figures.wording import decibels, extent, omission
from denoising.study.cell import BASE
from denoising.study.differences import ComparedStudies

SPREAD = 0.15  # of the distance between two noise levels, over which the points of the depths are spread
LONE = 0.1  # that distance, where there is one noise level


@look()
def draw(compared: ComparedStudies) -> Drawing:
    """The difference in dB over the noise level: a panel a study and variant, a line a depth."""
    told = [(letter, each) for letter, found in compared.differences.items() for each in found]
    rows = pd.DataFrame([{"study": letter, **vars(each)} for letter, each in told])
    styles = depth_styles(sorted(set(rows["depth"])))
    gap = min(np.diff(sorted({*compared.levels.values()})), default=LONE)
    rank = rows["depth"].rank(method="dense") - (len(styles) + 1) / 2
    shift = SPREAD * gap * rank / max(len(styles) - 1, 1)
    places = rows.assign(place=rows["level"].map(dict(compared.levels)) + shift)
    by_title = {
        f"{letter} over A" + ("" if variant == BASE else f", {variant}"): own
        for (letter, variant), own in places.groupby(["study", "variant"], sort=False)
    }
    panels = {title: partial(draw_panel, styles, by_title[title]) for title in [*by_title][:MOST]}
    figure, narrow = (paint(compared, panels, "dB over A", width, {}) for width in WIDTHS)
    return Drawing(
        figure=figure,
        narrow=narrow,
        title="How far the test errors lie from those of A",
        caption=(
            "10 log10 of the ratio of test MSEs, a line a depth: below 0, the study is better than A. Bars "
            "are 95% intervals; where there is none, none is known. The tables say what each rests on."
            f"{omission(list(panels), list(by_title), 'panel')}"
        ),
        alt="; ".join(
            f"{title}: {extent(decibels(own['db'].min()), decibels(own['db'].max()))} dB"
            for title, own in by_title.items()
        ),
        data=rows.assign(study=[compared.letters[letter].name for letter in rows["study"]]),
    )


def draw_panel(styles: dict[int, LineStyle], rows: pd.DataFrame, axes: Axes) -> list[End]:
    """A line a depth, each a little beside the others so that their bars can be told apart."""
    axes.axhline(0, color=REFERENCE, linewidth=1.0, gid="same")
    ends = []
    for depth, style in styles.items():
        own = rows[rows["depth"] == depth].set_index("place")
        axes.plot(own.index, own["db"], **style.line(), gid=f"depth {depth}")
        low, high = own["low"].astype(float), own["high"].astype(float)
        axes.vlines(own.index, low, high, color=style.color, linewidth=1.1, alpha=0.7)
        ends += end_of(f"depth {depth}", own["db"], style.color)
    return ends
