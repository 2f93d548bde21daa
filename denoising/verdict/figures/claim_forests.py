"""Every contrast of every claim, with its margin and its verdict."""

from collections.abc import Mapping, Sequence

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.transforms import ScaledTranslation, blended_transform_factory

from denoising.figures.drawing import Drawing
from denoising.figures.style import (
    LINEAR,
    MARKERS,
    MISSING,
    NARROW,
    REFERENCE,
    WIDTH,
    Handle,
    legend_above,
    look,
    new_figure,
)
from denoising.figures.wording import count, levels, listing
from denoising.verdict.answer import tally
from denoising.verdict.claims import Claim, Verdict, claims_table, judge
from denoising.verdict.contrasts import MARGIN
from denoising.verdict.evidence import Evidence
from denoising.verdict.figures.forest import Point, Row, draw_forest, row_height, scale_decibels

COLOURS: Mapping[Verdict, str] = {
    "supported": LINEAR, "refuted": "#b04a00", "undecided": REFERENCE, "not measured": MISSING,
}  # fmt: skip
SIGNS: Mapping[Verdict, str] = {"supported": "✓", "refuted": "✗", "undecided": "?", "not measured": "–"}
HEADING = 0.2  # inches, and so below: of a panel
GAP = 0.1  # between panels
FRAME = 0.75  # for the legend and the label of the axis
POINTS = (
    "medians over the seeds of paired differences in dB. The intervals of all claims cover the true medians "
    "at once with 95%. The dashed line is the margin, the solid one no difference, and shaded is the side "
    "that supports the claim. A contrast is decided where its interval lies on one side of the margin. All "
    "claims have one scale, even near 0 and logarithmic far from it."
)


@look()
def draw(evidence: Evidence) -> Drawing:
    """A panel a claim."""
    claims = judge(evidence)
    n = sum(len(claim.findings) for claim in claims)
    return Drawing(
        figure=panels_of(evidence, claims, WIDTH, headed=True),
        title=tally_of_claims(claims),
        caption=f"All {n} contrasts of the claims: {POINTS}",
        alt="Forest plot of the claims. "
        + " ".join(f"{claim.number}: {claim.statement}, {claim.verdict}." for claim in claims),
        data=claims_table(claims),
    )


@look()
def draw_one(evidence: Evidence, number: str) -> Drawing:
    """The panel of the claim with this number."""
    (claim,) = (claim for claim in judge(evidence) if claim.number == number)
    return Drawing(
        figure=panels_of(evidence, [claim], WIDTH, headed=False),
        narrow=panels_of(evidence, [claim], NARROW, headed=False),
        title=f"Claim {number}, {claim.verdict}: {claim.statement}",
        caption=f"{claim.question.measure}: {POINTS}",
        alt=f"Forest plot of claim {number}. {claim.statement}: {tally(claim)}.",
        data=claims_table([claim]),
    )


def name_of(number: str) -> str:
    """The name of a claim's own figure."""
    return f"claim_{number}"


def panels_of(evidence: Evidence, claims: Sequence[Claim], width: float, *, headed: bool) -> Figure:
    """A panel a claim, a row what is compared, a point a noise level."""
    orders = sorted(evidence.design.alphas)
    panels = [rows_of(claim, orders) for claim in claims]
    room = GAP + (HEADING if headed else 0)
    figure = new_figure(sum(room + row_height(width) * len(rows) for rows in panels) + FRAME, width)
    every = figure.subplots(
        len(claims), 1, squeeze=False, sharex=True, height_ratios=[len(rows) + 0.3 for rows in panels]
    ).ravel()
    findings = [finding for claim in judge(evidence) for finding in claim.findings]
    for axes, claim, rows in zip(every, claims, panels, strict=True):
        margins = sorted({finding.contrast.margin for finding in claim.findings})
        draw_forest(axes, rows, len(orders), (0, *margins))
        if headed:
            head(axes, f"{claim.number}  {claim.statement}: {claim.verdict}")
    scale_decibels(every[0], [found.estimate for found in findings], (0, MARGIN))
    for axes, claim in zip(every, claims, strict=True):
        shade_support(axes, claim)
    every[-1].set_xlabel("effect in dB")
    legend_above(figure, entries(orders), most_columns=6)
    return figure


def shade_support(axes: Axes, claim: Claim) -> None:
    """Shade the side of the margin that supports a claim."""
    left, right = axes.get_xlim()
    for margin in sorted({finding.contrast.margin for finding in claim.findings})[:1]:
        ends = (margin, right) if claim.question.supported_by == "above" else (left, margin)
        axes.axvspan(*ends, color=COLOURS["supported"], alpha=0.08, linewidth=0, gid="support", zorder=0)
    axes.set_xlim(left, right)


def head(axes: Axes, words: str) -> None:
    """A panel's title, from the figure's left edge on, where there is room for it."""
    figure = axes.get_figure(root=True)
    assert figure is not None
    axes.set_title(" ", pad=3)
    above = axes.transAxes + ScaledTranslation(0, 3 / 72, figure.dpi_scale_trans)
    place = blended_transform_factory(figure.transFigure, above)
    axes.text(0.008, 1, words, transform=place, fontweight="bold", va="baseline", in_layout=False)


def rows_of(claim: Claim, alphas: list[float]) -> list[Row]:
    """A row for each thing compared and family of signals."""
    several = len({finding.contrast.signals for finding in claim.findings}) > 1
    rows: dict[str, list[Point]] = {}
    signs: dict[str, list[str]] = {}
    for finding in claim.findings:
        contrast = finding.contrast
        label = f"{contrast.what}, {contrast.signals}" if several else contrast.what
        point = Point(alphas.index(contrast.alpha), finding.estimate, COLOURS[finding.verdict])
        rows.setdefault(label, []).append(point)
        signs.setdefault(label, []).append(SIGNS[finding.verdict])
    return [Row(label, tuple(points), " ".join(signs[label])) for label, points in rows.items()]


def entries(alphas: list[float]) -> dict[str, Handle]:
    """Legend entries of verdicts, noise levels and the margin."""
    verdicts: dict[str, Handle] = {
        f"{SIGNS[verdict]} {verdict}": Line2D([], [], color=color, linewidth=2.5)
        for verdict, color in COLOURS.items()
        if verdict != "not measured"
    }
    markers = {
        levels([alpha]): Line2D([], [], color=REFERENCE, marker=MARKERS[order], linestyle="none")
        for order, alpha in enumerate(alphas)
    }
    return {**verdicts, **markers, "margin": Line2D([], [], color=REFERENCE, linestyle=(0, (4, 2)))}


def tally_of_claims(claims: tuple[Claim, ...]) -> str:
    """How many claims have which verdict."""
    verdicts = [claim.verdict for claim in claims]
    parts = [f"{verdicts.count(verdict)} {verdict}" for verdict in dict.fromkeys(verdicts)]
    return f"{count(len(claims), 'claim')}: {listing(parts)}"
