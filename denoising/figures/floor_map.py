"""How far every denoiser stays above the posterior mean."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib.colors import Normalize

from denoising.figures.drawing import Drawing
from denoising.figures.floors import baseline_labels, first_of_sources
from denoising.figures.grid import (
    alphas,
    by_alpha,
    depths,
    seeds,
    shown_variants,
)
from denoising.figures.style import MISSING, SMALL, ink_on, light_part, look, mark_missing, new_figure
from denoising.figures.wording import basis, decibels, failure_note, listing, others_note, variants_note
from denoising.study.results import Study

SHADES = light_part("YlGnBu", 0.85)
HIGHEST_DB = 40.0
MOST_ROWS = 18  # of networks; where every depth of every variant would be more, each has a row for its best


@look()
def draw(study: Study) -> Drawing:
    """A heat map, denoiser by alpha: dB above the posterior mean."""
    shown = shown_variants(study, MOST_ROWS)
    networks = pd.concat([rows_of(study, variant, len(shown)) for variant in shown])
    table = pd.concat([networks, others_of(study, shown)])
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
        axes.axhline(len(networks) - 0.5, color="white", linewidth=3)
        for (row, column), db in np.ndenumerate(values):
            missing = np.isnan(db)
            axes.text(
                column, row, decibels(db).removeprefix("+"), ha="center", va="center",
                color=MISSING if missing else ink_on(SHADES(norm(db))), fontsize=SMALL + 0.5,
            )  # fmt: skip
    named = ", median over the seeds" if len(seeds(study)) > 1 else ""
    return Drawing(
        figure=figure,
        title="Decibels above the posterior mean",
        caption=(
            f"10 log10 of the test MSE over that of the posterior mean on the same test signals{named}. The "
            "posterior mean is the best that any denoiser can do on average. On a finite number of signals, "
            "another may lie below 0 dB by chance. Autoencoders first, then the others; a dash where there "
            f"is no value. {best_note(study, len(shown))}{basis(study)}."
            f"{others_note(study, shown)}{variants_note(study, shown)}{failure_note(study)}"
        ),
        alt=f"Heat map of dB above the posterior mean by noise level for {listing(table.index)}.",
        data=table.rename_axis(index="denoiser")
        .reset_index()
        .melt("denoiser", None, "alpha", "db_above_mmse"),
    )


def rows_of(study: Study, variant: str, n_shown: int) -> pd.DataFrame:
    """dB above the posterior mean: a row a depth of a variant, or one for their best; a column an alpha."""
    part, every = study.by_variant[variant], depths(study)
    table = by_alpha(part, "db_above_mmse").T
    if len(study.variants) == 1:
        names = [f"depth {depth}" for depth in every]
    elif n_shown * len(every) <= MOST_ROWS:
        names = [f"{variant}, depth {depth}" for depth in every]
    else:
        names, table = [variant], table.min().to_frame().T
    return table.set_axis(names)


def others_of(study: Study, shown: Sequence[str]) -> pd.DataFrame:
    """The same of the denoisers that are no networks, for each source of the signals."""
    labels = baseline_labels(study)
    tables = []
    for source, part in first_of_sources(study, shown).items():
        above = part.baselines.pivot_table(
            index="denoiser", columns="alpha", values="db_above_mmse", dropna=False
        )
        where = f", {source}" if source else ""
        known = above.reindex(index=list(labels), columns=alphas(study))
        tables.append(known.set_axis([f"{label}{where}" for label in labels.values()]))
    return pd.concat(tables)


def best_note(study: Study, n_shown: int) -> str:
    """That rows are of the best depths, where they are."""
    if len(study.variants) == 1 or n_shown * len(depths(study)) <= MOST_ROWS:
        return ""
    return "Each variant is shown at the depth that is lowest at the noise level. "
