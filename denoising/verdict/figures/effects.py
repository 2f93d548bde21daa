"""The effect of depth in every variant, and how much of it goes with each single change."""

from collections.abc import Sequence

import pandas as pd
from matplotlib.lines import Line2D

from denoising.figures.drawing import Drawing
from denoising.figures.style import legend_above, look, new_figure
from denoising.figures.wording import decibels, levels
from denoising.verdict.causes import ADDED, CHANGED, DepthEffect, depth_effects, shares
from denoising.verdict.design import BASE, DEEP, SHALLOW, label
from denoising.verdict.evidence import Evidence
from denoising.verdict.figures.forest import ROW, Point, Row, alpha_styles, draw_forest

UNADJUSTED = "Lines are 95% t intervals over the seeds, not adjusted for their number"


@look()
def draw_depth(evidence: Evidence) -> Drawing:
    """By how many dB the deepest depth is worse than the shallowest, variant by variant."""
    found = depth_effects(evidence)
    return forest(
        evidence,
        found,
        title=depth_title(found),
        caption=(
            f"10 log10 of the ratio of the test MSEs at depths {DEEP} and {SHALLOW}, paired by seed, in "
            "every variant that was trained at both; right of 0 the deeper network is the worse. "
            f"{UNADJUSTED}."
        ),
        xlabel=f"depth {DEEP} over depth {SHALLOW} (dB); right of 0 deeper is worse",
    )


@look()
def draw_causes(evidence: Evidence) -> Drawing:
    """How far each change lessens the effect of depth."""
    found = list(shares(evidence))
    return forest(
        evidence,
        found,
        title=causes_title(found),
        caption=(
            "By how many dB each change lessens the effect of depth, paired by seed. Added alone: the effect "
            "as the original ran it less that with the change. Left out of the three: the effect with the "
            f"two others less that with all three. {UNADJUSTED}; the parts need not add up to the whole, as "
            "causes may do the same work."
        ),
        xlabel="effect of depth that goes with the change (dB)",
    )


def forest(
    evidence: Evidence, found: Sequence[DepthEffect], title: str, caption: str, xlabel: str
) -> Drawing:
    """A panel a group of effects."""
    styles = alpha_styles(evidence.design.alphas)
    alphas = list(styles)
    groups: dict[str, dict[str, list[Point]]] = {}
    for effect in found:
        point = Point(alphas.index(effect.alpha), effect.estimate, styles[effect.alpha].color)
        groups.setdefault(effect.group, {}).setdefault(effect.what, []).append(point)
    n_rows = sum(map(len, groups.values()))
    figure = new_figure(ROW * n_rows + 0.32 * len(groups) + 0.7)
    panels = figure.subplots(
        len(groups), 1, squeeze=False, sharex=True, height_ratios=[len(rows) for rows in groups.values()]
    )
    for axes, (group, rows) in zip(panels.ravel(), groups.items(), strict=True):
        every = [Row(what, tuple(points)) for what, points in rows.items()]
        draw_forest(axes, every, len(alphas), of=[effect.estimate for effect in found])
        axes.set_title(group, fontweight="bold", pad=3)
    panels[-1, 0].set_xlabel(xlabel)
    legend_above(
        figure,
        {
            levels([alpha]): Line2D([], [], color=style.color, marker=style.marker, linewidth=1.2)
            for alpha, style in styles.items()
        },
    )
    return Drawing(figure, title, caption, f"Forest plot. {title}.", effects_frame(found))


def effects_frame(found: Sequence[DepthEffect]) -> pd.DataFrame:
    """A row an effect: group, what, alpha, mean and interval in dB, number of seeds."""
    rows = [
        (e.group, e.what, e.alpha, e.estimate.db, e.estimate.low, e.estimate.high, e.estimate.n)
        for e in found
    ]
    return pd.DataFrame(rows, columns=["group", "what", "alpha", "db", "low", "high", "n"])


def depth_title(found: Sequence[DepthEffect]) -> str:
    """The effect as the original ran it."""
    own = [e for e in found if e.what == label(BASE) and e.estimate.db is not None]
    if not own:
        return "The effect of depth, variant by variant"
    told = ", ".join(f"{decibels(e.estimate.db)} dB at {levels([e.alpha])}" for e in own[:2])
    return f"The effect of depth, variant by variant: {told} as the original ran it"


def causes_title(found: Sequence[DepthEffect]) -> str:
    """The single change that lessens the effect of depth most, over the noise levels."""
    means: dict[str, list[float]] = {}
    for effect in found:
        if effect.group in (ADDED, CHANGED) and effect.estimate.db is not None:
            means.setdefault(effect.what, []).append(effect.estimate.db)
    if not means:
        return "What the effect of depth goes with"
    strongest = max(means, key=lambda what: sum(means[what]) / len(means[what]))
    if max(means[strongest]) <= 0:
        return "No single change lessens the effect of depth"
    return f"The change that alone lessens the effect of depth most: {strongest}"
