"""Test windows and what the two best denoisers make of them."""

import numpy as np
import pandas as pd
from matplotlib.lines import Line2D

from denoising.figures.drawing import Drawing
from denoising.figures.recordings.gains import NETWORK
from denoising.figures.recordings.words import (
    at_level,
    classical_examples,
    denoiser_words,
    middle,
    network_examples,
    network_words,
    unit_words,
)
from denoising.figures.style import CLEAN, LINEAR, NOISY, legend_above, look, new_figure, note_mse
from denoising.study.recorded import RecordedStudy

ROWS = {10: "weak noise", 50: "median noise", 90: "strong noise"}
BLIND_ROWS = {10: "weak signal", 50: "median signal", 90: "strong signal"}


@look()
def draw(study: RecordedStudy) -> Drawing:
    """A row a window, chosen by the strength of its noise, or of all; a column a denoiser."""
    decision = middle(study)
    known = decision.network_db is not None
    rows = ROWS if known else BLIND_ROWS
    columns = {
        network_words(study, decision.depth, decision.variant): (NETWORK, network_examples(study, decision)),
        denoiser_words(study, decision.denoiser): (LINEAR, classical_examples(study, decision)),
    }
    figure = new_figure(1.5 * len(rows) + 0.6)
    panels = figure.subplots(len(rows), len(columns), sharex=True, sharey="row", squeeze=False)
    shown = []
    for column, (name, (colour, examples)) in enumerate(columns.items()):
        for row, (percentile, words) in enumerate(rows.items()):
            axes = panels[row, column]
            chosen = examples[(examples["rule"] == "noisy") & (examples["percentile"] == percentile)].iloc[0]
            time = np.arange(len(chosen["clean"])) / study.rate
            axes.plot(time, chosen["noisy"], color=NOISY, linewidth=0.7, gid="noisy")
            axes.plot(time, chosen["clean"], color=CLEAN, linewidth=1.0, gid="clean")
            axes.plot(time, chosen["denoised"], color=colour, linewidth=1.2, gid="denoised")
            axes.margins(x=0)
            if known:
                note_mse(axes, chosen["denoised"] - chosen["clean"])
            if not column:
                axes.set_ylabel(f"{words}\n{unit_words(study, '')}".strip())
            shown.append(
                pd.DataFrame(
                    {
                        "denoiser": name,
                        "percentile": percentile,
                        "signal_id": chosen["signal_id"],
                        "seconds": time,
                    }
                    | {kind: chosen[kind] for kind in ("clean", "noisy", "denoised")}
                )
            )
        panels[0, column].set_title(name, fontweight="bold")
        panels[-1, column].set_xlabel("time (s)")
    legend_above(
        figure,
        {
            "noisy": Line2D([], [], color=NOISY),
            **({"clean": Line2D([], [], color=CLEAN)} if known else {}),
            "denoised by the network": Line2D([], [], color=NETWORK),
            "by the classical denoiser": Line2D([], [], color=LINEAR),
        },
    )  # fmt: skip
    where = at_level(decision.level)
    by = (
        f"Test windows {where}: those whose noise is at the 10th, 50th and 90th percentile of strength."
        if known
        else f"Test windows {where}: those at the 10th, 50th and 90th percentile of power."
    )
    told = "In each corner the mean squared error of this window." if known else "No clean signal is known."
    return Drawing(
        figure=figure,
        title=f"What is recovered, {where}",
        caption=(
            f"{by} Left the network that is best on validation windows, right the best classical denoiser. "
            f"{told}"
        ),
        alt=f"Noisy, {'clean ' if known else ''}and denoised windows {where}, by {' and '.join(columns)}.",
        data=pd.concat(shown, ignore_index=True),
    )
