"""One signal at each noise level, and what each depth makes of it."""

from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator

from denoising.figures.drawing import Drawing
from denoising.figures.grid import alphas, depths, example, representative
from denoising.figures.style import (
    CLEAN,
    NOISY,
    REFERENCE,
    SMALL,
    depth_styles,
    drop_idle_ticks,
    every_colour,
    head_with_depth,
    legend_above,
    look,
    mark_missing,
    new_figure,
)
from denoising.figures.wording import basis, example_note, failure_note, levels, number, omission
from denoising.study import Study

MOST_ROWS = 4
MOST_COLUMNS = 6


@look()
def draw(study: Study) -> Drawing:
    """Rows are noise levels, columns depths; clean, noisy and denoised in each panel."""
    rows = representative(alphas(study), MOST_ROWS)
    columns = representative(depths(study), MOST_COLUMNS)
    styles = depth_styles(depths(study))
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
            mse = float(((shown["denoised"] - shown["clean"]) ** 2).mean())
            axes.set_title(f"MSE {number(mse)}", fontsize=SMALL, loc="right", color=REFERENCE, pad=2)
    for column, depth in enumerate(columns):
        head_with_depth(panels[0, column], depth, styles[depth])
        panels[-1, column].set_xlabel("x")
    panels[0, 0].margins(x=0)
    panels[0, 0].xaxis.set_major_locator(MaxNLocator(3, integer=True))
    panels[0, 0].yaxis.set_major_locator(MaxNLocator(4, integer=True))
    drop_idle_ticks(panels.flat)
    legend_above(
        figure,
        {
            "noisy": Line2D([], [], color=NOISY, linewidth=0.9),
            "clean": Line2D([], [], color=CLEAN, linewidth=0.9),
            "denoised (drawn as its depth)": every_colour({depth: styles[depth] for depth in columns}),
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
