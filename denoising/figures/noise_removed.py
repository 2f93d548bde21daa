"""What a network still gets wrong, beside the noise that it was given."""

from matplotlib.lines import Line2D

from denoising.figures.drawing import Drawing
from denoising.figures.grid import alphas, depths, example, representative
from denoising.figures.style import (
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
from denoising.figures.wording import basis, example_note, failure_note, omission
from denoising.study import Study

PERCENTILES = {
    10: "a good one\n(10th percentile)",
    50: "a median one\n(50th percentile)",
    90: "a poor one\n(90th percentile)",
}
MOST_COLUMNS = 6


@look()
def draw(study: Study) -> Drawing:
    """Rows are percentiles of the network's own error, columns depths, at one noise level."""
    alpha = middle_alpha(study)
    columns = representative(depths(study), MOST_COLUMNS)
    every = depth_styles(depths(study))
    styles = {depth: every[depth] for depth in columns}
    figure = new_figure(1.25 * len(PERCENTILES) + 0.85)
    panels = figure.subplots(len(PERCENTILES), len(columns), sharex=True, sharey=True, squeeze=False)
    for row, (percentile, name) in enumerate(PERCENTILES.items()):
        panels[row, 0].set_ylabel(name)
        for column, depth in enumerate(columns):
            axes = panels[row, column]
            shown = example(study, depth, alpha, "denoised", percentile)
            if shown is None:
                mark_missing(axes, "failed")
                continue
            noise, error = shown["noisy"] - shown["clean"], shown["denoised"] - shown["clean"]
            axes.plot(study.x, noise, color=NOISY, linewidth=0.7, gid="noise")
            axes.plot(study.x, error, **styles[depth].signal(len(study.x)), gid="error")
            note_mse(axes, error)
    label_columns(panels, styles)
    legend_above(
        figure,
        {
            "noise = noisy − clean": Line2D([], [], color=NOISY, linewidth=0.9),
            "error = denoised − clean (drawn as its depth)": every_colour(styles),
        },
    )
    return Drawing(
        figure=figure,
        title=f"Noise and what is left of it, at alpha {alpha:g}",
        caption=(
            "The noise of a test signal and the error of the network that denoised it, over x, at alpha "
            f"{alpha:g}. Each depth has its own signals, at the 10th, 50th and 90th percentile of its own "
            f"error. {basis(study)}{example_note(study)}."
            f"{omission([alpha], alphas(study), 'noise level')}"
            f"{omission(columns, depths(study), 'depth')}{failure_note(study)}"
        ),
        alt=f"Noise and remaining error at alpha {alpha:g} for depths {', '.join(map(str, columns))}: "
        "where the error is the smaller of the two, the network removed noise.",
    )


def middle_alpha(study: Study) -> float:
    """The middle one of the noise levels for which most depths have examples."""
    n_depths = study.examples.groupby("alpha")["depth"].nunique()
    fullest = sorted(n_depths.index[n_depths == n_depths.max()]) or alphas(study)
    return float(fullest[len(fullest) // 2])
