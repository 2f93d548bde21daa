"""A window of the recordings, clean and with noise."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from denoising.figures.drawing import Drawing
from denoising.figures.recordings.words import level_words, unit_words
from denoising.figures.style import CLEAN, NOISY, WIDTHS, columns_for, label_outer, look, new_figure
from denoising.study.recorded import RecordedStudy

MOST_LEVELS = 4


@look()
def draw(study: RecordedStudy) -> Drawing:
    """The first window that was kept, a panel a level."""
    levels = list(dict.fromkeys(study.samples.sort_values("snr", ascending=False)["level"]))[:MOST_LEVELS]
    windows = {level: study.samples[study.samples["level"] == level].iloc[0] for level in levels}
    figure, narrow = (paint(study, windows, width) for width in WIDTHS)
    return Drawing(
        figure=figure,
        narrow=narrow,
        title="What there is to learn from",
        caption="A training window of the recordings, alone and with noise, at each level."
        if study.is_known
        else "A training window of the recordings. Noise doubled: with noise as strong as their own added.",
        alt=f"A window of the recordings: {', '.join(map(level_words, levels))}.",
        data=pd.concat(
            [
                pd.DataFrame(
                    {"level": level, "signal_id": window["signal_id"], "seconds": seconds(study, window)}
                    | {kind: window[kind] for kind in ("clean", "noisy")}
                )
                for level, window in windows.items()
            ],
            ignore_index=True,
        ),
    )


def paint(study: RecordedStudy, windows: Mapping[str, pd.Series], width: float) -> Figure:
    """A panel a level, all on one scale."""
    n_columns = columns_for(len(windows), width)
    n_rows = -(-len(windows) // n_columns)
    figure = new_figure(1.6 * n_rows + 0.3, width)
    panels = figure.subplots(n_rows, n_columns, sharex=True, sharey=True, squeeze=False).ravel()
    for axes, (level, window) in zip(panels, windows.items(), strict=False):
        time = seconds(study, window)
        axes.plot(time, window["noisy"], color=NOISY, linewidth=0.9, gid="noisy")
        if study.is_known:
            axes.plot(time, window["clean"], color=CLEAN, linewidth=1.2, gid="clean")
        axes.margins(x=0)
        axes.set_title(level_words(level), fontweight="bold")
    label_outer(panels, n_columns, len(windows), "time (s)", unit_words(study, "").strip())
    return figure


def seconds(study: RecordedStudy, window: pd.Series) -> np.ndarray:
    """When the samples of a window were taken."""
    return np.asarray(np.arange(len(window["clean"])) / study.rate)
