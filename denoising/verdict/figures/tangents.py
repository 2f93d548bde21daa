"""In how many directions a denoiser passes changes of its input, and whether a signal can move there."""

from denoising.figures.drawing import Drawing
from denoising.figures.style import WIDTHS, look
from denoising.figures.wording import count, extent, listing
from denoising.verdict.cells import SYNTHETIC
from denoising.verdict.conduct import BEST, LEARNERS, LINEAR, POSTERIOR, places
from denoising.verdict.evidence import Evidence
from denoising.verdict.figures.by_denoiser import Quantity, over_places, panels_of
from denoising.verdict.learned import MOST_SEEDS, N_TANGENTS

QUANTITIES = (
    Quantity("rank", "effective rank", references=(N_TANGENTS,)),
    Quantity("alignment", "tangents within the leading directions", limits=(-0.05, 1.05), references=(1,)),
)


@look()
def draw(evidence: Evidence) -> Drawing:
    """A row a denoiser: the effective rank of its slopes, and how much of the tangents leads them."""
    table = evidence.tangents
    n_signals = table["signal_id"].nunique()
    figure, narrow = (
        panels_of(table, LEARNERS, QUANTITIES, evidence.design.alphas, width) for width in WIDTHS
    )
    return Drawing(
        figure=figure,
        narrow=narrow,
        title=title(evidence),
        caption=(
            "The slopes of a denoiser, its Jacobian J at a noisy signal, say which small changes of the "
            "input it passes. First: their effective rank, (sum of the singular values)² over the sum of "
            "their squares; it is k for k directions that are passed alike. A clean signal has two "
            "frequencies, so it can move along two tangents only (line). Then: how much of these two lies "
            "among the two directions that J passes most strongly, the mean squared cosine of the angles "
            "between both planes: 1 is all. Where many directions are passed alike, no two lead, and it is "
            "low; a denoiser that passes nothing has none. The slopes of the posterior mean are exact: the "
            "posterior covariance over s². "
            f"Means over {count(n_signals, 'test signal')}; medians over at most {MOST_SEEDS} seeds with "
            "their range."
        ),
        alt=f"Dots of effective rank and alignment for {listing(LEARNERS)}, on {listing(SYNTHETIC)} signals. "
        f"{title(evidence)}.",
        data=table,
    )


def title(evidence: Evidence) -> str:
    """The ranks of the best networks, of the posterior mean and of the best linear filter."""
    table, every = evidence.tangents, places(evidence)
    ranks = {name: over_places(table, every, name, "rank") for name in (BEST, POSTERIOR, LINEAR)}
    if not all(ranks.values()):
        return "The directions that the networks pass"
    told = {name: extent(*(f"{rank:.0f}" for rank in (found[0], found[-1]))) for name, found in ranks.items()}
    found = over_places(table, every, BEST, "alignment")
    aligned = extent(f"{found[0]:.0%}", f"{found[-1]:.0%}") if found else "–"
    return (
        f"At one signal the best networks pass {told[BEST]} directions, {POSTERIOR} {told[POSTERIOR]}, "
        f"{LINEAR} {told[LINEAR]}; their leading two hold {aligned} of the tangents"
    )
