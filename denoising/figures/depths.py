"""The depths against each other and against doing nothing, over the noise level."""

from matplotlib.lines import Line2D

from denoising.figures.drawing import Drawing
from denoising.figures.grid import alphas, depths, drawable, noisy_mse
from denoising.figures.lines import draw_depths, set_alpha_ticks
from denoising.figures.style import (
    NOISY_LINE,
    depth_entries,
    depth_styles,
    legend_above,
    look,
    mark_missing,
    new_figure,
    scale_log,
)
from denoising.figures.wording import band_note, basis, failure_note
from denoising.study.results import Study

NOISY_POINTS = {**NOISY_LINE, "marker": ".", "markersize": 6, "markeredgewidth": 0}


@look()
def draw(study: Study) -> Drawing:
    """Test MSE over alpha beside the noisy signal's own, and the same as an improvement in dB."""
    styles = depth_styles(depths(study))
    noisy = noisy_mse(study)
    figure = new_figure(3.3)
    error, improvement = figure.subplots(1, 2, sharex=True)
    for axes, column, label in (
        (error, "test_mse", "test MSE"),
        (improvement, "snr_improvement_db", "SNR improvement (dB)"),
    ):
        axes.set(xlabel="noise level alpha", ylabel=label)
        if study.results[column].isna().all():
            mark_missing(axes, "nothing measured")
            axes.set(xticks=[], yticks=[])
            continue
        draw_depths(axes, study, column, styles, positive=axes is error)
        set_alpha_ticks(axes, alphas(study))
    if noisy.max() > 0:
        error.plot(noisy.index, drawable(noisy), **NOISY_POINTS, gid="noisy")
    if not study.results["test_mse"].isna().all():
        scale_log(error)
        improvement.axhline(0, **NOISY_LINE, gid="noisy")
    error.set_title("Error left", fontweight="bold")
    improvement.set_title("Gained over the noisy signal", fontweight="bold")
    legend_above(
        figure,
        {**depth_entries(styles), "noisy signal (do nothing)": Line2D([], [], **NOISY_POINTS)},
        most_columns=5,
    )
    zeros = " A zero MSE has no place on a logarithmic axis and is left out." if (noisy == 0).any() else ""
    return Drawing(
        figure=figure,
        title="The depths compared",
        caption=(
            "Left: mean squared error on the test signals, on a logarithmic scale, beside that of the noisy "
            "signals themselves. Right: by how much denoising raises the signal-to-noise ratio; below 0 dB "
            f"the network does harm. {basis(study)}.{band_note(study)}{zeros}{failure_note(study)}"
        ),
        alt=f"Test MSE and SNR improvement over the noise level for depths {', '.join(map(str, styles))}, "
        "with the noisy signal as the reference.",
        data=study.results[
            ["alpha", "depth", "seed", "variant", "test_mse", "snr_improvement_db", "noisy_mse"]
        ],
    )
