"""Windows of the recordings, clean and with noise."""

import numpy as np
import pandas as pd

from denoising.figures.drawing import Drawing
from denoising.figures.recordings.words import level_words, unit_words
from denoising.figures.style import CLEAN, NOISY, look, new_figure
from denoising.study.recorded import RecordedStudy

MOST_ROWS = 4


@look()
def draw(study: RecordedStudy) -> Drawing:
    """A row a level, a column a window."""
    levels = list(dict.fromkeys(study.samples.sort_values("snr", ascending=False)["level"]))[:MOST_ROWS]
    ids = list(dict.fromkeys(study.samples["signal_id"]))
    figure = new_figure(1.1 * len(levels) + 0.5)
    panels = figure.subplots(len(levels), len(ids), sharex=True, sharey="row", squeeze=False)
    parts = []
    for row, level in zip(panels, levels, strict=True):
        here = study.samples[study.samples["level"] == level].set_index("signal_id")
        for axes, name in zip(row, ids, strict=True):
            window = here.loc[name]
            time = np.arange(len(window["clean"])) / study.rate
            axes.plot(time, window["noisy"], color=NOISY, linewidth=0.7, gid="noisy")
            if study.is_known:
                axes.plot(time, window["clean"], color=CLEAN, linewidth=1.0, gid="clean")
            axes.margins(x=0)
            parts.append(
                pd.DataFrame(
                    {"level": level, "signal_id": name, "seconds": time}
                    | {kind: window[kind] for kind in ("clean", "noisy")}
                )
            )
        row[0].set_ylabel(f"{level_words(level)}\n{unit_words(study, '')}".strip())
    for axes in panels[-1]:
        axes.set_xlabel("time (s)")
    return Drawing(
        figure=figure,
        title="What there is to learn from",
        caption="Training windows of the recordings (black), and with noise (grey) at each level."
        if study.is_known
        else "Training windows of the recordings. Noise doubled: with noise as strong as their own added.",
        alt=f"Windows of the recordings: {', '.join(map(level_words, levels))}.",
        data=pd.concat(parts, ignore_index=True),
    )
