"""How far every denoiser stays above the posterior mean: networks among the others."""

from collections.abc import Mapping, Sequence

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from denoising.figures.dots import Dots, draw_dots, level_entries
from denoising.figures.drawing import Drawing
from denoising.figures.floors import baseline_labels, limits_over_alpha
from denoising.figures.grid import (
    DATASET,
    SOURCE,
    alphas,
    by_alpha,
    by_settings,
    depths,
    over_seeds,
    representative,
    seeds,
    shown_variants,
)
from denoising.figures.style import (
    BAYES,
    LINEAR,
    NETWORK,
    REFERENCE,
    WIDTHS,
    depth_styles,
    legend_above,
    look,
    mark_missing,
    new_figure,
)
from denoising.figures.wording import (
    basis,
    count,
    failure_note,
    in_lines,
    levels,
    listing,
    omission,
    others_note,
    variants_note,
)
from denoising.study.results import Study

MOST_ROWS = 12  # of networks; where every depth of every variant would be more, each has a row for its best
MOST_LEVELS = 3
MOST_SOURCES = 2
ROW = 0.19  # inches
NAME = 24  # characters in a line of a name
COLOURS = {"bayes": BAYES, "linear_mmse": LINEAR}
STATISTICS = {"median": "median", "lowest": "lowest", "highest": "highest", "n_seeds": "count"}


@look()
def draw(study: Study) -> Drawing:
    """A row a denoiser, the best first: dB above the posterior mean, a mark a noise level."""
    shown = shown_variants(study, MOST_ROWS)
    sources = by_settings(study, SOURCE, shown)
    rows = {title: rows_of(study, names, len(shown)) for title, names in list(sources.items())[:MOST_SOURCES]}
    known = sorted({alpha for some in rows.values() for row in some for alpha in row.db})
    marked = representative(known, MOST_LEVELS)
    figure, narrow = (paint(rows, marked, width) for width in WIDTHS)
    named = ", median over the seeds" if len(seeds(study)) > 1 else ""
    out = omission(list(rows), list(sources), "source") if len(sources) > len(rows) else ""
    return Drawing(
        figure=figure,
        narrow=narrow,
        title="The distance to the floor",
        caption=(
            f"10 log10 of the test MSE over that of the posterior mean on the same test signals{named}. The "
            "posterior mean is the best that any denoiser can do on average; on a finite number of signals, "
            "another may lie below 0 dB by chance. The report’s table of the others says what each is told. "
            f"{best_note(study, len(shown))}{inputs(study)}{basis(study)}."
            f"{omission(marked, alphas(study), 'noise level')}{out}"
            f"{others_note(study, shown)}{variants_note(study, shown)}{failure_note(study)}"
        ),
        alt=f"dB above the posterior mean{f' at {levels(marked)}' if marked else ''}, the lowest first: "
        + "; ".join(listing(row.name for row in in_order(some, marked)) for some in rows.values())
        + ".",
        data=data(study),
    )


def paint(rows: Mapping[str, Sequence[Dots]], marked: Sequence[float], width: float) -> Figure:
    """A panel for each source of signals."""
    sizes = [max(len(some), 3) for some in rows.values()]
    figure = new_figure(ROW * sum(sizes) + 0.45 * len(sizes) + 0.6, width)
    panels = figure.subplots(len(rows), 1, squeeze=False, sharex=True, height_ratios=sizes)[:, 0]
    for axes, (title, some) in zip(panels, rows.items(), strict=True):
        axes.set_title(in_lines(title, NAME))
        draw_panel(axes, in_order(some, marked), marked)
    panels[-1].set_xlabel("dB above the posterior mean")
    legend_above(figure, level_entries({alpha: f"alpha {alpha:g}" for alpha in marked}))
    return figure


def draw_panel(axes: Axes, rows: Sequence[Dots], marked: Sequence[float]) -> None:
    """The rows of a source."""
    if not marked:
        axes.set(xticks=[], yticks=[])
        mark_missing(axes, "nothing to compare")
        return
    axes.axvline(0, color=BAYES, linewidth=1.2, zorder=1)
    draw_dots(axes, rows, marked)


def in_order(rows: Sequence[Dots], marked: Sequence[float]) -> list[Dots]:
    """Rows by their mean over the marked noise levels, the lowest first; those without values last."""

    def mean(row: Dots) -> float:
        known = [row.db[alpha] for alpha in marked if alpha in row.db]
        return sum(known) / len(known) if known else float("inf")

    return sorted(rows, key=mean)


def rows_of(study: Study, variants: Sequence[str], n_shown: int) -> list[Dots]:
    """The networks of some variants of one source, and the denoisers that are no networks there."""
    every, part = depths(study), study.by_variant[variants[0]]
    styles = depth_styles(every)
    rows = []
    for variant in variants:
        table = by_alpha(study.by_variant[variant], "db_above_mmse")
        if len(study.variants) == 1:
            own = {f"depth {depth}": (table[depth], styles[depth].color) for depth in every}
        elif n_shown * len(every) <= MOST_ROWS:
            own = {f"{variant}, depth {depth}": (table[depth], styles[depth].color) for depth in every}
        else:
            own = {variant: (table.min(axis=1), NETWORK)}
        rows += [Dots(in_lines(name, NAME), told(db), color, "o") for name, (db, color) in own.items()]
    for name, label in baseline_labels(part).items():
        of_one = part.baselines[part.baselines["denoiser"] == name].set_index("alpha")["db_above_mmse"]
        rows.append(Dots(label, told(of_one), COLOURS.get(name, REFERENCE), "D"))
    return rows


def told(db: pd.Series) -> dict[float, float]:
    """The values that are known, by noise level."""
    return {float(str(alpha)): float(value) for alpha, value in db.dropna().items()}


def best_note(study: Study, n_shown: int) -> str:
    """That rows are of the best depths, where they are."""
    if len(study.variants) == 1 or n_shown * len(depths(study)) <= MOST_ROWS:
        return ""
    return "Each variant is shown at the depth that is lowest at the noise level. "


def inputs(study: Study) -> str:
    """On how many noisy signals the floor rests."""
    numbers = sorted({int(n) for n in study.limits["n_inputs"] if n > 0})
    if not numbers:
        return ""
    several = f"{numbers[0]:,} to {count(numbers[-1], 'noisy signal')}" if len(numbers) > 1 else count(
        numbers[0], "noisy signal"
    )  # fmt: skip
    return f"The floor is the mean posterior variance over {several} an alpha. "


def data(study: Study) -> pd.DataFrame:
    """A row a denoiser or limit and alpha: kind, name, the test MSE over the seeds, dB above the floor.

    The MSE is told by its median, lowest and highest and the number of seeds, the dB by their median. Of
    several variants, also which, and for the baselines and limits the first of those of their dataset.
    """
    parts = study.by_variant
    own = {title: parts[names[0]] for title, names in by_settings(study, DATASET, list(parts)).items()}
    tables = [networks_of(study)]
    for part in own.values():
        tables += [table.assign(variant=part.variants[0]) for table in others_of(part)]
    every = pd.concat(tables, ignore_index=True)
    columns = ["kind", "name", "alpha", *STATISTICS, "db_above_mmse"]
    return every[columns if len(parts) == 1 else ["variant", *columns]]


def networks_of(study: Study) -> pd.DataFrame:
    """The rows of the networks, by variant, depth and noise level."""
    by = ["variant", "depth", "alpha"]
    errors = over_seeds(study.results, "test_mse", by)
    columns = {name: errors[statistic] for name, statistic in STATISTICS.items()}
    columns["db_above_mmse"] = study.results.groupby(by)["db_above_mmse"].median()
    every = pd.MultiIndex.from_product([study.variants, depths(study), alphas(study)], names=by)
    rows = pd.DataFrame(columns).reindex(every).reset_index()
    return rows.assign(kind="autoencoder", name=[f"depth {depth}" for depth in rows["depth"]])


def others_of(study: Study) -> list[pd.DataFrame]:
    """The rows of the limits and of the baselines on a variant's dataset."""
    limits = limits_over_alpha(study).drop(columns=["n_inputs", "mmse_standard_error"])
    floors = limits.reset_index().melt("alpha", var_name="name", value_name="median").assign(kind="limit")
    others = study.baselines[["denoiser", "alpha", "test_mse", "db_above_mmse"]].rename(
        columns={"denoiser": "name", "test_mse": "median"}
    )
    return [floors, others.assign(kind="baseline")]
