"""What a denoiser still gets wrong, beside the noise that it was given."""

from typing import Any

import pandas as pd
from matplotlib.axes import Axes

from denoising.figures.columns import Painter, columns_note, columns_of, draw_examples, shown_depths
from denoising.figures.drawing import Drawing
from denoising.figures.grid import alphas, depths, middle_alpha
from denoising.figures.style import NOISY, LineStyle, look, note_mse
from denoising.figures.wording import PERCENTILES, basis, example_note, failure_note, listing, omission
from denoising.study.results import Study


def paint_error(axes: Axes, x: Any, example: pd.Series, style: LineStyle) -> None:
    """The noise that was given and the error that is left."""
    noise, error = example["noisy"] - example["clean"], example["denoised"] - example["clean"]
    axes.plot(x, noise, color=NOISY, linewidth=0.7, gid="noise")
    axes.plot(x, error, **style.signal(len(x)), gid="error")
    note_mse(axes, error)


ERROR = Painter(
    paint_error,
    {"noise = noisy − clean": NOISY},
    "error = denoised − clean",
)


@look()
def draw(study: Study) -> Drawing:
    """Rows are percentiles of the denoiser's own error, columns denoisers, at one noise level."""
    alpha = middle_alpha(study)
    rows = {name: (alpha, "denoised", percentile) for percentile, name in PERCENTILES.items()}
    figure, data = draw_examples(study, rows, ERROR)
    return Drawing(
        figure=figure,
        title=f"Noise and what is left of it, at alpha {alpha:g}",
        caption=(
            "The noise of a test signal and the error of the denoiser that was given it, over x, at alpha "
            f"{alpha:g}. Each denoiser has its own signals, at the 10th, 50th and 90th percentile of its own "
            f"error. {basis(study)}{example_note(study)}."
            f"{omission([alpha], alphas(study), 'noise level')}"
            f"{omission(shown_depths(study), depths(study), 'depth')}{columns_note(study)}"
            f"{failure_note(study)}"
        ),
        alt=f"Noise and remaining error at alpha {alpha:g}: "
        f"{listing(column.name for column in columns_of(study))}. "
        "Where the error is the smaller of the two, noise was removed.",
        data=data,
    )
