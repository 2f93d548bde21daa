"""What the best denoisers took away: over time, and by frequency."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from numpy.typing import NDArray

from denoising.figures.drawing import Drawing
from denoising.figures.recordings.gains import NETWORK
from denoising.figures.recordings.words import (
    at_level,
    denoiser_words,
    middle,
    network_examples,
    network_words,
    of_network,
    unit_words,
)
from denoising.figures.style import CLEAN, LINEAR, REFERENCE, legend_above, look, new_figure, scale_log
from denoising.study.decision import Recommendation
from denoising.study.recorded import RecordedStudy

RULE, PERCENTILE = "denoised", 90  # the example that is shown: one that the network does badly
KINDS = ["clean", "noise", "removed", "error"]
DOTTED = (0, (1, 1.5))


@look()
def draw(study: RecordedStudy) -> Drawing:
    """Left a window, what was removed and, if it is known, the error; right their spectra."""
    decision = middle(study)
    known = decision.network_db is not None
    names = {
        network_words(study, decision.depth, decision.variant): NETWORK,
        denoiser_words(study, decision.denoiser): LINEAR,
    }
    spectra = [network_spectrum(study, decision), classical_spectrum(study, decision)]
    figure = new_figure(3.6)
    left, right = figure.subplots(1, 2, width_ratios=(1.15, 1))
    draw_window(left, study, decision, known)
    shown = "error" if known else "removed"
    hertz = spectra[0]["hertz"]
    if known:
        right.plot(hertz[1:], spectra[0]["clean"][1:], color=CLEAN, linewidth=1.0)
        right.plot(hertz[1:], spectra[0]["noise"][1:], color=REFERENCE, linewidth=1.0, linestyle=DOTTED)
    for spectrum, colour in zip(spectra, names.values(), strict=True):
        right.plot(hertz[1:], spectrum[shown][1:], color=colour, linewidth=1.3)
    scale_log(right)
    right.margins(x=0)
    right.set(xlabel="frequency (Hz)", ylabel=f"power density ({study.unit or 'unit'}²/Hz)")
    right.set_title(f"What {'error is left' if known else 'was removed'}, by frequency", fontweight="bold")
    references = {
        "clean": Line2D([], [], color=CLEAN),
        "noise": Line2D([], [], color=REFERENCE, linestyle=DOTTED),
    }
    lines = {
        f"{'error of' if known else 'removed by'} {name}": Line2D([], [], color=colour)
        for name, colour in names.items()
    }
    legend_above(figure, {**(references if known else {}), **lines}, 2)
    where = at_level(decision.level)
    return Drawing(
        figure=figure,
        title=f"What was taken away, {where}",
        caption=(
            f"Left: a test window at the 90th percentile of the network’s {'error' if known else 'loss'}; if "
            "what was removed looks like the signal, the network ate a part of it. Right: the mean spectrum "
            f"of {SAID[known]} {unit_words(study, 'Samples are in the recordings’ unit')}."
        ),
        alt=f"The part that the network removed {where}, and the spectra of "
        f"{'the errors' if known else 'what was removed'} of {' and '.join(names)}.",
        data=pd.concat(
            [own.assign(denoiser=name) for own, name in zip(spectra, names, strict=True)], ignore_index=True
        ),
    )


SAID: Mapping[bool, str] = {
    True: "what is still wrong, over all test windows, beside those of signal and noise: where an error’s "
    "line lies above the dotted one, the denoiser does harm.",
    False: "what was removed, over all test windows: that of white noise is flat, so that a hump in it is a "
    "part of the signal, or noise that is not white.",
}


def draw_window(axes: Axes, study: RecordedStudy, decision: Recommendation, known: bool) -> None:
    """Draw a window, and below it what the network removed and, if it is known, its error."""
    examples = network_examples(study, decision)
    chosen = examples[(examples["rule"] == RULE) & (examples["percentile"] == PERCENTILE)].iloc[0]
    whole = chosen["clean" if known else "noisy"]
    traces: dict[str, tuple[NDArray[np.float32], str]] = {
        "clean" if known else "noisy": (whole - np.mean(whole), CLEAN),
        "removed\n(noisy −\ndenoised)": (chosen["noisy"] - chosen["denoised"], NETWORK),
    }
    if known:
        traces["error\n(denoised −\nclean)"] = (chosen["denoised"] - chosen["clean"], NETWORK)
    step = 1.1 * float(np.ptp(whole) or 1.0)
    time = np.arange(len(whole)) / study.rate
    for place, (samples, colour) in enumerate(traces.values()):
        axes.plot(time, samples - place * step, color=colour, linewidth=0.9)
    axes.set_yticks([-place * step for place in range(len(traces))], [*traces])
    axes.margins(x=0)
    axes.set(xlabel="time (s)")
    axes.set_title("A window that the network does badly", fontweight="bold")


def network_spectrum(study: RecordedStudy, decision: Recommendation) -> pd.DataFrame:
    """Return the spectra of the network of a decision, a mean over its seeds."""
    rows = study.spectra
    own = rows[of_network(rows, decision)]
    return in_hertz(own.groupby("frequency", as_index=False)[KINDS].mean(), study.rate)


def classical_spectrum(study: RecordedStudy, decision: Recommendation) -> pd.DataFrame:
    """Return the spectra of the classical denoiser of a decision."""
    rows = study.baseline_spectra
    own = rows[(rows["level"] == decision.level) & (rows["denoiser"] == decision.denoiser)]
    return in_hertz(own[["frequency", *KINDS]].reset_index(drop=True), study.rate)


def in_hertz(spectra: pd.DataFrame, rate: float) -> pd.DataFrame:
    """Return spectra over cycles a sample as densities over Hz."""
    densities = spectra[KINDS] / rate
    return densities.assign(hertz=spectra["frequency"] * rate)[["hertz", *KINDS]]
