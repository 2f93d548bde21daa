"""Which depth wins at each noise level, and by how much."""

from collections.abc import Iterable, Sequence

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import Normalize
from matplotlib.patches import Rectangle

from denoising.figures.drawing import Drawing
from denoising.figures.grid import (
    SOURCE,
    alphas,
    by_alpha,
    by_settings,
    depths,
    representative,
    seeds,
    shown_variants,
)
from denoising.figures.ranking import Ranking, db_above, rank, rankings_of
from denoising.figures.style import INK, MISSING, REFERENCE, SMALL, ink_on, light_part, look, new_figure
from denoising.figures.wording import (
    DASH,
    basis,
    decibels,
    failure_note,
    in_lines,
    number,
    omission,
    one_seed_note,
    tie_note,
    variants_note,
)
from denoising.study.results import Study

DATA = ["alpha", "depth", "test_mse", "db_above_best", "effect_db", "low", "high", "over", "n", "verdict"]
TIE = "#8a93a3"
HIGHEST_DB = 20.0
LOWEST_TOP_DB = 3.0
MOST_VARIANTS = 18
MOST_LEVELS = 8
NAME = 24  # characters in a line of a variant's name
OFFSETS = {
    2: (-0.15, 0.21),
    3: (-0.27, 0.05, 0.31),
    4: (-0.33, -0.09, 0.13, 0.35),
}  # of a cell's lines, in rows
SHADES = light_part("BuPu", 0.8)


@look()
def draw(study: Study) -> Drawing:
    """A heat map: of one variant alpha by depth, of several variant by alpha, each at its best depth."""
    return draw_depths(study) if len(study.variants) == 1 else draw_variants(study)


def draw_depths(study: Study) -> Drawing:
    """Alpha by depth: test MSE and dB above the best of the row; the winner is framed."""
    columns, rankings = depths(study), rank(study)
    counts = by_alpha(study, "test_mse", "count").to_numpy()
    norm = shading(db for ranking in rankings for db in ranking.db_above_best.values())
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
    clear(axes)
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


def draw_variants(study: Study) -> Drawing:
    """Variant by alpha: test MSE of the best depth, and dB above the best of the column, which is framed."""
    rankings, shown = rankings_of(study), shown_variants(study, MOST_VARIANTS)
    levels = representative(alphas(study), MOST_LEVELS)
    sources = by_settings(study, SOURCE, shown)
    columns = [[at(rankings[variant], alpha) for variant in shown] for alpha in levels]
    best = [min((r.lowest for r in column if r.lowest is not None), default=None) for column in columns]
    above = [
        [None if r.lowest is None else db_above(r.lowest, lowest) for r in column]
        for column, lowest in zip(columns, best, strict=True)
    ]
    norm = shading(db for column in above for db in column)
    height = 0.5 if len(sources) == 1 else 0.8  # of the noisy signal's rows, in rows
    noisy_rows = [len(shown) - 0.5 + height * (row + 0.5) for row in range(len(sources))]
    figure = new_figure(0.5 * (len(shown) + height * len(sources)) + 0.6)
    axes = figure.subplots()
    for column, (column_of, lowest) in enumerate(zip(columns, best, strict=True)):
        for row, (ranking, db) in enumerate(zip(column_of, above[column], strict=True)):
            if ranking.lowest is None:
                draw_failed(axes, row, column)
                continue
            wins = ranking.lowest == lowest
            lines = lines_of(study, study.by_variant[shown[row]], ranking)
            lines.append("best" if wins else DASH if db is None else f"{decibels(db)} dB")
            draw_box(axes, row, column, lines, SHADES(norm(HIGHEST_DB if db is None else db)), framed=wins)
        for place, names in zip(noisy_rows, sources.values(), strict=True):
            noisy = at(rankings[names[0]], levels[column]).noisy_mse
            axes.text(column, place, number(noisy), ha="center", va="center", color=REFERENCE)
    bottom = len(shown) - 0.5 + height * len(sources)
    axes.set(xlim=(-0.5, len(levels) - 0.5), ylim=(bottom, -0.5))
    axes.set_xticks(range(len(levels)), [f"alpha {alpha:g}" for alpha in levels])
    axes.set_yticks(
        [*range(len(shown)), *noisy_rows],
        [
            *(in_lines(variant, NAME) for variant in shown),
            *(in_lines(",".join(filter(None, ["noisy signal", source])), NAME) for source in sources),
        ],
    )
    clear(axes)
    return Drawing(
        figure=figure,
        title="The variants at their best depths",
        caption=(
            f"Test MSE{', median over the seeds' if len(seeds(study)) > 1 else ''}, of each variant’s best "
            "depth at each noise level, and how far it lies above the lowest of its column (10 log10 of the "
            "ratio). Darker is further above; the lowest is framed. How much of a distance between variants "
            "is chance is not told here. Of one variant, several depths are named where they "
            f"tie.{tie_note(study)} Last comes the noisy signal's own MSE. {basis(study)}."
            f"{omission(levels, alphas(study), 'noise level')}{variants_note(study, shown)}"
            f"{one_seed_note(study)}{failure_note(study)}"
        ),
        alt="Heat map of test MSE by variant and noise level. Best depths: "
        + "; ".join(f"{variant}: {', '.join(map(in_short, rankings[variant]))}" for variant in shown)
        + ".",
        data=pd.DataFrame(
            [
                (variant, *row_of(ranking, depth))
                for variant, several in rankings.items()
                for ranking in several
                for depth in ranking.mse
            ],
            columns=["variant", *DATA],
        ),
    )


def shading(distances: Iterable[float | None]) -> Normalize:
    """The scale of the shades: up to the largest distance, within bounds."""
    known = [db for db in distances if db is not None]
    return Normalize(0, min(max([*known, LOWEST_TOP_DB]), HIGHEST_DB))


def clear(axes: Axes) -> None:
    """Headings above, and no lines but those of the cells."""
    axes.xaxis.tick_top()
    axes.tick_params(length=0, labelsize=8)
    axes.grid(visible=False)
    axes.spines[:].set_visible(False)


def at(rankings: Sequence[Ranking], alpha: float) -> Ranking:
    """The ranking at a noise level."""
    return next(ranking for ranking in rankings if ranking.alpha == alpha)


def lines_of(study: Study, part: Study, ranking: Ranking) -> list[str]:
    """A variant's lowest error, of which depth it is, and of how many seeds where some are missing."""
    depth, n_seeds = next(iter(ranking.mse)), len(seeds(study))
    done = int(by_alpha(part, "test_mse", "count")[depth][ranking.alpha])
    lines = [number(ranking.lowest)]
    if len(depths(study)) > 1:
        tie = len(ranking.winners) > 1
        lines.append(f"depth {', '.join(map(str, ranking.winners))} tie" if tie else f"depth {depth}")
    return lines if done == n_seeds else [*lines, f"{done} of {n_seeds} seeds"]


def draw_cell(
    axes: Axes, row: int, column: int, ranking: Ranking, depth: int, norm: Normalize, done: int, n_seeds: int
) -> None:
    """A depth's shade, numbers and, where it wins, its frame."""
    if depth not in ranking.mse:
        draw_failed(axes, row, column)
        return
    wins = depth in ranking.winners
    above = ranking.db_above_best[depth]
    lines = [number(ranking.mse[depth]), standing(ranking, depth)]
    if done < n_seeds:
        lines.append(f"{done} of {n_seeds} seeds")
    shade = SHADES(norm(HIGHEST_DB if above is None else above))
    draw_box(axes, row, column, lines, shade, framed=wins, hatched=wins and len(ranking.winners) > 1)


def draw_failed(axes: Axes, row: int, column: int) -> None:
    """A cell with nothing to show."""
    corner = (column - 0.47, row - 0.45)
    axes.add_patch(Rectangle(corner, 0.94, 0.9, facecolor="white", edgecolor=MISSING, hatch="////"))
    axes.text(
        column, row, "failed", ha="center", va="center", color=REFERENCE,
        bbox={"facecolor": "white", "edgecolor": "none", "pad": 1.5},
    )  # fmt: skip


def draw_box(
    axes: Axes,
    row: int,
    column: int,
    lines: Sequence[str],
    shade: tuple[float, float, float, float],
    *,
    framed: bool,
    hatched: bool = False,
) -> None:
    """A shaded cell with some lines of type, the first of them the larger."""
    corner = (column - 0.47, row - 0.45)
    axes.add_patch(
        Rectangle(corner, 0.94, 0.9, facecolor=shade, edgecolor=INK if framed else "none", linewidth=1.6)
    )
    if hatched:
        axes.add_patch(Rectangle(corner, 0.94, 0.9, fill=False, edgecolor=TIE, hatch="////", linewidth=0))
    for line, offset in zip(lines, OFFSETS[len(lines)], strict=True):
        axes.text(
            column, row + offset, line, ha="center", va="center", color=ink_on(shade),
            fontweight="bold" if framed else "normal", fontsize=8 if line is lines[0] else SMALL,
            bbox={"facecolor": shade, "edgecolor": "none", "pad": 1},
        )  # fmt: skip


def standing(ranking: Ranking, depth: int) -> str:
    """How a measured depth compares with its row: `best`, `tie`, `only one`, or how many dB worse."""
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
