"""Models tested at noise levels that are not their own."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import Normalize
from matplotlib.figure import Figure

from denoising.figures.drawing import Drawing
from denoising.figures.style import (
    MISSING,
    SMALL,
    WIDTHS,
    grid_of_panels,
    ink_on,
    light_part,
    look,
    mark_missing,
)
from denoising.figures.wording import decibels
from denoising.verdict.cells import Candidate, baseline, difference, transferred
from denoising.verdict.design import BASE, BLIND, OWN_SIGNALS, SHALLOW
from denoising.verdict.evidence import Evidence

SHADES = light_part("YlGnBu", 0.85)
HIGHEST_DB = 30.0
KINDS = {"test_mse": "Input as given", "rescaled_test_mse": "Input rescaled to the level trained at"}
ALL = "all levels"


@look()
def draw(evidence: Evidence) -> Drawing:
    """Heat maps, trained at by tested at: dB above the posterior mean of the level tested at."""
    tables = {column: matrix(evidence, column) for column in KINDS}
    figure, narrow = (paint(tables, width) for width in WIDTHS)
    return Drawing(
        figure=figure,
        narrow=narrow,
        title=title(tables["test_mse"]),
        caption=(
            f"10 log10 of the test MSE of depth {SHALLOW} as the original ran it over that of the posterior "
            "mean on the same signals, medians over the seeds: a row the noise level trained at, a column "
            "the one tested at. The last row is the one model trained at all levels. A model’s own level "
            "lies on the diagonal. Rescaled, the input is multiplied so that the clean signal has the size "
            f"it was trained with. A dash stands for what was not measured. Signals: {OWN_SIGNALS}."
        ),
        alt="Two heat maps of dB above the posterior mean by the noise level trained at and tested at.",
        data=pd.concat(
            [
                table.rename_axis("trained_at").reset_index().melt("trained_at", None, "tested_at", "db")
                .assign(input=KINDS[column])
                for column, table in tables.items()
            ],
            ignore_index=True,
        ),
    )  # fmt: skip


def paint(tables: Mapping[str, pd.DataFrame], width: float) -> Figure:
    """Both maps."""
    n_rows = len(next(iter(tables.values())))
    figure, grid = grid_of_panels(width, 1, len(KINDS), 0.3 * n_rows + 0.6, 0.4, sharex=False, sharey=True)
    panels = grid[0]
    for axes, (column, table) in zip(panels, tables.items(), strict=True):
        axes.set_title(KINDS[column], fontweight="bold")
        draw_map(axes, table)
    panels[0].set_ylabel("trained at alpha")
    return figure


def title(table: pd.DataFrame) -> str:
    """How far above the floor the models stay at their own noise level and, at most, at another."""
    pairs = [
        (f"{tested:g}" == trained, db)
        for tested, column in table.drop(index=ALL).items()
        for trained, db in column.dropna().items()
    ]
    own, other = ([db for is_own, db in pairs if is_own is kind] for kind in (True, False))
    if not own or not other:
        return "Models at noise levels that are not their own"
    return (
        f"As given, models stay up to {max(own):.1f} dB above the posterior mean at their own noise level, "
        f"and up to {max(other):.1f} dB at another"
    )


def matrix(evidence: Evidence, column: str) -> pd.DataFrame:
    """dB above the posterior mean: a row a level trained at, a column a level tested at."""
    design = evidence.design
    every = sorted({*design.alphas, *design.levels})
    tested = sorted({float(alpha) for alpha in evidence.transfer["tested_alpha"]}) or every
    trained = {f"{alpha:g}": (Candidate(BASE, SHALLOW), alpha) for alpha in every}
    trained[ALL] = (Candidate(BLIND, SHALLOW), max(design.alphas))
    return pd.DataFrame(
        {
            level: [
                above_floor(evidence, network, alpha, level, column) for network, alpha in trained.values()
            ]
            for level in tested
        },
        index=list(trained),
    )


def above_floor(evidence: Evidence, network: Candidate, alpha: float, tested: float, column: str) -> float:
    """The median over the seeds; nan where nothing was measured."""
    errors = transferred(evidence, network, alpha, tested, column)
    db = difference(errors, baseline(evidence, "bayes", OWN_SIGNALS, tested))
    return float(db.median())


def draw_map(axes: Axes, table: pd.DataFrame) -> None:
    """A heat map with its numbers."""
    axes.set_xticks(range(len(table.columns)), [f"{alpha:g}" for alpha in table.columns])
    axes.set_yticks(range(len(table)), [str(name) for name in table.index])
    axes.set(xlim=(-0.5, len(table.columns) - 0.5), ylim=(len(table) - 0.5, -0.5), xlabel="tested at alpha")
    axes.tick_params(length=0)
    axes.grid(visible=False)
    axes.spines[:].set_visible(False)
    values = table.to_numpy(dtype=float)
    if np.isnan(values).all():
        mark_missing(axes, "nothing measured")
        return
    norm = Normalize(0, HIGHEST_DB)
    edges = [np.arange(n + 1) - 0.5 for n in reversed(values.shape)]
    axes.pcolormesh(*edges, np.ma.masked_invalid(values), cmap=SHADES, norm=norm, gid="map")
    axes.axhline(len(table) - 1.5, color="white", linewidth=3)
    for (row, column), db in np.ndenumerate(values):
        axes.text(
            column, row, decibels(db).removeprefix("+"), ha="center", va="center", fontsize=SMALL + 0.5,
            color=MISSING if np.isnan(db) else ink_on(SHADES(norm(db))),
        )  # fmt: skip
