"""Every contrast of every claim, with its margin and its verdict."""

from collections.abc import Mapping, Sequence

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.transforms import ScaledTranslation, blended_transform_factory

from denoising.figures.drawing import Drawing
from denoising.figures.style import (
    BAYES,
    MARKERS,
    MISSING,
    REFERENCE,
    Handle,
    legend_above,
    look,
    new_figure,
)
from denoising.figures.wording import count, levels, listing
from denoising.verdict.answer import tally
from denoising.verdict.claims import Claim, Verdict, claims_table, judge
from denoising.verdict.evidence import Evidence
from denoising.verdict.figures.forest import ROW, Point, Row, draw_forest

COLOURS: Mapping[Verdict, str] = {
    "supported": BAYES, "refuted": "#b3261e", "undecided": "#8a6d00", "not measured": MISSING,
}  # fmt: skip
HEADING = 0.2  # inches, and so below: of a panel
TICKS = 0.22  # of a panel
FRAME = 0.4  # for the legend and the label of the axis
POINTS = (
    "medians over the seeds of paired differences in dB. The intervals of all claims cover the true medians "
    "at once with 95%. The dashed line is the margin, the solid one no difference. A contrast is decided "
    "where its interval lies on one side of the margin. An interval that leaves its panel is cut off."
)


@look()
def draw(evidence: Evidence) -> Drawing:
    """A panel a claim."""
    claims = judge(evidence)
    n = sum(len(claim.findings) for claim in claims)
    return Drawing(
        figure=panels_of(claims, evidence.design.alphas, headed=True),
        title=tally_of_claims(claims),
        caption=f"All {n} contrasts of the claims: {POINTS} Every panel has its own scale.",
        alt="Forest plot of the claims. "
        + " ".join(f"{claim.number}: {claim.statement}, {claim.verdict}." for claim in claims),
        data=claims_table(claims),
    )


@look()
def draw_one(evidence: Evidence, number: str) -> Drawing:
    """The panel of the claim with this number."""
    (claim,) = (claim for claim in judge(evidence) if claim.number == number)
    return Drawing(
        figure=panels_of([claim], evidence.design.alphas, headed=False),
        title=f"Claim {number}, {claim.verdict}: {claim.statement}",
        caption=f"{claim.question.measure}: {POINTS}",
        alt=f"Forest plot of claim {number}. {claim.statement}: {tally(claim)}.",
        data=claims_table([claim]),
    )


def name_of(number: str) -> str:
    """The name of a claim's own figure."""
    return f"claim_{number}"


def panels_of(claims: Sequence[Claim], alphas: Sequence[float], headed: bool) -> Figure:
    """A panel a claim, a row what is compared, a point a noise level."""
    orders = sorted(alphas)
    panels = [rows_of(claim, orders) for claim in claims]
    room = TICKS + (HEADING if headed else 0)
    figure = new_figure(sum(room + ROW * len(rows) for rows in panels) + FRAME)
    every = figure.subplots(len(claims), 1, squeeze=False, height_ratios=[len(rows) + 0.3 for rows in panels])
    for axes, claim, rows in zip(every.ravel(), claims, panels, strict=True):
        margins = {finding.contrast.margin for finding in claim.findings}
        draw_forest(axes, rows, len(orders), (0, *sorted(margins)))
        if headed:
            head(axes, f"{claim.number}  {claim.statement}: {claim.verdict}")
    every[-1, 0].set_xlabel("effect in dB")
    legend_above(figure, entries(orders), most_columns=6)
    return figure


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
    for finding in claim.findings:
        contrast = finding.contrast
        label = f"{contrast.what}, {contrast.signals}" if several else contrast.what
        point = Point(alphas.index(contrast.alpha), finding.estimate, COLOURS[finding.verdict])
        rows.setdefault(label, []).append(point)
    return [Row(label, tuple(points)) for label, points in rows.items()]


def entries(alphas: list[float]) -> dict[str, Handle]:
    """Legend entries of verdicts, noise levels and the margin."""
    verdicts: dict[str, Handle] = {
        verdict: Line2D([], [], color=color, linewidth=2.5)
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
