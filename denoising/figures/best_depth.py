"""Which depth wins at each noise level, and by how much."""

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap, Normalize
from matplotlib.patches import Rectangle

from denoising.figures.drawing import Drawing
from denoising.figures.grid import alphas, by_alpha, depths, seeds
from denoising.figures.ranking import Ranking, rank
from denoising.figures.style import INK, MISSING, REFERENCE, SMALL, ink_on, look, new_figure
from denoising.figures.wording import DASH, basis, decibels, failure_note, number, one_seed_note, tie_note
from denoising.study.results import Study

DATA = ["alpha", "depth", "test_mse", "db_above_best", "effect_db", "low", "high", "over", "n", "verdict"]
TIE = "#8a93a3"
HIGHEST_DB = 20.0
LOWEST_TOP_DB = 3.0
OFFSETS = {2: (-0.15, 0.21), 3: (-0.27, 0.05, 0.31)}  # of a cell's lines, in rows
SHADES = LinearSegmentedColormap.from_list("shades", mpl.colormaps["BuPu"](np.linspace(0.0, 0.8, 256)))


@look()
def draw(study: Study) -> Drawing:
    """A heat map, alpha by depth: test MSE and dB above the best of the row; the winner is framed."""
    columns, rankings = depths(study), rank(study)
    counts = by_alpha(study, "test_mse", "count").to_numpy()
    distances = [db for ranking in rankings for db in ranking.db_above_best.values() if db is not None]
    norm = Normalize(0, min(max([*distances, LOWEST_TOP_DB]), HIGHEST_DB))
    figure = new_figure(0.46 * len(rankings) + 0.75)
    axes = figure.subplots()
    for row, ranking in enumerate(rankings):
        for column, depth in enumerate(columns):
            draw_cell(axes, row, column, ranking, depth, norm, int(counts[row, column]), len(seeds(study)))
        axes.text(
            len(columns) + 0.05, row, number(ranking.noisy_mse), ha="center", va="center", color=REFERENCE
        )
    axes.set(xlim=(-0.5, len(columns) + 0.5), ylim=(len(rankings) - 0.5, -0.5))
    axes.set_xticks(
        [*range(len(columns)), len(columns) + 0.05],
        [*(f"depth {depth}" for depth in columns), "noisy signal"],
    )
    axes.set_yticks(range(len(rankings)), [f"alpha {alpha:g}" for alpha in alphas(study)])
    axes.xaxis.tick_top()
    axes.tick_params(length=0, labelsize=8)
    axes.grid(visible=False)
    axes.spines[:].set_visible(False)
    return Drawing(
        figure=figure,
        title="The best depth at each noise level",
        caption=(
            f"Test MSE{', median over the seeds' if len(seeds(study)) > 1 else ''}, and below it how far it "
            "lies above the lowest of its row (10 log10 of the ratio). Darker is further above; the winner "
            f"is framed, and all that tie with it are hatched.{tie_note(study)} The last column is the noisy "
            f"signal's own MSE. {basis(study)}.{one_seed_note(study)}{failure_note(study)}"
        ),
        alt="Heat map of test MSE by noise level and depth. Best: "
        + "; ".join(map(in_short, rankings))
        + ".",
        data=pd.DataFrame(
            [row_of(ranking, depth) for ranking in rankings for depth in ranking.mse], columns=DATA
        ),
    )


def draw_cell(
    axes: Axes, row: int, column: int, ranking: Ranking, depth: int, norm: Normalize, done: int, n_seeds: int
) -> None:
    """A cell's shade, numbers and, where it wins, its frame."""
    corner = (column - 0.47, row - 0.45)
    if depth not in ranking.mse:
        axes.add_patch(Rectangle(corner, 0.94, 0.9, facecolor="white", edgecolor=MISSING, hatch="////"))
        axes.text(
            column, row, "failed", ha="center", va="center", color=REFERENCE,
            bbox={"facecolor": "white", "edgecolor": "none", "pad": 1.5},
        )  # fmt: skip
        return
    wins = depth in ranking.winners
    above = ranking.db_above_best[depth]
    shade = SHADES(norm(HIGHEST_DB if above is None else above))
    axes.add_patch(
        Rectangle(corner, 0.94, 0.9, facecolor=shade, edgecolor=INK if wins else "none", linewidth=1.6)
    )
    if wins and len(ranking.winners) > 1:
        axes.add_patch(Rectangle(corner, 0.94, 0.9, fill=False, edgecolor=TIE, hatch="////", linewidth=0))
    weight = "bold" if wins else "normal"
    lines = [number(ranking.mse[depth]), standing(ranking, depth)]
    if done < n_seeds:
        lines.append(f"{done} of {n_seeds} seeds")
    for line, offset in zip(lines, OFFSETS[len(lines)], strict=True):
        axes.text(
            column, row + offset, line, ha="center", va="center", color=ink_on(shade), fontweight=weight,
            fontsize=8 if line is lines[0] else SMALL,
            bbox={"facecolor": shade, "edgecolor": "none", "pad": 1},
        )  # fmt: skip


def standing(ranking: Ranking, depth: int) -> str:
    """A measured depth's place in its row, in a word or in dB."""
    if depth not in ranking.winners:
        above = ranking.db_above_best[depth]
        return DASH if above is None else f"{decibels(above)} dB"
    if len(ranking.mse) == 1:
        return "only one"
    return "best" if len(ranking.winners) == 1 else "tie"


def row_of(ranking: Ranking, depth: int) -> tuple[object, ...]:
    """A cell as a row of the figure's data."""
    effect = ranking.effects.get(depth)
    interval = (effect.db, effect.low, effect.high, effect.over, effect.n) if effect else (None,) * 5
    mse, above = ranking.mse[depth], ranking.db_above_best[depth]
    return ranking.alpha, depth, mse, above, *interval, standing(ranking, depth)


def in_short(ranking: Ranking) -> str:
    """A noise level's winner in a few words."""
    if not ranking.winners:
        return f"alpha {ranking.alpha:g} none"
    tie = " (tie)" if len(ranking.winners) > 1 else ""
    return f"alpha {ranking.alpha:g} depth {' and '.join(map(str, ranking.winners))}{tie}"
