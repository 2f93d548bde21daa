"""Which frequencies a denoiser leaves wrong."""

from collections.abc import Mapping, Sequence

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from denoising.figures.drawing import Drawing
from denoising.figures.grid import alphas, drawable, middle_alpha
from denoising.figures.lines import End, end_of, label_ends
from denoising.figures.panels import Panel, are_short, entries_of, lines_in_words, panels_of, shown_in
from denoising.figures.style import (
    BAYES_STYLE,
    LINEAR_STYLE,
    N_MARKERS,
    NOISY_LINE,
    REFERENCE,
    WIDTHS,
    LineStyle,
    characters,
    drop_idle_ticks,
    label_log,
    label_outer,
    legend_above,
    look,
    mark_missing,
    panels_beside,
)
from denoising.figures.wording import basis, failure_note, in_lines, omission, power_of_ten, variants_note
from denoising.study.results import Study
from denoising.study.schema import DATASET

LIMITS: Mapping[str, tuple[str, LineStyle]] = {
    "linear_mmse": ("best linear", LINEAR_STYLE),
    "bayes": ("Bayes", BAYES_STYLE),
}
ALONE, ONE_OF_SEVERAL = 3.7, 2.3  # inches, the height of a panel
LOWEST = 1e-7  # of the highest density, below which nothing is shown


@look()
def draw(study: Study) -> Drawing:
    """Power spectral densities of the error at one noise level; a panel a variant."""
    alpha = middle_alpha(study)
    panels = panels_of(study)
    figure, narrow = (paint(study, panels, alpha, width) for width in WIDTHS)
    networks = study.spectra[study.spectra["alpha"] == alpha]
    return Drawing(
        figure=figure,
        narrow=narrow,
        title=f"Which frequencies are left wrong at alpha {alpha:g}",
        caption=(
            f"Mean power spectral densities over the test signals at alpha {alpha:g}, median over the "
            "seeds, on a logarithmic scale: of the error (denoised − clean), of the noise (dotted) and of "
            "the clean signals (shaded). Above the noise, a denoiser does harm; where its error follows the "
            f"clean signals, it takes them away. {basis(study)}."
            f"{omission([alpha], alphas(study), 'noise level')}"
            f"{variants_note(study, shown_in(panels))}{failure_note(study)}"
        ),
        alt=f"Power spectra of the error at alpha {alpha:g} for {lines_in_words(study, panels)}, beside "
        "those of the noise and of the clean signals.",
        data=pd.concat([networks.assign(denoiser="autoencoder"), others_at(study, alpha)], ignore_index=True),
    )


def paint(study: Study, panels: Sequence[Panel], alpha: float, width: float) -> Figure:
    """All panels, on one scale."""
    height = ALONE if len(panels) == 1 else ONE_OF_SEVERAL
    figure, every, n_columns = panels_beside(len(panels), width, height)
    ends = {axes: draw_panel(axes, panel, alpha) for axes, panel in zip(every, panels, strict=False)}
    for axes, panel in zip(every, panels, strict=False):
        axes.set_title(in_lines(panel.title, characters(n_columns, width)))
        if not axes.lines:
            mark_missing(axes, "nothing measured")
    drop_idle_ticks(every)
    label_outer(every, n_columns, len(panels), "frequency (cycles a sample)", "power spectral density")
    if any(axes.lines for axes in every):
        every[0].set_yscale("log")
        label_log(every[0].yaxis, power_of_ten)
        every[0].set_xlim(0, 0.5)
        clean = study.spectra[study.spectra["alpha"] == alpha]["clean"].max()
        every[0].set_ylim(max(every[0].get_ylim()[0], LOWEST * clean), 3 * clean)
    for axes in ends:
        label_ends(axes, ends[axes], 0.75 * height)
    if not are_short(panels):
        legend_above(figure, entries_of(panels))
    return figure


def draw_panel(axes: Axes, panel: Panel, alpha: float) -> list[End]:
    """The errors of a panel's networks and of the limits; the ends of lines to be named beside them."""
    networks, others = (
        inner(rows[rows["alpha"] == alpha]) for rows in (panel.study.spectra, panel.study.baseline_spectra)
    )
    if networks.empty:
        return []
    references = networks.groupby("frequency")[["noise", "clean"]].first()
    clean, noise = drawable(references["clean"]), drawable(references["noise"])
    axes.fill_between(clean.index, 0, clean, color=REFERENCE, alpha=0.13, linewidth=0, gid="clean")
    axes.plot(noise.index, noise, **NOISY_LINE, gid="noise")
    ends = end_of("noise", noise, REFERENCE)
    for rank, (name, (short, style)) in enumerate(LIMITS.items()):
        density = drawable(others[others["denoiser"] == name].set_index("frequency")["error"])
        draw_line(axes, density, style, rank, name)
        ends += end_of(short, density, style.color)
    for rank, series in enumerate(panel.series):
        rows = networks[networks["depth"] == series.depth]
        rows = rows[rows["variant"].isin(series.study.variants)]
        density = drawable(rows.groupby("frequency")["error"].median())
        draw_line(axes, density, series.style, rank, series.name)
        ends += end_of(series.name, density, series.style.color) if are_short([panel]) else []
    return ends


def inner(spectra: pd.DataFrame) -> pd.DataFrame:
    """The rows but for the lowest and the highest frequency, which have half the density of their kind."""
    return spectra[spectra["frequency"].between(0, 0.5, inclusive="neither")]


def others_at(study: Study, alpha: float) -> pd.DataFrame:
    """The spectra of what is no network at a noise level, with their dataset where there are several."""
    others = study.baseline_spectra[study.baseline_spectra["alpha"] == alpha]
    told = ["dataset"] if len(study.variants) > 1 else []
    return others.drop(columns=[name for name in DATASET if name not in told], errors="ignore")


def draw_line(axes: Axes, density: "pd.Series[float]", style: LineStyle, rank: int, gid: str) -> None:
    """A density over the frequency, its markers apart from those of others."""
    if density.empty:
        return
    step = max(1, len(density) // N_MARKERS)
    axes.plot(
        density.index, density, **style.line(), linewidth=1.3, markersize=4,
        markevery=(rank * step // 4 % step, step), gid=gid,
    )  # fmt: skip
