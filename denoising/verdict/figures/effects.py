"""The effect of depth in every variant."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import product

import pandas as pd

from denoising.figures.drawing import Drawing
from denoising.figures.style import legend_above, look, new_figure
from denoising.figures.wording import decibels, levels
from denoising.verdict.cells import Candidate, best, between
from denoising.verdict.contrasts import Estimate, estimate
from denoising.verdict.design import BASE, DEEP, OWN_SIGNALS, RATES, SHALLOW, label, parted, rate_name
from denoising.verdict.evidence import Evidence
from denoising.verdict.figures.forest import ROW, Point, Row, alpha_entries, alpha_styles, draw_forest

TUNED = "learning rate tuned for each depth"


@dataclass(frozen=True)
class DepthEffect:
    """The effect of depth at a noise level: the deepest network over the shallowest.

    Attributes:
        group: on which signals.
        what: in which variant.
        alpha: the noise level.
        estimate: its median over the seeds, with an interval by itself.
    """

    group: str
    what: str
    alpha: float
    estimate: Estimate


@look()
def draw(evidence: Evidence) -> Drawing:
    """By how many dB the deepest depth is worse than the shallowest, a panel a family of signals."""
    found = depth_effects(evidence)
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
    panels[-1, 0].set_xlabel(f"depth {DEEP} over depth {SHALLOW} (dB); right of 0 deeper is worse")
    legend_above(figure, alpha_entries(styles))
    title = title_of(found)
    return Drawing(
        figure=figure,
        title=title,
        caption=(
            f"10 log10 of the ratio of the test MSEs at depths {DEEP} and {SHALLOW}, medians over the seeds, "
            "in every variant that was trained at both; right of 0 the deeper network is the worse. Lines "
            "are 95% intervals over the seeds, each by itself, where there are seeds enough."
        ),
        alt=f"Forest plot. {title}.",
        data=frame(found),
    )


def depth_effects(evidence: Evidence) -> list[DepthEffect]:
    """The effect of depth in every variant that has the shallowest and the deepest network."""
    depths: dict[str, set[int]] = {}
    for name, some, *_ in evidence.settings["arms"]:
        depths.setdefault(name, set()).update(some)
    networks = [
        Candidate(variant, DEEP, signals)
        for variant, signals in (parted(name) for name, known in depths.items() if {SHALLOW, DEEP} <= known)
    ]
    found = [
        DepthEffect(f"{deep.signals} signals", label(deep.variant), alpha, estimate(differences))
        for deep, alpha in product(networks, evidence.design.alphas)
        for differences in [between(evidence, deep, replace(deep, depth=SHALLOW), alpha)]
    ]
    tuned = [
        DepthEffect(f"{OWN_SIGNALS} signals", TUNED, alpha, estimate(of_tuned_depth(evidence, alpha)))
        for alpha in evidence.design.alphas
        if rate_name(RATES[0]) in depths
    ]
    return [*found, *tuned]


def of_tuned_depth(evidence: Evidence, alpha: float) -> pd.Series:
    """The effect of depth where the learning rate of each depth has the lowest validation error."""
    variants = [BASE, *map(rate_name, RATES)]
    deep, shallow = (
        best(evidence, [Candidate(variant, depth) for variant in variants], alpha)
        for depth in (DEEP, SHALLOW)
    )
    return between(evidence, deep, shallow, alpha) if deep and shallow else pd.Series(dtype="float64")


def frame(found: Sequence[DepthEffect]) -> pd.DataFrame:
    """A row an effect: group, what, alpha, median and interval in dB, number of seeds."""
    rows = [
        (e.group, e.what, e.alpha, e.estimate.db, e.estimate.low, e.estimate.high, e.estimate.n)
        for e in found
    ]
    return pd.DataFrame(rows, columns=["group", "what", "alpha", "db", "low", "high", "n"])


def title_of(found: Sequence[DepthEffect]) -> str:
    """The effect as the original ran it."""
    own = [e for e in found if e.what == label(BASE) and e.estimate.db is not None]
    if not own:
        return "The effect of depth, variant by variant"
    told = ", ".join(f"{decibels(e.estimate.db)} dB at {levels([e.alpha])}" for e in own[:2])
    return f"The effect of depth, variant by variant: {told} as the original ran it"
