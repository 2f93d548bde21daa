"""The effect of depth in every variant."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product

import pandas as pd
from matplotlib.figure import Figure

from denoising.figures.drawing import Drawing
from denoising.figures.style import SMALL, WIDTHS, LineStyle, legend_above, look, new_figure
from denoising.figures.wording import DASH, decibels, levels
from denoising.verdict.cells import Candidate, between, measured
from denoising.verdict.claims import judge
from denoising.verdict.comparisons import MATCHED, Pair
from denoising.verdict.contrasts import MARGIN, Estimate, estimate
from denoising.verdict.design import BASE, DEEP, RATES, SHALLOW, label, parted, rate_name
from denoising.verdict.evidence import Evidence
from denoising.verdict.figures.forest import (
    Point,
    Row,
    alpha_entries,
    alpha_styles,
    draw_forest,
    row_height,
    scale_decibels,
)

TUNED = "learning rate tuned for each depth"


@dataclass(frozen=True)
class DepthEffect:
    """The effect of depth at a noise level: the deepest network over the shallowest.

    Attributes:
        group: on which signals.
        what: in which variant.
        alpha: the noise level.
        estimate: its median over the seeds, with the interval by which claims are decided.
        parameters: how many both networks have, the deepest first.
    """

    group: str
    what: str
    alpha: float
    estimate: Estimate
    parameters: str


@look()
def draw(evidence: Evidence) -> Drawing:
    """By how many dB the deepest depth is worse than the shallowest, a panel a family of signals."""
    found = depth_effects(evidence)
    styles = alpha_styles(evidence.design.alphas)
    alphas = list(styles)
    groups: dict[str, dict[tuple[str, str], list[Point]]] = {}
    for effect in found:
        point = Point(alphas.index(effect.alpha), effect.estimate, styles[effect.alpha].color)
        row = (effect.what, effect.parameters)
        groups.setdefault(effect.group, {}).setdefault(row, []).append(point)
    figure, narrow = (paint(groups, found, styles, width) for width in WIDTHS)
    title = title_of(found)
    return Drawing(
        figure=figure,
        narrow=narrow,
        title=title,
        caption=(
            f"10 log10 of the ratio of the test MSEs at depths {DEEP} and {SHALLOW}, medians over the seeds; "
            "right of 0 the deeper network is the worse. To the right, the parameters of both, the deeper "
            f"one’s first. Dashed: the margin of {MARGIN:g} dB, below which a difference counts as none. "
            "Lines are the intervals by which the claims are decided together; a variant without one, its "
            "marker hollow, has too few seeds and decides none. The scale is even near 0 "
            "and logarithmic far from it."
        ),
        alt=f"Forest plot. {title}.",
        data=frame(found),
    )


def paint(
    groups: Mapping[str, Mapping[tuple[str, str], Sequence[Point]]],
    found: Sequence[DepthEffect],
    styles: Mapping[float, LineStyle],
    width: float,
) -> Figure:
    """A panel a family of signals, all on one scale."""
    n_rows, references = sum(map(len, groups.values())), (0, MARGIN, -MARGIN)
    figure = new_figure(row_height(width) * n_rows + 0.32 * len(groups) + 0.8, width)
    panels = figure.subplots(
        len(groups), 1, squeeze=False, sharex=True, height_ratios=[len(rows) for rows in groups.values()]
    )[:, 0]
    for axes, (group, rows) in zip(panels, groups.items(), strict=True):
        every = [Row(what, tuple(points), parameters) for (what, parameters), points in rows.items()]
        draw_forest(axes, every, len(styles), references)
        axes.set_title(group, fontweight="bold", pad=3)
    scale_decibels(panels[0], [effect.estimate for effect in found], references)
    panels[0].set_title(f"parameters, {DEEP} / {SHALLOW}", loc="right", fontsize=SMALL, pad=3)
    panels[-1].set_xlabel(f"dB: right of 0, depth {DEEP} is worse")
    legend_above(figure, alpha_entries(styles))
    return figure


def depth_effects(evidence: Evidence) -> list[DepthEffect]:
    """The effect of depth in every variant that has both networks, and in pairs that are matched further.

    Those that decide a claim come first.
    """
    depths: dict[str, set[int]] = {}
    for name, some, *_ in evidence.settings["arms"]:
        depths.setdefault(name, set()).update(some)
    names = [parted(name) for name, known in depths.items() if {SHALLOW, DEEP} <= known]
    pairs: list[Pair] = [
        (label(variant), Candidate(variant, DEEP, signals), Candidate(variant, SHALLOW, signals))
        for variant, signals in names
    ]
    pairs += [
        (what.partition(": ")[2], deep, shallow)
        for what, deep, shallow in MATCHED
        if {deep.variant, shallow.variant} <= set(depths)
    ]
    by_alpha = list(product(pairs, evidence.design.alphas))
    if rate_name(RATES[0]) in depths:
        tuned = ((of_tuned_depth(evidence, alpha), alpha) for alpha in evidence.design.alphas)
        by_alpha += [(pair, alpha) for pair, alpha in tuned if pair]
    n_contrasts = sum(len(claim.findings) for claim in judge(evidence))
    found = [
        DepthEffect(
            f"{deep.signals} signals",
            what,
            alpha,
            estimate(between(evidence, deep, shallow, alpha), n_contrasts),
            " / ".join(n_parameters(evidence, network, alpha) for network in (deep, shallow)),
        )
        for (what, deep, shallow), alpha in by_alpha
    ]
    return sorted(found, key=lambda effect: effect.estimate.low is None)


def n_parameters(evidence: Evidence, network: Candidate, alpha: float) -> str:
    """How many parameters a network has; a dash where none was trained."""
    known = measured(evidence, network, alpha, "n_parameters")
    return f"{known.iloc[0]:,.0f}" if len(known) else DASH


def of_tuned_depth(evidence: Evidence, alpha: float) -> Pair | None:
    """The networks of both depths, each with the learning rate that has the lowest validation error.

    Rates are compared by their medians over the seeds that all of them have; None without any.
    """

    def tuned(depth: int) -> Candidate | None:
        networks = [Candidate(variant, depth) for variant in (BASE, *map(rate_name, RATES))]
        errors = [measured(evidence, network, alpha, "validation_mse") for network in networks]
        medians = pd.concat(errors, axis=1, join="inner").median()
        return None if medians.isna().all() else networks[int(medians.argmin())]

    deep, shallow = tuned(DEEP), tuned(SHALLOW)
    return (TUNED, deep, shallow) if deep and shallow else None


def frame(found: Sequence[DepthEffect]) -> pd.DataFrame:
    """A row an effect: group, what, alpha, median and interval in dB, number of seeds, parameters."""
    rows = [
        (e.group, e.what, e.alpha, e.estimate.db, e.estimate.low, e.estimate.high, e.estimate.n, e.parameters)
        for e in found
    ]
    return pd.DataFrame(rows, columns=["group", "what", "alpha", "db", "low", "high", "n", "parameters"])


def title_of(found: Sequence[DepthEffect]) -> str:
    """The effect as the original ran it."""
    own = [e for e in found if e.what == label(BASE) and e.estimate.db is not None]
    if not own:
        return "The effect of depth, variant by variant"
    told = ", ".join(f"{decibels(e.estimate.db)} dB at {levels([e.alpha])}" for e in own[:2])
    return f"The effect of depth, variant by variant: {told} as the original ran it"
