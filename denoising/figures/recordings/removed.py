"""What the best denoisers took away: over time, and by frequency."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from denoising.figures.drawing import Drawing
from denoising.figures.lines import end_of, label_ends
from denoising.figures.recordings.words import (
    at_level,
    denoiser_words,
    middle,
    network_examples,
    network_words,
    of_network,
    unit_words,
)
from denoising.figures.style import (
    CLEAN,
    LINEAR,
    NETWORK,
    REFERENCE,
    WIDTH,
    WIDTHS,
    label_log,
    look,
    new_figure,
)
from denoising.figures.wording import power_of_ten
from denoising.study.decision import Recommendation
from denoising.study.recorded import RecordedStudy

RULE, PERCENTILE = "denoised", 90  # the example that is shown: one that the network does badly
KINDS = ["clean", "noise", "removed", "error"]
DOTTED = (0, (1, 1.5))
HEIGHT = 3.2  # inches
REFERENCES = ("clean", "noise")  # what a spectrum is held against where it is known


@look()
def draw(study: RecordedStudy) -> Drawing:
    """Left a window, what was removed and, if it is known, the error; right their spectra."""
    decision = middle(study)
    known = decision.network_db is not None
    names = [
        network_words(study, decision.depth, decision.variant),
        denoiser_words(study, decision.denoiser),
    ]
    spectra = [network_spectrum(study, decision), classical_spectrum(study, decision)]
    figure, narrow = (paint(study, decision, spectra, width) for width in WIDTHS)
    where = at_level(decision.level)
    return Drawing(
        figure=figure,
        narrow=narrow,
        title=f"What was taken away, {where}",
        caption=(
            f"A test window at the 90th percentile of the network’s {'error' if known else 'loss'}: if "
            "what was removed looks like the signal, the network ate a part of it. Beside it, the spectrum "
            f"of {SAID[known]} {unit_words(study, 'Samples are in the recordings’ unit')}."
        ),
        alt=f"The part that the network removed {where}, and the spectra of "
        f"{'the errors' if known else 'what was removed'} of {' and '.join(names)}.",
        data=pd.concat(
            [own.assign(denoiser=name) for own, name in zip(spectra, names, strict=True)], ignore_index=True
        ),
    )


def paint(
    study: RecordedStudy, decision: Recommendation, spectra: Sequence[pd.DataFrame], width: float
) -> Figure:
    """The window and the spectra, side by side or in a narrow figure one below the other."""
    known = decision.network_db is not None
    figure = new_figure(HEIGHT if width == WIDTH else 1.9 * HEIGHT, width)
    shape = (1, 2) if width == WIDTH else (2, 1)
    window, densities = figure.subplots(*shape).ravel()
    draw_window(window, study, decision, known)
    network, classical = (spectrum.set_index("hertz")[1:-1] for spectrum in spectra)
    shown = "error" if known else "removed"
    lines = {
        "clean": (network["clean"], CLEAN, "-"),
        "noise": (network["noise"], REFERENCE, DOTTED),
        "network": (network[shown], NETWORK, "-"),
        "classical": (classical[shown], LINEAR, (0, (5, 1.5))),
    }
    ends = []
    for name in [*(REFERENCES if known else ()), "network", "classical"]:
        density, colour, dash = lines[name]
        densities.plot(density.index, density, color=colour, linewidth=1.3, linestyle=dash, gid=name)
        ends += end_of(name, density, colour)
    densities.set_yscale("log")
    label_log(densities.yaxis, power_of_ten)
    densities.margins(x=0)
    densities.set(xlabel="frequency (Hz)", ylabel=f"power density ({study.unit or 'unit'}²/Hz)")
    what = "error is left" if known else "was removed"
    densities.set_title(f"What {what}, by frequency", fontweight="bold")
    label_ends(densities, ends, 0.75 * HEIGHT)
    return figure


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
