"""One signal at each noise level, and what each depth makes of it."""

from matplotlib.lines import Line2D

from denoising.figures.drawing import Drawing
from denoising.figures.grid import alphas, depths, example, representative
from denoising.figures.style import (
    CLEAN,
    NOISY,
    depth_styles,
    every_colour,
    label_columns,
    legend_above,
    look,
    mark_missing,
    new_figure,
    note_mse,
)
from denoising.figures.wording import basis, example_note, failure_note, levels, omission
from denoising.study import Study

MOST_ROWS = 4
MOST_COLUMNS = 6


@look()
def draw(study: Study) -> Drawing:
    """Rows are noise levels, columns depths; clean, noisy and denoised in each panel."""
    rows = representative(alphas(study), MOST_ROWS)
    columns = representative(depths(study), MOST_COLUMNS)
    every = depth_styles(depths(study))
    styles = {depth: every[depth] for depth in columns}
    figure = new_figure(1.2 * len(rows) + 0.85)
    panels = figure.subplots(len(rows), len(columns), sharex=True, sharey=True, squeeze=False)
    for row, alpha in enumerate(rows):
        panels[row, 0].set_ylabel(f"alpha {alpha:g}")
        for column, depth in enumerate(columns):
            axes = panels[row, column]
            shown = example(study, depth, alpha, "noisy", 50)
            if shown is None:
                mark_missing(axes, "failed")
                continue
            axes.plot(study.x, shown["noisy"], color=NOISY, linewidth=0.7, gid="noisy")
            axes.plot(study.x, shown["clean"], color=CLEAN, linewidth=0.9, gid="clean")
            axes.plot(study.x, shown["denoised"], **styles[depth].signal(len(study.x)), gid="denoised")
            note_mse(axes, shown["denoised"] - shown["clean"])
    label_columns(panels, styles)
    legend_above(
        figure,
        {
            "noisy": Line2D([], [], color=NOISY, linewidth=0.9),
            "clean": Line2D([], [], color=CLEAN, linewidth=0.9),
            "denoised (drawn as its depth)": every_colour(styles),
        },
    )
    return Drawing(
        figure=figure,
        title="What is recovered",
        caption=(
            "The test signal whose noise is of median strength at each noise level, the same one along a "
            "row: noisy, clean, and as each depth denoises it, with the error of this one signal. "
            f"{basis(study)}{example_note(study)}.{omission(rows, alphas(study), 'noise level')}"
            f"{omission(columns, depths(study), 'depth')}{failure_note(study)}"
        ),
        alt=f"Clean, noisy and denoised signals at {levels(rows)} for depths {', '.join(map(str, columns))}.",
    )
