"""The depths against each other, doing nothing and the limits, over the noise level."""

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from denoising.figures.drawing import Drawing
from denoising.figures.floors import limits_over_alpha
from denoising.figures.grid import alphas, drawable, noisy_mse
from denoising.figures.lines import AROUND, End, draw_over_alpha, end_of, label_ends, set_alpha_ticks
from denoising.figures.panels import Panel, are_short, entries_of, lines_in_words, panels_of, shown_in
from denoising.figures.style import (
    BAYES,
    LINEAR,
    NOISY_LINE,
    REFERENCE,
    WIDTHS,
    characters,
    drop_idle_ticks,
    label_outer,
    legend_above,
    look,
    mark_missing,
    panels_beside,
    scale_log,
)
from denoising.figures.wording import band_note, basis, failure_note, in_lines, variants_note
from denoising.study.results import Study

ALONE, ONE_OF_SEVERAL = 3.7, 2.3  # inches, the height of a panel
LIMITS: Mapping[str, tuple[str, dict[str, Any]]] = {
    "linear_mmse": ("best linear filter", {"color": LINEAR, "linewidth": 1.6, "linestyle": (0, (7, 2))}),
    "mmse": ("Bayes floor", {"color": BAYES, "linewidth": 2.2, "linestyle": "-"}),
}


@look()
def draw(study: Study) -> Drawing:
    """Test MSE over alpha between the noisy signals' own and the least possible; a panel a variant."""
    panels = panels_of(study)
    figure, narrow = (paint(study, panels, width) for width in WIDTHS)
    is_zero = any((noisy_mse(panel.study) == 0).any() for panel in panels)
    zeros = " A zero MSE has no place on a logarithmic axis and is left out." if is_zero else ""
    return Drawing(
        figure=figure,
        narrow=narrow,
        title="The depths compared",
        caption=(
            "Mean squared error on the test signals, on a logarithmic scale. Shaded: more than that of the "
            "noisy signals themselves, so that the network does harm. No denoiser can beat the Bayes floor "
            f"on average, nor a linear one the best linear filter. {basis(study)}.{band_note(study)}{zeros}"
            f"{variants_note(study, shown_in(panels))}{failure_note(study)}"
        ),
        alt=f"Test MSE over the noise level for {lines_in_words(study, panels)}, between the noisy signal, "
        "the best linear filter and the Bayes floor.",
        data=study.results[
            ["alpha", "depth", "seed", "variant", "test_mse", "snr_improvement_db", "noisy_mse"]
        ],
    )


def paint(study: Study, panels: Sequence[Panel], width: float) -> Figure:
    """All panels, on one scale."""
    height = ALONE if len(panels) == 1 else ONE_OF_SEVERAL
    figure, every, n_columns = panels_beside(len(panels), width, height)
    ends = {axes: draw_panel(axes, panel) for axes, panel in zip(every, panels, strict=False)}
    for axes, panel in zip(every, panels, strict=False):
        axes.set_title(in_lines(panel.title, characters(n_columns, width)))
        if not axes.lines:
            mark_missing(axes, "nothing measured")
    set_alpha_ticks(every[0], alphas(study))
    if any(axes.lines for axes in every):
        scale_log(every[0])
    drop_idle_ticks(every)
    label_outer(every, n_columns, len(panels), "noise level alpha", "test MSE")
    for axes, panel in zip(every, panels, strict=False):
        shade_harm(axes, panel)
        label_ends(axes, ends[axes], 0.75 * height)
    if not are_short(panels):
        legend_above(figure, entries_of(panels))
    return figure


def draw_panel(axes: Axes, panel: Panel) -> list[End]:
    """The lines of a panel with the limits; the ends of those whose names are to stand beside them."""
    if panel.study.results["test_mse"].isna().all():
        return []
    ends = []
    for series in panel.series:
        ends += draw_over_alpha(axes, series, "test_mse")
    if not are_short([panel]):
        ends = []
    limits = limits_over_alpha(panel.study)
    for column, (name, line) in LIMITS.items():
        values = drawable(limits[column])
        axes.plot(*across(values), **line, gid=column, zorder=1.9)
        ends += end_of(name, values, line["color"])
    noisy = drawable(noisy_mse(panel.study))
    axes.plot(*across(noisy), **NOISY_LINE, gid="noisy")
    return ends + end_of("noisy signal", noisy, REFERENCE)


def shade_harm(axes: Axes, panel: Panel) -> None:
    """Shade what lies above the noisy signals' own error."""
    noisy = drawable(noisy_mse(panel.study))
    if axes.lines and noisy.notna().any():
        top = axes.get_ylim()[1]
        places, errors = across(noisy)
        axes.fill_between(
            places, errors, max(top, noisy.max()), color=REFERENCE, alpha=0.1, linewidth=0, gid="harm"
        )
        axes.set_ylim(top=top)


def across(values: pd.Series) -> tuple[list[float], list[float]]:
    """Return the noise levels and errors of a limit; of one level, a line to both sides of it."""
    places, errors = values.index.tolist(), values.tolist()
    return (places, errors) if len(places) > 1 else ([places[0] - AROUND, places[0] + AROUND], 2 * errors)
