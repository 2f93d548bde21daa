"""Which frequencies a denoiser takes away, and which it leaves wrong."""

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from denoising.figures.drawing import Drawing
from denoising.figures.grid import alphas, depths, drawable, middle_alpha
from denoising.figures.style import (
    BAYES_STYLE,
    LINEAR_STYLE,
    N_MARKERS,
    NOISY_LINE,
    REFERENCE,
    Handle,
    LineStyle,
    depth_entries,
    depth_styles,
    legend_above,
    look,
    mark_missing,
    new_figure,
)
from denoising.figures.wording import basis, failure_note, listing, omission
from denoising.study.results import Study
from denoising.study.schema import DATASET

LIMITS = {"linear_mmse": ("best linear filter", LINEAR_STYLE), "bayes": ("Bayes", BAYES_STYLE)}
LOWEST = 1e-7  # of the highest density, below which nothing is shown


@look()
def draw(study: Study) -> Drawing:
    """Power spectral densities at one noise level: what was removed, left, and what remained, right."""
    alpha = middle_alpha(study)
    styles = depth_styles(depths(study))
    networks = study.spectra[study.spectra["alpha"] == alpha]
    others = study.baseline_spectra[study.baseline_spectra["alpha"] == alpha]
    figure = new_figure(3.4)
    panels = figure.subplots(1, 2, sharex=True, sharey=True)
    entries: dict[str, Handle] = {**depth_entries(styles)}
    by_name = {name: rows for name, rows in others.groupby("denoiser") if name in LIMITS}
    entries.update({LIMITS[n][0]: Line2D([], [], **LIMITS[n][1].line()) for n in LIMITS if n in by_name})
    for axes, kind, title in zip(
        panels,
        ("removed", "error"),
        ("Removed: noisy − denoised", "Left wrong: denoised − clean"),
        strict=True,
    ):
        axes.set_title(title, fontweight="bold")
        axes.set_xlabel("frequency (cycles a sample)")
        if networks.empty:
            mark_missing(axes, "nothing measured")
            continue
        for rank, (depth, style) in enumerate(styles.items()):
            rows = networks[networks["depth"] == depth]
            draw_line(axes, rows.groupby("frequency")[kind].median(), style, rank, f"depth {depth}")
        for rank, (name, rows) in enumerate(by_name.items()):
            draw_line(axes, rows.set_index("frequency")[kind], LIMITS[str(name)][1], rank, str(name))
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
    panels[0].set_ylabel("power spectral density")
    if not networks.empty and panels[0].lines:
        panels[0].set_yscale("log")
        highest = float(networks["clean"].max())
        low = max(panels[0].get_ylim()[0], LOWEST * highest)
        panels[0].set_ylim(low, 3 * highest)
    entries["noise"] = Line2D([], [], **NOISY_LINE)
    entries["clean signals"] = Line2D([], [], color=REFERENCE, alpha=0.25, linewidth=6)
    legend_above(figure, entries, most_columns=5)
    return Drawing(
        figure=figure,
        title=f"What was removed and what remained, by frequency, at alpha {alpha:g}",
        caption=(
            f"Mean power spectral densities over the test signals at alpha {alpha:g}, median over the "
            "seeds, on a logarithmic scale. Left: what the denoiser took away; where that follows the "
            "noise (dotted) and not the clean signals (grey), it removed noise and nothing else. Right: "
            f"its error. {basis(study)}.{omission([alpha], alphas(study), 'noise level')}"
            f"{failure_note(study)}"
        ),
        alt=f"Power spectra of the removed part and of the error at alpha {alpha:g} for depths "
        f"{listing(styles)}, beside those of the noise and of the clean signals.",
        data=pd.concat([networks.assign(denoiser="autoencoder"), others], ignore_index=True).drop(
            columns=list(DATASET), errors="ignore"
        ),
    )


def draw_line(axes: Axes, density: "pd.Series[float]", style: LineStyle, rank: int, gid: str) -> None:
    """A density over the frequency, its markers apart from those of others."""
    if density.empty:
        return
    step = max(1, len(density) // N_MARKERS)
    axes.plot(
        density.index, drawable(density), **style.line(), linewidth=1.2, markersize=3.8,
        markevery=(rank * step // 4 % step, step), gid=gid,
    )  # fmt: skip
