"""Our validation curves on the original post's."""

from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator

from denoising.figures.drawing import Drawing
from denoising.figures.grid import depths, over_seeds
from denoising.figures.lines import end_of, label_ends
from denoising.figures.style import (
    REFERENCE,
    WIDTHS,
    Handle,
    LineStyle,
    depth_styles,
    label_outer,
    legend_above,
    look,
    panels_beside,
    scale_log,
)
from denoising.figures.wording import band_note, count, failure_note, learned_from, listing
from denoising.original.curves import SOURCE, by_cell, theirs
from denoising.study.cell import BASE
from denoising.study.results import Study

FAMILY = "pictures"  # what the original's figures show
HEIGHT = 2.2  # inches, of a panel
POINTS: Any = {"linestyle": "none", "markersize": 3, "markerfacecolor": "white", "markeredgewidth": 0.7}


def is_comparable(study: Study) -> bool:
    """Whether a study's base has cells of the original, on its signals."""
    base = study.by_variant.get(BASE)
    return (
        base is not None
        and base.settings["signals"] == FAMILY
        and bool(by_cell(base.history, "validation_mse").keys() & theirs().keys())
    )


@look()
def draw(study: Study) -> Drawing:
    """A panel a noise level, a colour a depth: ours, of the base alone, drawn through; theirs as points."""
    several, study = len(study.variants) > 1, study.by_variant[BASE]
    every = curves(study)
    figure, narrow = (paint(study, every, width) for width in WIDTHS)
    shown, levels = (sorted(set(every[name].tolist())) for name in ("depth", "alpha"))
    return Drawing(
        figure=figure,
        narrow=narrow,
        title="Beside the original's curves",
        caption=(
            f"Validation MSE after each epoch: ours as lines, the original's as points, from {SOURCE}. "
            f"Each panel has its own scale. {learned_from(study)}, "
            f"“{study.settings['signals']}” family; "
            f"{count(len(study.settings['seeds']), 'seed')}.{band_note(study)}"
            f"{' Only the base is shown, no variant of it.' if several else ''}{failure_note(study)}"
        ),
        alt=f"Validation MSE over epochs for depths {listing(shown)}, ours and the original's, a panel for "
        f"each noise level: {listing(f'{alpha:g}' for alpha in levels)}.",
        data=every,
    )


def curves(study: Study) -> pd.DataFrame:
    """A row an epoch of ours, for each noise level and depth that both have; theirs is null where unknown."""
    original, ours = theirs(), over_seeds(study.history, "validation_mse", ["alpha", "depth", "epoch"])
    parts = []
    for alpha, depth in sorted(by_cell(study.history, "validation_mse").keys() & original.keys()):
        own = ours.loc[alpha, :].loc[depth, :]
        both = pd.DataFrame({"ours": own["median"], "lowest": own["lowest"], "highest": own["highest"]})
        both = both.assign(theirs=original[alpha, depth], alpha=alpha, depth=depth)
        parts.append(both.rename_axis("epoch").reset_index())
    every = pd.concat(parts, ignore_index=True)
    return every.reindex(columns=["alpha", "depth", "epoch", "ours", "lowest", "highest", "theirs"])


def paint(study: Study, every: pd.DataFrame, width: float) -> Figure:
    """A panel a noise level, each on a scale of its own."""
    levels, styles = sorted(set(every["alpha"].tolist())), depth_styles(depths(study))
    figure, panels, n_columns = panels_beside(len(levels), width, HEIGHT, 0.4, sharey=False)
    for axes, alpha in zip(panels, levels, strict=False):
        axes.set_title(f"alpha {alpha:g}")
        ends = []
        for depth, rows in every[every["alpha"] == alpha].set_index("epoch").groupby("depth"):
            style = styles[int(str(depth))]
            draw_pair(axes, rows, style)
            ends += end_of(f"depth {depth}", rows["ours"], style.color)
        scale_log(axes)
        axes.xaxis.set_major_locator(MaxNLocator(5, integer=True))
        label_ends(axes, ends, 0.75 * HEIGHT)
    label_outer(panels, n_columns, len(levels), "epoch", "validation MSE")
    entries: dict[str, Handle] = {
        "ours": Line2D([], [], color=REFERENCE),
        "the original's": Line2D([], [], **POINTS, marker="o", markeredgecolor=REFERENCE),
    }
    legend_above(figure, entries)
    return figure


def draw_pair(axes: Axes, rows: pd.DataFrame, style: LineStyle) -> None:
    """Our curve, with its range over the seeds where there are several, and the original's."""
    axes.plot(rows.index, rows["ours"], color=style.color, linestyle=style.linestyle, gid="ours")
    if (rows["lowest"] < rows["highest"]).any():
        axes.fill_between(
            rows.index, rows["lowest"], rows["highest"], color=style.color, alpha=0.15, linewidth=0,
            gid="band",
        )  # fmt: skip
    axes.plot(
        rows.index, rows["theirs"], **POINTS, marker=style.marker, markeredgecolor=style.color, gid="theirs"
    )
