"""Our validation curves on the original post's."""

from math import ceil

import pandas as pd
from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator

from denoising.figures.drawing import Drawing
from denoising.figures.grid import depths, over_seeds
from denoising.figures.style import (
    REFERENCE,
    Handle,
    depth_entries,
    depth_styles,
    label_outer,
    legend_above,
    look,
    new_figure,
    scale_log,
)
from denoising.figures.wording import band_note, count, failure_note, learned_from, listing
from denoising.original.curves import SOURCE, by_cell, theirs
from denoising.study.cell import BASE
from denoising.study.results import Study

FAMILY = "pictures"  # what the original's figures show


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
    original, ours = theirs(), over_seeds(study.history, "validation_mse", ["alpha", "depth", "epoch"])
    cells = sorted(by_cell(study.history, "validation_mse").keys() & original.keys())
    levels, shown = sorted({alpha for alpha, _ in cells}), sorted({depth for _, depth in cells})
    styles = {depth: style for depth, style in depth_styles(depths(study)).items() if depth in shown}
    columns = min(2, len(levels))
    figure = new_figure(2.4 * ceil(len(levels) / columns) + 0.55)
    panels = figure.subplots(ceil(len(levels) / columns), columns, sharex=True, sharey=True, squeeze=False)
    rows = []
    for alpha, depth in cells:
        axes, style = panels.flat[levels.index(alpha)], styles[depth]
        own, their = ours.loc[alpha, :].loc[depth, :], original[alpha, depth]
        axes.plot(own.index, own["median"], color=style.color, linestyle=style.linestyle, gid="ours")
        if own["count"].max() > 1:
            axes.fill_between(
                own.index,
                own["lowest"],
                own["highest"],
                color=style.color,
                alpha=0.15,
                linewidth=0,
                gid="band",
            )
        axes.plot(
            their.index, their, linestyle="none", marker=style.marker, markersize=3, markerfacecolor="white",
            markeredgecolor=style.color, markeredgewidth=0.7, gid="theirs",
        )  # fmt: skip
        both = pd.DataFrame({"ours": own["median"], "lowest": own["lowest"], "highest": own["highest"]})
        rows.append(both.assign(theirs=their, alpha=alpha, depth=depth).rename_axis("epoch").reset_index())
        axes.set_title(f"alpha {alpha:g}")
    label_outer(panels.flat, columns, len(levels), "epoch", "validation MSE")
    scale_log(panels[0, 0])
    panels[0, 0].xaxis.set_major_locator(MaxNLocator(5, integer=True))
    entries: dict[str, Handle] = {
        **depth_entries(styles),
        "ours": Line2D([], [], color=REFERENCE),
        "the original's": Line2D(
            [], [], color=REFERENCE, linestyle="none", marker="o", markersize=3.5, markerfacecolor="white",
            markeredgecolor=REFERENCE, markeredgewidth=0.8,
        ),
    }  # fmt: skip
    legend_above(figure, entries)
    return Drawing(
        figure=figure,
        title="Beside the original's curves",
        caption=(
            f"Validation MSE after each epoch: ours as lines, the original's as points, from {SOURCE}. "
            f"{learned_from(study)}, "
            f"“{study.settings['signals']}” family; "
            f"{count(len(study.settings['seeds']), 'seed')}.{band_note(study)}"
            f"{' Only the base is shown, no variant of it.' if several else ''}{failure_note(study)}"
        ),
        alt=f"Validation MSE over epochs for depths {listing(shown)}, ours and the original's, a panel for "
        f"each noise level: {listing(f'{alpha:g}' for alpha in levels)}.",
        data=pd.concat(rows, ignore_index=True)[
            ["alpha", "depth", "epoch", "ours", "lowest", "highest", "theirs"]
        ],
    )
