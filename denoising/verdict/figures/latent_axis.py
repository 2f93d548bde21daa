"""The error over the size of the latent, for both objectives."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from denoising.figures.drawing import Drawing
from denoising.figures.style import (
    BAYES,
    LINEAR,
    NOISY_LINE,
    REFERENCE,
    WIDTHS,
    Handle,
    LineStyle,
    grid_of_panels,
    label_outer,
    legend_above,
    look,
    mark_missing,
    scale_log,
)
from denoising.figures.wording import listing
from denoising.verdict.answer import span
from denoising.verdict.cells import baseline
from denoising.verdict.claims import judge
from denoising.verdict.design import AXIS_DEPTHS, OWN_SIGNALS
from denoising.verdict.evidence import Evidence
from denoising.verdict.latents import components_for, latent_frame, pca_errors, signal_length, sizes_of

STYLES: Mapping[str, LineStyle] = {
    "denoising": LineStyle("#6a1b9a", "o", "-"),
    "plain": LineStyle("#c2568c", "s", (0, (5, 1.5))),
}
NAMES = {"denoising": "trained to denoise", "plain": "plain autoencoder"}
PCA_LINE = LineStyle("#8d6e3f", "", (0, (1.2, 1.2)))
UNKNOWNS = 2  # the two frequencies: the signals are a surface of so many dimensions
LINES = {
    "best gain": ("best_gain", NOISY_LINE),
    "best linear filter": ("linear_mmse", {"color": LINEAR, "linewidth": 1.4, "linestyle": (0, (7, 2))}),
    "posterior mean": ("bayes", {"color": BAYES, "linewidth": 1.6, "linestyle": "-"}),
}


@look()
def draw(evidence: Evidence) -> Drawing:
    """A panel a noise level and depth: test MSE over latent size between best gain and Bayes floor."""
    table = latent_frame(evidence)
    figure, narrow = (paint(evidence, table, width) for width in WIDTHS)
    return Drawing(
        figure=figure,
        narrow=narrow,
        title=title(evidence),
        caption=(
            "Mean squared error on the test signals over the numbers in the latent, which no layer falls "
            "below; medians over the seeds with their range as a band. The plain autoencoder is trained to "
            "give back its noisy input. PCA is the expected error of the rescaled noisy signal projected on "
            "as many principal components of the clean signals. Thin lines: the signals have "
            f"{UNKNOWNS} unknowns, and {components_for(0.99, signal_length(evidence))} principal components "
            f"hold 99% of their variance. Signals: {OWN_SIGNALS}."
        ),
        alt=f"Test MSE over latent size at depths {listing(AXIS_DEPTHS)} for {listing(NAMES.values())}, with "
        f"PCA, {listing(LINES)}.",
        data=table,
    )


def paint(evidence: Evidence, table: pd.DataFrame, width: float) -> Figure:
    """All panels; those of a noise level have one scale."""
    alphas = sorted(evidence.design.alphas)
    figure, panels = grid_of_panels(width, len(alphas), len(AXIS_DEPTHS), 2.1, 0.7, sharex=True, sharey="row")
    for row, alpha in enumerate(alphas):
        for column, depth in enumerate(AXIS_DEPTHS):
            axes = panels[row, column]
            axes.set_title(f"depth {depth}, alpha {alpha:g}", fontweight="bold")
            here = table[(table["alpha"] == alpha) & (table["depth"] == depth)]
            draw_panel(axes, evidence, here, alpha)
        if any(axes.lines for axes in panels[row]):
            scale_log(panels[row, 0])
    label_outer(panels.ravel(), len(AXIS_DEPTHS), panels.size, "numbers in the latent", "test MSE")
    legend_above(figure, entries(), most_columns=4)
    return figure


def draw_panel(axes: Axes, evidence: Evidence, here: pd.DataFrame, alpha: float) -> None:
    """Both objectives, PCA and the limits."""
    if here.empty:
        mark_missing(axes, "nothing measured")
        return
    sizes = sizes_of(evidence)
    for size in (UNKNOWNS, components_for(0.99, signal_length(evidence))):
        axes.axvline(size, color=REFERENCE, linewidth=0.8, gid="dimension")
    for objective, style in STYLES.items():
        rows = here[here["objective"] == objective]
        axes.plot(rows["latent_size"], rows["median"], **style.line(), gid=objective)
        if len(rows) and rows["n"].max() > 1:
            axes.fill_between(
                rows["latent_size"], rows["lowest"], rows["highest"], color=style.color, alpha=0.18,
                linewidth=0, gid="band",
            )  # fmt: skip
    counts = [int(k) for k in np.unique(np.geomspace(sizes[0], sizes[-1], 60).round())]
    axes.plot(counts, pca_errors(counts, alpha, signal_length(evidence)), **PCA_LINE.line(), gid="pca")
    for column, line in LINES.values():
        mse = baseline(evidence, column, OWN_SIGNALS, alpha).median()
        axes.axhline(mse, **line, gid=column, zorder=1.9)
    axes.set_xscale("log", base=2)
    axes.set_xticks(sizes, [str(size) for size in sizes])
    axes.tick_params(axis="x", which="minor", length=0)


def entries() -> dict[str, Handle]:
    """Legend entries."""
    networks: dict[str, Handle] = {NAMES[name]: Line2D([], [], **s.line()) for name, s in STYLES.items()}
    limits = {name: Line2D([], [], **line) for name, (_, line) in LINES.items()}
    return {**networks, "PCA, expected": Line2D([], [], **PCA_LINE.line()), **limits}


def title(evidence: Evidence) -> str:
    """What was found of the claims that rest on the latent axis."""
    claims = {claim.number: claim for claim in judge(evidence)}
    if "not measured" in (claims["3"].verdict, claims["5"].verdict):
        return "The error over the size of the latent"
    added = [found for found in claims["5"].findings if not found.contrast.what.startswith("linear")]
    return (
        f"A convolutional bottleneck alone gains {span(claims['3'].findings)} over the best gain; training "
        f"to denoise brings {span(added)}"
    )
