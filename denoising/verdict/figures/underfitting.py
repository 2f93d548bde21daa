"""Whether depth fails to fit or fails to generalise: losses and gradients while training."""

from collections.abc import Mapping
from math import isnan
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from denoising.figures.drawing import Drawing
from denoising.figures.grid import drawable, over_seeds
from denoising.figures.learning_curves import BROAD, THIN, kinds
from denoising.figures.style import (
    WIDTHS,
    LineStyle,
    depth_entries,
    depth_styles,
    grid_of_panels,
    legend_above,
    look,
    mark_missing,
    scale_log,
)
from denoising.figures.wording import decibels, listing
from denoising.verdict.cells import Candidate, difference, measured
from denoising.verdict.design import BASE, DEEP
from denoising.verdict.evidence import Evidence

WORDS = ("loss", "gradient norm")


@look()
def draw(evidence: Evidence) -> Drawing:
    """A column a noise level: losses above, gradient norm below, a line a depth."""
    styles = depth_styles(evidence.design.depths)
    history = evidence.history
    own = history[(history["variant"] == BASE) & history["seed"].isin(evidence.design.seeds)]
    figure, narrow = (paint(evidence, own, width) for width in WIDTHS)
    return Drawing(
        figure=figure,
        narrow=narrow,
        title=title(evidence),
        caption=(
            "As the original ran it, medians over the seeds. Above, the loss on the training signals (thin) "
            "and on the validation signals (broad) in each epoch; a depth that does not fit its training "
            "signals keeps both high and near to each other. Below, the norm of the gradient, mean over the "
            "steps of each epoch; bands run from the lowest to the highest seed. Logarithmic scales."
        ),
        alt=f"Training and validation loss, and gradient norm, over epochs for depths {listing(styles)}.",
        data=own[["alpha", "depth", "seed", "epoch", "train_mse", "validation_mse", "gradient_norm"]],
    )


def paint(evidence: Evidence, own: pd.DataFrame, width: float) -> Figure:
    """All panels; those of a quantity have one scale."""
    alphas, styles = sorted(evidence.design.alphas), depth_styles(evidence.design.depths)
    figure, panels = grid_of_panels(width, 2, len(alphas), 2.0, 0.4, sharex=True, sharey="row")
    for column, alpha in enumerate(alphas):
        losses, gradients = panels[:, column]
        for axes, words in zip((losses, gradients), WORDS, strict=True):
            axes.set_title(f"alpha {alpha:g}: {words}", fontweight="bold")
        here = own[own["alpha"] == alpha]
        if here.empty:
            for axes in (losses, gradients):
                mark_missing(axes, "nothing measured")
            continue
        for depth, style in styles.items():
            of_depth = here[here["depth"] == depth]
            draw_line(losses, of_depth, "validation_mse", style, BROAD)
            draw_line(losses, of_depth, "train_mse", style, THIN)
            draw_line(gradients, of_depth, "gradient_norm", style, {"linewidth": 1.4})
        gradients.set_xlabel("epoch")
        gradients.xaxis.set_major_locator(MaxNLocator(5, integer=True))
    for axes, words in zip(panels[:, 0], WORDS, strict=True):
        axes.set_ylabel(words)
        if any(panel.lines for panel in panels.ravel()):
            scale_log(axes)
    legend_above(figure, {**depth_entries(styles), **kinds()})
    return figure


def draw_line(
    axes: Axes, history: pd.DataFrame, column: str, style: LineStyle, look_of: Mapping[str, Any]
) -> None:
    """A column over epochs: its median and its range over the seeds."""
    if history.empty:
        return
    found = over_seeds(history, column, ["epoch"])
    dash = {} if look_of is BROAD else {"linestyle": style.linestyle}
    axes.plot(found.index, drawable(found["median"]), color=style.color, **dash, **look_of, gid=column)
    if look_of is not THIN and found["count"].max() > 1:
        axes.fill_between(
            found.index, drawable(found["lowest"]), drawable(found["highest"]), color=style.color,
            alpha=0.15, linewidth=0, gid="band",
        )  # fmt: skip


def title(evidence: Evidence) -> str:
    """The gap between validation and training loss of the deepest network."""
    gaps = [gap_db(evidence, DEEP, alpha) for alpha in sorted(evidence.design.alphas)]
    known = [gap for gap in gaps if not isnan(gap)]
    if not known:
        return "Losses and gradients while training"
    told = listing(dict.fromkeys(decibels(gap) for gap in known))
    return f"Validation loss of depth {DEEP} over its training loss: {told} dB"


def gap_db(evidence: Evidence, depth: int, alpha: float) -> float:
    """By how many dB the validation loss lies above the training loss, mean over the seeds; nan if none."""
    network = Candidate(BASE, depth)
    losses = (measured(evidence, network, alpha, column) for column in ("validation_loss", "train_mse"))
    return float(difference(*losses).mean())
