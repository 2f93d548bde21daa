"""What a denoiser still gets wrong, beside the noise that it was given."""

from matplotlib.lines import Line2D

from denoising.figures.columns import columns_of, sampled, shown_depths
from denoising.figures.drawing import Drawing
from denoising.figures.grid import alphas, depths, middle_alpha
from denoising.figures.style import (
    NOISY,
    every_colour,
    label_columns,
    legend_above,
    look,
    mark_missing,
    new_figure,
    note_mse,
)
from denoising.figures.wording import PERCENTILES, basis, example_note, failure_note, listing, omission
from denoising.study import Study


@look()
def draw(study: Study) -> Drawing:
    """Rows are percentiles of the denoiser's own error, columns denoisers, at one noise level."""
    alpha = middle_alpha(study)
    columns = columns_of(study)
    figure = new_figure(1.25 * len(PERCENTILES) + 0.85)
    panels = figure.subplots(len(PERCENTILES), len(columns), sharex=True, sharey=True, squeeze=False)
    shown = []
    for row, (percentile, name) in enumerate(PERCENTILES.items()):
        panels[row, 0].set_ylabel(name)
        for axes, column in zip(panels[row], columns, strict=True):
            example = column.example(alpha, "denoised", percentile)
            shown.append(({"denoiser": column.name, "alpha": alpha, "percentile": percentile}, example))
            if example is None:
                mark_missing(axes, "failed")
                continue
            noise, error = example["noisy"] - example["clean"], example["denoised"] - example["clean"]
            axes.plot(study.x, noise, color=NOISY, linewidth=0.7, gid="noise")
            axes.plot(study.x, error, **column.style.signal(len(study.x)), gid="error")
            note_mse(axes, error)
    label_columns(panels, {column.name: column.style for column in columns})
    legend_above(
        figure,
        {
            "noise = noisy − clean": Line2D([], [], color=NOISY, linewidth=0.9),
            "error = denoised − clean (drawn as its column)": every_colour([c.style for c in columns]),
        },
    )
    return Drawing(
        figure=figure,
        title=f"Noise and what is left of it, at alpha {alpha:g}",
        caption=(
            "The noise of a test signal and the error of the denoiser that was given it, over x, at alpha "
            f"{alpha:g}. Each denoiser has its own signals, at the 10th, 50th and 90th percentile of its own "
            f"error. {basis(study)}{example_note(study)}."
            f"{omission([alpha], alphas(study), 'noise level')}"
            f"{omission(shown_depths(study), depths(study), 'depth')}{failure_note(study)}"
        ),
        alt=f"Noise and remaining error at alpha {alpha:g}: {listing(column.name for column in columns)}. "
        "Where the error is the smaller of the two, noise was removed.",
        data=sampled(study, shown),
    )
