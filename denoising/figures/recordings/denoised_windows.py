"""Test windows and what the two best denoisers make of them."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from denoising.figures.drawing import Drawing
from denoising.figures.recordings.words import (
    at_level,
    classical_examples,
    denoiser_words,
    middle,
    network_examples,
    network_words,
    unit_words,
)
from denoising.figures.style import (
    CLEAN,
    LINEAR,
    NETWORK,
    NOISY,
    WIDTH,
    WIDTHS,
    Handle,
    label_outer,
    legend_above,
    look,
    new_figure,
)
from denoising.figures.wording import number
from denoising.study.recorded import RecordedStudy

ROWS = {50: "median noise", 90: "strong noise"}
BLIND_ROWS = {50: "median signal", 90: "strong signal"}


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
    chosen = {
        (name, percentile): examples[
            (examples["rule"] == "noisy") & (examples["percentile"] == percentile)
        ].iloc[0]
        for percentile in rows
        for name, (_, examples) in columns.items()
    }
    colours = {name: colour for name, (colour, _) in columns.items()}
    figure, narrow = (paint(study, chosen, colours, rows, width, known=known) for width in WIDTHS)
    where = at_level(decision.level)
    by = (
        f"Test windows {where}: those whose noise is at the 50th and 90th percentile of strength."
        if known
        else f"Test windows {where}: those at the 50th and 90th percentile of power."
    )
    told = "With each, the mean squared error of this window." if known else "No clean signal is known."
    return Drawing(
        figure=figure,
        narrow=narrow,
        title=f"What is recovered, {where}",
        caption=(
            f"{by} First the network that is best on validation windows, then the best classical denoiser. "
            f"{told}"
        ),
        alt=f"Noisy, {'clean ' if known else ''}and denoised windows {where}, by {' and '.join(columns)}.",
        data=pd.concat(
            [
                pd.DataFrame(
                    {"denoiser": name, "percentile": percentile, "signal_id": window["signal_id"]}
                    | {"seconds": np.arange(len(window["clean"])) / study.rate}
                    | {kind: window[kind] for kind in ("clean", "noisy", "denoised")}
                )
                for (name, percentile), window in chosen.items()
            ],
            ignore_index=True,
        ),
    )


def paint(
    study: RecordedStudy,
    chosen: Mapping[tuple[str, int], pd.Series],
    colours: Mapping[str, str],
    rows: Mapping[int, str],
    width: float,
    *,
    known: bool,
) -> Figure:
    """A row a window and a column a denoiser, or in a narrow figure a row each."""
    n_columns = len(colours) if width == WIDTH else 1
    figure = new_figure(1.9 * len(chosen) / n_columns + 0.5, width)
    panels = figure.subplots(
        len(chosen) // n_columns, n_columns, sharex=True, sharey=True, squeeze=False
    ).ravel()
    for axes, ((name, percentile), window) in zip(panels, chosen.items(), strict=True):
        time = np.arange(len(window["clean"])) / study.rate
        axes.plot(time, window["noisy"], color=NOISY, linewidth=0.8, gid="noisy")
        if known:
            axes.plot(time, window["clean"], color=CLEAN, linewidth=1.0, gid="clean")
        axes.plot(time, window["denoised"], color=colours[name], linewidth=1.5, gid="denoised")
        axes.margins(x=0)
        told = f"{name}\n{rows[percentile]}"
        mse = number(float(np.square(window["denoised"] - window["clean"]).mean()))
        axes.set_title(f"{told}, MSE {mse}" if known else told, fontweight="bold")
    label_outer(panels, n_columns, len(chosen), "time (s)", unit_words(study, "").strip())
    same = {"noisy": NOISY, **({"clean": CLEAN} if known else {})}
    entries: dict[str, Handle] = {word: Line2D([], [], color=colour) for word, colour in same.items()}
    denoised = tuple(Line2D([], [], color=colour, linewidth=1.5) for colour in colours.values())
    legend_above(figure, {**entries, "denoised": denoised})
    return figure
