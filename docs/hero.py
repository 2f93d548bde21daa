"""Draws the README's first picture from a finished study of two depths.

.venv/bin/python flows/sweep.py --depths 2 8 && .venv/bin/python docs/hero.py artifacts/latest docs/hero.png
"""

import sys
from pathlib import Path

import numpy as np
import pandas as pd

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from denoising.figures.style import BAYES, CLEAN, LINEAR, NETWORK, NOISY, look, new_figure
from denoising.figures.wording import number

# What is drawn beside the noisy signal: its name in the study's table, its title and its colour.
DENOISED = (
    ("depth 2", "depth 2", LINEAR),
    ("depth 8", "depth 8", NETWORK),
    ("Bayes", "best possible", BAYES),
)


@look()
def draw(study: Path, output: Path) -> None:
    """Draw a signal of a study: noisy, as two networks denoise it, and the best estimate that is possible.

    Args:
        study: the folder of a study.
        output: the picture, PNG.
    """
    table = pd.read_csv(study / "figures" / "recovered.csv")
    figure = new_figure(1.7, 5)  # narrower than a page, so that its letters can be read on a phone
    panels = figure.subplots(1, 4, sharex=True, sharey=True)
    for axes, (name, title, colour) in zip(panels, (("depth 2", "noisy", NOISY), *DENOISED), strict=True):
        rows = table[table["denoiser"] == name]
        drawn = rows["noisy" if colour == NOISY else "denoised"]
        axes.plot(rows["x"], drawn, color=colour, linewidth=0.8 if colour == NOISY else 1.8)
        axes.plot(rows["x"], rows["clean"], color=CLEAN, linewidth=0.8)
        error = number(float(np.square(drawn - rows["clean"]).mean()))
        axes.set_title(f"{title}\nerror {error}")
        axes.set_xticks([])
        axes.margins(x=0)
    figure.supxlabel("black: the clean signal; error: mean square of the difference", fontsize=8)
    figure.savefig(output, dpi=320)


if __name__ == "__main__":
    draw(Path(sys.argv[1]), Path(sys.argv[2]))
