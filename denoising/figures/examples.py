"""A good, a median and a poor result of each denoiser."""

from typing import Any

import pandas as pd
from matplotlib.lines import Line2D

from denoising.figures.columns import columns_of, draw_denoised, sampled, shown_depths
from denoising.figures.drawing import Drawing
from denoising.figures.grid import alphas, depths, middle_alpha
from denoising.figures.style import CLEAN, NOISY, every_colour, label_columns, legend_above, look, new_figure
from denoising.figures.wording import PERCENTILES, basis, example_note, failure_note, listing, omission
from denoising.study import Study


@look()
def draw(study: Study) -> Drawing:
    """Rows are percentiles of the denoiser's own error, columns denoisers, at one noise level."""
    alpha = middle_alpha(study)
    columns = columns_of(study)
    figure = new_figure(1.25 * len(PERCENTILES) + 0.85)
    panels = figure.subplots(len(PERCENTILES), len(columns), sharex=True, sharey=True, squeeze=False)
    shown: list[tuple[dict[str, Any], pd.Series | None]] = [
        ({"denoiser": c.name, "alpha": alpha, "percentile": p}, c.example(alpha, "denoised", p))
        for p in PERCENTILES
        for c in columns
    ]
    for axes, (labels, example), column in zip(panels.flat, shown, columns * len(PERCENTILES), strict=True):
        if column is columns[0]:
            axes.set_ylabel(PERCENTILES[labels["percentile"]])
        draw_denoised(axes, study, example, column.style)
    label_columns(panels, {column.name: column.style for column in columns})
    legend_above(
        figure,
        {
            "noisy": Line2D([], [], color=NOISY, linewidth=0.9),
            "clean": Line2D([], [], color=CLEAN, linewidth=0.9),
            "denoised (drawn as its column)": every_colour([column.style for column in columns]),
        },
    )
    return Drawing(
        figure=figure,
        title=f"Good, median and poor results at alpha {alpha:g}",
        caption=(
            f"Test signals at alpha {alpha:g}, chosen by rule: those at the 10th, 50th and 90th percentile "
            "of each denoiser's own error, so that the columns show different signals. "
            f"{basis(study)}{example_note(study)}.{omission([alpha], alphas(study), 'noise level')}"
            f"{omission(shown_depths(study), depths(study), 'depth')}{failure_note(study)}"
        ),
        alt=f"Clean, noisy and denoised signals at alpha {alpha:g} where each denoiser does well, as usual "
        f"and badly: {listing(column.name for column in columns)}.",
        data=sampled(study, shown),
    )
