"""Which frequencies a denoiser takes away, and which it leaves wrong."""

from collections.abc import Sequence
from math import ceil

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from denoising.figures.drawing import Drawing
from denoising.figures.grid import alphas, drawable, middle_alpha
from denoising.figures.panels import Panel, entries_of, lines_in_words, panels_of, shown_in
from denoising.figures.style import (
    BAYES_STYLE,
    LINEAR_STYLE,
    N_MARKERS,
    NOISY_LINE,
    REFERENCE,
    Handle,
    LineStyle,
    label_log,
    label_outer,
    legend_above,
    look,
    mark_missing,
    most_columns,
    new_figure,
)
from denoising.figures.wording import basis, failure_note, in_lines, omission, power_of_ten, variants_note
from denoising.study.results import Study
from denoising.study.schema import DATASET

LIMITS = {"linear_mmse": ("best linear filter", LINEAR_STYLE), "bayes": ("Bayes", BAYES_STYLE)}
KINDS = {
    "removed": ("removed", "Removed: noisy − denoised"),
    "error": ("left wrong", "Left wrong: denoised − clean"),
}  # columns, and what their panels are called, in short and at length
MOST_VARIANTS = 8
TITLE = 20  # characters in a line of a panel's title
LOWEST = 1e-7  # of the highest density, below which nothing is shown


@look()
def draw(study: Study) -> Drawing:
    """Power spectral densities at one noise level: what was removed, left, and what remained, right."""
    alpha = middle_alpha(study)
    panels = panels_of(study, MOST_VARIANTS)
    networks = study.spectra[study.spectra["alpha"] == alpha]
    n_columns = 2 if len(panels) == 1 else 4
    n_rows = ceil(2 * len(panels) / n_columns)
    figure = new_figure(3.4 if n_rows == 1 else 2.0 * n_rows + 0.7)
    grid = figure.subplots(n_rows, n_columns, sharex=True, sharey=True, squeeze=False).ravel()
    pairs = [(grid[place], grid[place + 1]) for place in range(0, len(grid), 2)]
    drawn = {name for place, panel in enumerate(panels) for name in draw_pair(pairs[place], panel, alpha)}
    label_outer(grid, n_columns, 2 * len(panels), "frequency (cycles a sample)", "power spectral density")
    if not networks.empty and any(axes.lines for axes in grid):
        grid[0].set_yscale("log")
        label_log(grid[0].yaxis, power_of_ten)
        highest = float(networks["clean"].max())
        low = max(grid[0].get_ylim()[0], LOWEST * highest)
        grid[0].set_ylim(low, 3 * highest)
    entries: dict[str, Handle] = {
        **entries_of(panels),
        **{LIMITS[name][0]: Line2D([], [], **LIMITS[name][1].line()) for name in LIMITS if name in drawn},
        "noise": Line2D([], [], **NOISY_LINE),
        "clean signals": Line2D([], [], color=REFERENCE, alpha=0.25, linewidth=6),
    }
    legend_above(figure, entries, most_columns(entries_of(panels), 5))
    first, second = ("Left", "Right") if len(panels) == 1 else ("Removed", "Left wrong")
    return Drawing(
        figure=figure,
        title=f"What was removed and what remained, by frequency, at alpha {alpha:g}",
        caption=(
            f"Mean power spectral densities over the test signals at alpha {alpha:g}, median over the "
            f"seeds, on a logarithmic scale. {first}: what the denoiser took away; where that follows the "
            f"noise (dotted) and not the clean signals (grey), it removed noise and nothing else. {second}: "
            f"its error. {basis(study)}.{omission([alpha], alphas(study), 'noise level')}"
            f"{variants_note(study, shown_in(panels))}{failure_note(study)}"
        ),
        alt=f"Power spectra of the removed part and of the error at alpha {alpha:g} for "
        f"{lines_in_words(study, panels)}, beside those of the noise and of the clean signals.",
        data=pd.concat([networks.assign(denoiser="autoencoder"), others_at(study, alpha)], ignore_index=True),
    )


def draw_pair(pair: Sequence[Axes], panel: Panel, alpha: float) -> list[str]:
    """What was removed, and what remained; the names of the limits drawn beside."""
    networks, others = (
        rows[rows["alpha"] == alpha] for rows in (panel.study.spectra, panel.study.baseline_spectra)
    )
    by_name = {str(name): rows for name, rows in others.groupby("denoiser") if name in LIMITS}
    for axes, (kind, (short, long)) in zip(pair, KINDS.items(), strict=True):
        if panel.title:
            axes.set_title(f"{in_lines(panel.title, TITLE)}\n{short}")
        else:
            axes.set_title(long, fontweight="bold")
        if networks.empty:
            mark_missing(axes, "nothing measured")
            continue
        for rank, series in enumerate(panel.series):
            rows = series.study.spectra
            rows = rows[(rows["alpha"] == alpha) & (rows["depth"] == series.depth)]
            draw_line(axes, rows.groupby("frequency")[kind].median(), series.style, rank, series.name)
        for rank, (name, rows) in enumerate(by_name.items()):
            draw_line(axes, rows.set_index("frequency")[kind], LIMITS[name][1], rank, name)
        references = networks.groupby("frequency")[["noise", "clean"]].first()
        axes.plot(references.index, drawable(references["noise"]), **NOISY_LINE, gid="noise")
        axes.fill_between(
            references.index,
            0,
            drawable(references["clean"]),
            color=REFERENCE,
            alpha=0.13,
            linewidth=0,
            gid="clean",
        )
    return list(by_name)


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
        density.index, drawable(density), **style.line(), linewidth=1.2, markersize=3.8,
        markevery=(rank * step // 4 % step, step), gid=gid,
    )  # fmt: skip
