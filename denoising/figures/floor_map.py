"""How far every denoiser stays above the Bayes floor."""

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.colors import LinearSegmentedColormap, Normalize

from denoising.figures.drawing import Drawing
from denoising.figures.floors import baseline_labels
from denoising.figures.grid import alphas, by_alpha, depths, seeds
from denoising.figures.style import MISSING, SMALL, ink_on, look, mark_missing, new_figure
from denoising.figures.wording import basis, decibels, failure_note, listing
from denoising.study.results import Study

SHADES = LinearSegmentedColormap.from_list("shades", mpl.colormaps["YlGnBu"](np.linspace(0.0, 0.85, 256)))
HIGHEST_DB = 40.0


@look()
def draw(study: Study) -> Drawing:
    """A heat map, denoiser by alpha: dB above the MMSE."""
    table = above_floor(study)
    figure = new_figure(0.26 * len(table) + 0.75)
    axes = figure.subplots()
    axes.set_xticks(range(len(table.columns)), [f"alpha {alpha:g}" for alpha in table.columns])
    axes.set_yticks(range(len(table)), [str(name) for name in table.index])
    axes.set(xlim=(-0.5, len(table.columns) - 0.5), ylim=(len(table) - 0.5, -0.5))
    axes.xaxis.tick_top()
    axes.tick_params(length=0, labelsize=SMALL if len(table.columns) > 6 else 8)
    axes.grid(visible=False)
    axes.spines[:].set_visible(False)
    values = table.to_numpy(dtype=float)
    norm = Normalize(0, HIGHEST_DB)
    if np.isnan(values).all():
        axes.set(xticks=[], yticks=[])
        mark_missing(axes, "nothing to compare")
    else:
        axes.imshow(np.ma.masked_invalid(values), cmap=SHADES, norm=norm, aspect="auto", gid="map")
        axes.axhline(len(depths(study)) - 0.5, color="white", linewidth=3)
        for (row, column), db in np.ndenumerate(values):
            missing = np.isnan(db)
            axes.text(
                column, row, decibels(db).removeprefix("+"), ha="center", va="center",
                color=MISSING if missing else ink_on(SHADES(norm(db))), fontsize=SMALL + 0.5,
            )  # fmt: skip
    named = ", median over the seeds" if len(seeds(study)) > 1 else ""
    return Drawing(
        figure=figure,
        title="Decibels above the Bayes floor",
        caption=(
            f"10 log10(test MSE / MMSE){named}: 0 dB is the best that any denoiser can do on average; "
            "what little lies to either side of it is chance. Autoencoders first, then the others; a "
            f"dash where there is no value. {basis(study)}.{failure_note(study)}"
        ),
        alt=f"Heat map of dB above the Bayes floor by noise level for {listing(table.index)}.",
        data=table.rename_axis(index="denoiser")
        .reset_index()
        .melt("denoiser", None, "alpha", "db_above_mmse"),
    )


def above_floor(study: Study) -> pd.DataFrame:
    """dB above the MMSE: a row a denoiser, a column an alpha."""
    networks = by_alpha(study, "db_above_mmse").T
    networks.index = pd.Index([f"depth {depth}" for depth in depths(study)])
    labels = baseline_labels(study)
    others = study.baselines.pivot_table(
        index="denoiser", columns="alpha", values="db_above_mmse", dropna=False
    ).reindex(index=list(labels), columns=alphas(study))
    others.index = pd.Index(list(labels.values()))
    return pd.concat([networks, others])
