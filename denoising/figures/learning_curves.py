"""How the losses fell, epoch by epoch."""

from math import ceil

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator

from denoising.figures.drawing import Drawing
from denoising.figures.grid import alphas, depths, drawable, noisy_mse, over_seeds, representative
from denoising.figures.style import (
    N_MARKERS,
    NOISY_LINE,
    REFERENCE,
    LineStyle,
    depth_entries,
    depth_styles,
    drop_idle_ticks,
    label_outer,
    legend_above,
    look,
    mark_missing,
    new_figure,
    scale_log,
)
from denoising.figures.wording import band_note, basis, failure_note, learned_from, levels
from denoising.study.results import Study

MOST_PANELS = 12


@look()
def draw(study: Study) -> Drawing:
    """A panel an alpha, a line a depth: train and validation MSE per epoch."""
    every = alphas(study)
    shown = representative(every, MOST_PANELS)
    styles = depth_styles(depths(study))
    reference = noisy_mse(study)
    n_columns = columns_for(len(shown))
    n_rows = ceil(len(shown) / n_columns)
    figure = new_figure((2.9 if n_rows == 1 else 2.0 * n_rows) + 0.55)
    panels = figure.subplots(n_rows, n_columns, sharex=True, sharey=True, squeeze=False).ravel()
    for axes, alpha in zip(panels, shown, strict=False):
        axes.set_title(f"alpha {alpha:g}")
        history = study.history[study.history["alpha"] == alpha]
        if history.empty:
            mark_missing(axes, "failed")
            continue
        for rank, (depth, style) in enumerate(styles.items()):
            draw_depth(axes, history[history["depth"] == depth], style, rank)
        if reference[alpha] > 0:
            axes.axhline(reference[alpha], **NOISY_LINE, gid="noisy")
    if not study.history.empty:
        scale_log(panels[0])
        panels[0].xaxis.set_major_locator(MaxNLocator(5, integer=True, steps=[1, 2, 5, 10], min_n_ticks=1))
        if study.history["epoch"].max() == 0:
            panels[0].set_xlim(-0.5, 0.5)
    drop_idle_ticks(panels)
    label_outer(panels, n_columns, len(shown), "epoch", "MSE")
    legend_above(figure, {**depth_entries(styles), **kinds()})
    omitted = "" if len(shown) == len(every) else f" Shown are {levels(shown)} of {len(every)} noise levels."
    return Drawing(
        figure=figure,
        title="Training",
        caption=(
            "Mean squared error after each epoch (counted from 0) on the validation signals (bold) and on "
            "the training signals (thin, lighter), on a logarithmic scale. The dotted line is the error of "
            "the noisy test signals themselves: above it, a network does harm. "
            f"{learned_from(study)}; {basis(study)}."
            f"{band_note(study)}{omitted}{failure_note(study)}"
        ),
        alt=f"Validation and training MSE over epochs for depths {', '.join(map(str, styles))}, "
        f"one panel for each of {levels(shown)}.",
        data=study.history[["alpha", "depth", "seed", "variant", "epoch", "train_mse", "validation_mse"]],
    )


def columns_for(n: int) -> int:
    """How many panels stand side by side."""
    if n <= 3:
        return n
    return 2 if n == 4 else 3 if n <= 9 else 4


def draw_depth(axes: Axes, history: pd.DataFrame, style: LineStyle, rank: int) -> None:
    """The two losses of a depth at one noise level; over several seeds their median and range."""
    if history.empty:
        return
    train = over_seeds(history, "train_mse", ["epoch"])
    validation = over_seeds(history, "validation_mse", ["epoch"])
    step = max(1, len(validation) // N_MARKERS)
    lines = {"color": style.color, "linestyle": style.linestyle}
    axes.plot(train.index, drawable(train["median"]), **lines, linewidth=0.8, alpha=0.5, gid="train")
    axes.plot(
        validation.index, drawable(validation["median"]), **lines, linewidth=1.4, marker=style.marker,
        markevery=(rank * step // 4 % step, step), gid="validation",
    )  # fmt: skip
    if validation["count"].max() > 1:
        axes.fill_between(
            validation.index, drawable(validation["lowest"]), drawable(validation["highest"]),
            color=style.color, alpha=0.15, linewidth=0, gid="band",
        )  # fmt: skip


def kinds() -> dict[str, Line2D]:
    """Legend entries of what is not a depth."""
    return {
        "validation": Line2D([], [], color=REFERENCE, linewidth=1.4),
        "train": Line2D([], [], color=REFERENCE, linewidth=0.8, alpha=0.5),
        "noisy signal": Line2D([], [], **NOISY_LINE),
    }
