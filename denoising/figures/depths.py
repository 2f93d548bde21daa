"""The depths against each other and against doing nothing, over the noise level."""

from collections.abc import Sequence
from math import ceil

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from denoising.figures.drawing import Drawing
from denoising.figures.grid import alphas, drawable, noisy_mse
from denoising.figures.lines import draw_over_alpha, set_alpha_ticks
from denoising.figures.panels import Panel, entries_of, lines_in_words, panels_of, shown_in
from denoising.figures.style import (
    NOISY_LINE,
    characters,
    columns_for,
    drop_idle_ticks,
    label_outer,
    legend_above,
    look,
    mark_missing,
    most_columns,
    new_figure,
    scale_log,
)
from denoising.figures.wording import band_note, basis, failure_note, in_lines, variants_note
from denoising.study.results import Study

NOISY_POINTS = {**NOISY_LINE, "marker": ".", "markersize": 6, "markeredgewidth": 0}
ERROR = (
    "mean squared error on the test signals, on a logarithmic scale, beside that of the noisy signals "
    "themselves"
)


@look()
def draw(study: Study) -> Drawing:
    """Test MSE over alpha beside the noisy signal's own, and the same as an improvement in dB.

    Where there is a panel for each variant, the test MSE alone.
    """
    panels = panels_of(study)
    if len(panels) == 1:
        figure = error_and_improvement(study, panels[0])
        shows = (
            f"Left: {ERROR}. Right: by how much denoising raises the signal-to-noise ratio; below 0 dB the "
            "network does harm. "
        )
    else:
        figure = errors_side_by_side(study, panels)
        shows = f"{ERROR[0].upper()}{ERROR[1:]}: above their dotted line the network does harm. "
    entries = {**entries_of(panels), "noisy signal (do nothing)": Line2D([], [], **NOISY_POINTS)}
    legend_above(figure, entries, most_columns(entries_of(panels), 5))
    is_zero = any((noisy_mse(panel.study) == 0).any() for panel in panels)
    zeros = " A zero MSE has no place on a logarithmic axis and is left out." if is_zero else ""
    return Drawing(
        figure=figure,
        title="The depths compared",
        caption=(
            f"{shows}{basis(study)}.{band_note(study)}{zeros}{variants_note(study, shown_in(panels))}"
            f"{failure_note(study)}"
        ),
        alt=f"Test MSE{' and SNR improvement' if len(panels) == 1 else ''} over the noise level for "
        f"{lines_in_words(study, panels)}, with the noisy signal as the reference.",
        data=study.results[
            ["alpha", "depth", "seed", "variant", "test_mse", "snr_improvement_db", "noisy_mse"]
        ],
    )


def error_and_improvement(study: Study, panel: Panel) -> Figure:
    """The same lines twice: what error is left, and what was gained."""
    figure = new_figure(3.3)
    error, improvement = figure.subplots(1, 2, sharex=True)
    for axes, column, label in (
        (error, "test_mse", "test MSE"),
        (improvement, "snr_improvement_db", "SNR improvement (dB)"),
    ):
        axes.set(xlabel="noise level alpha", ylabel=label)
        if panel.study.results[column].isna().all():
            mark_missing(axes, "nothing measured")
            axes.set(xticks=[], yticks=[])
            continue
        for series in panel.series:
            draw_over_alpha(axes, series, column, positive=axes is error)
        set_alpha_ticks(axes, alphas(study))
    draw_noisy(error, panel)
    if not panel.study.results["test_mse"].isna().all():
        scale_log(error)
        improvement.axhline(0, **NOISY_LINE, gid="noisy")
    error.set_title("Error left", fontweight="bold")
    improvement.set_title("Gained over the noisy signal", fontweight="bold")
    return figure


def errors_side_by_side(study: Study, panels: Sequence[Panel]) -> Figure:
    """The error of each panel's lines, on one scale."""
    n_columns = columns_for(len(panels))
    n_rows = ceil(len(panels) / n_columns)
    figure = new_figure((2.9 if n_rows == 1 else 2.0 * n_rows) + 0.55)
    every = figure.subplots(n_rows, n_columns, sharex=True, sharey=True, squeeze=False).ravel()
    for axes, panel in zip(every, panels, strict=False):
        axes.set_title(in_lines(panel.title, characters(n_columns)))
        if panel.study.results["test_mse"].isna().all():
            mark_missing(axes, "nothing measured")
            continue
        for series in panel.series:
            draw_over_alpha(axes, series, "test_mse", positive=True)
        draw_noisy(axes, panel)
    if any(axes.lines for axes in every):
        set_alpha_ticks(every[0], alphas(study))
        scale_log(every[0])
    drop_idle_ticks(every)
    label_outer(every, n_columns, len(panels), "noise level alpha", "test MSE")
    return figure


def draw_noisy(axes: Axes, panel: Panel) -> None:
    """The noisy signals' own error."""
    noisy = noisy_mse(panel.study)
    if noisy.max() > 0:
        axes.plot(noisy.index, drawable(noisy), **NOISY_POINTS, gid="noisy")
