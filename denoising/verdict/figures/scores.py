"""How near the score that a denoiser stands for is to the exact one."""

import numpy as np

from denoising.figures.drawing import Drawing
from denoising.figures.style import WIDTHS, look
from denoising.figures.wording import count, extent, listing
from denoising.measure.comparison import decibels
from denoising.verdict.cells import SYNTHETIC
from denoising.verdict.conduct import BEST, LEARNERS, LINEAR, POSTERIOR, places
from denoising.verdict.evidence import Evidence
from denoising.verdict.figures.by_denoiser import Quantity, over_places, panels_of

SHOWN = tuple(name for name in LEARNERS if name != POSTERIOR)  # its error is none
QUANTITIES = (
    Quantity("share_db", "error of the score (dB; 0: a score of zero)", references=(0,)),
    Quantity("cosine", "cosine with the exact score", limits=(-0.05, 1.05), references=(1,)),
)


@look()
def draw(evidence: Evidence) -> Drawing:
    """A row a denoiser: the error of its score in dB, and the cosine of the angle with the exact one."""
    shares = evidence.scores["share"].to_numpy(float)
    table = evidence.scores.assign(share_db=decibels(shares, np.ones_like(shares)))
    n_signals = int(table["n"].max()) if len(table) else 0
    figure, narrow = (panels_of(table, SHOWN, QUANTITIES, evidence.design.alphas, width) for width in WIDTHS)
    return Drawing(
        figure=figure,
        narrow=narrow,
        title=title(evidence),
        caption=(
            "The score is the slope of the log density of a noisy signal y, divided by 1 − alpha: it points "
            "to where signals are likely. The exact score is (E[x | y] − y) / s², with the posterior mean "
            "E[x | y] and the deviation s of the noise (Miyasawa 1961). A denoiser D stands for the score "
            "(D(y) − y) / s², and training to denoise fits it to the exact one (Vincent 2011, Alain & "
            "Bengio 2014). First: the squared error of the score over the square of the exact one. At 0 dB a "
            "denoiser is no better than one that changes nothing, whose score is zero. The error times s⁴ "
            "is the squared distance from the posterior mean. Then: the cosine of the angle between both "
            f"scores. Over {count(n_signals, 'test signal')}; medians over the seeds with their range."
        ),
        alt=f"Dots of the score’s error and cosine for {listing(SHOWN)}, on {listing(SYNTHETIC)} signals. "
        f"{title(evidence)}.",
        data=table,
    )


def title(evidence: Evidence) -> str:
    """What the scores of the best networks and of the best linear filter are off by."""
    off = {name: in_percent(evidence, name) for name in (BEST, LINEAR)}
    if not all(off.values()):
        return "The score that the networks have learned"
    return (
        f"The error of the best networks’ score has {off[BEST]} of the exact score’s energy, that of "
        f"{LINEAR} {off[LINEAR]}"
    )


def in_percent(evidence: Evidence, denoiser: str) -> str:
    """The range over the places of what a denoiser’s score is off by; empty if nothing was measured."""
    known = over_places(evidence.scores, places(evidence), denoiser, "share")
    return extent(f"{known[0]:.1%}", f"{known[-1]:.1%}") if known else ""
