"""One signal at each noise level, and what each depth makes of it."""

from matplotlib.lines import Line2D

from denoising.figures.columns import columns_of, draw_denoised, sampled, shown_depths
from denoising.figures.drawing import Drawing
from denoising.figures.grid import alphas, depths, representative
from denoising.figures.style import CLEAN, NOISY, every_colour, label_columns, legend_above, look, new_figure
from denoising.figures.wording import basis, example_note, failure_note, levels, listing, omission
from denoising.study import Study

MOST_ROWS = 4


@look()
def draw(study: Study) -> Drawing:
    """Rows are noise levels, columns denoisers; clean, noisy and denoised in each panel."""
    rows = representative(alphas(study), MOST_ROWS)
    columns = columns_of(study)
    figure = new_figure(1.2 * len(rows) + 0.85)
    panels = figure.subplots(len(rows), len(columns), sharex=True, sharey=True, squeeze=False)
    shown = [
        ({"denoiser": column.name, "alpha": alpha}, column.example(alpha, "noisy", 50))
        for alpha in rows
        for column in columns
    ]
    for axes, (labels, example), column in zip(panels.flat, shown, columns * len(rows), strict=True):
        if column is columns[0]:
            axes.set_ylabel(f"alpha {labels['alpha']:g}")
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
        title="What is recovered",
        caption=(
            "The test signal whose noise is of median strength at each noise level, the same one along a "
            "row: noisy, clean, and as each depth denoises it, with the error of this one signal; in the "
            "last column as the posterior mean does, which no denoiser can beat on average. "
            f"{basis(study)}{example_note(study)}.{omission(rows, alphas(study), 'noise level')}"
            f"{omission(shown_depths(study), depths(study), 'depth')}{failure_note(study)}"
        ),
        alt=f"Clean, noisy and denoised signals at {levels(rows)}: {listing(c.name for c in columns)}.",
        data=sampled(study, shown),
    )
