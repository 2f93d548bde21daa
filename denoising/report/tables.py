"""The tables of a sweep, their numbers as text."""

from collections.abc import Callable, Mapping
from itertools import accumulate, pairwise
from typing import Any

import pandas as pd

from denoising.figures.floors import baseline_labels
from denoising.figures.grid import alphas, by_alpha, depths, doing_nothing, seeds, shown_variants
from denoising.figures.original import is_comparable
from denoising.figures.ranking import Ranking, db_above, effect_of, rank
from denoising.figures.wording import DASH, cell_name, count, decibels, number
from denoising.original.curves import Comparison, by_cell, compare, theirs
from denoising.report.blocks import Anchor, Table
from denoising.report.cautions import unconverged
from denoising.signals.level_names import level_name
from denoising.study.cell import BASE, cell_label
from denoising.study.results import Study
from denoising.study.schema import AXES

DARKEST_DB = 20.0  # above the best of a noise level
NO_LINKS: Mapping[tuple[str, int, float], str] = {}
MOST_VARIANTS = 100  # in a table of rows for each
UNCONVERGED = "†"  # beside a depth of which a training had not converged


def over_variants(study: Study, make: Callable[[Study], Table], *, once: bool = False) -> Table:
    """A table of each variant below that of the one before, under a first column with their names.

    Of many variants, those with the lowest validation MSE are shown; see `left_out`.

    Args:
        study: the study; if it has one variant, its table is given as it is.
        make: makes the table of one variant; all have the same columns.
        once: give a table that several variants share once, and without the column if all share it.
    """
    groups: list[tuple[list[str], Table]] = []
    for variant in shown_variants(study, MOST_VARIANTS):
        found = make(study.by_variant[variant])
        same = [names for names, other in groups if once and other == found]
        if same:
            same[0].append(variant)
        else:
            groups.append(([variant], found))
    if len(study.variants) == 1 or (once and len(groups) == 1):
        return groups[0][1]
    every = [("; ".join(names), found) for names, found in groups]
    starts = accumulate((len(found.rows) for _, found in every), initial=0)
    placed = [(start, found) for start, (_, found) in zip(starts, every, strict=False)]
    return Table(
        columns=("variant", *every[0][1].columns),
        rows=tuple((names, *row) for names, found in every for row in found.rows),
        strong=frozenset(
            (start + row, column + 1) for start, found in placed for row, column in found.strong
        ),
        shades={
            (start + row, column + 1): shade
            for start, found in placed
            for (row, column), shade in found.shades.items()
        },
        links={
            (start + row, column + 1): link
            for start, found in placed
            for (row, column), link in found.links.items()
        },
    )


def left_out(study: Study) -> str:
    """A sentence on the variants that tables leave out; empty where they show all."""
    if len(study.variants) <= MOST_VARIANTS:
        return ""
    return (
        f" Of {count(len(study.variants), 'variant')}, the {MOST_VARIANTS} with the lowest validation MSE "
        "are shown; the table of all cells has the others."
    )


def whole(value: Any) -> str:
    """A whole number; a dash where there is none."""
    return DASH if pd.isna(value) else f"{int(value):,}"


def words(value: Any) -> str:
    """Text; a dash where there is none."""
    return DASH if pd.isna(value) else str(value)


def level(value: Any) -> str:
    """A noise level."""
    return f"{value:g}"


def snr(value: Any) -> str:
    """A signal-to-noise ratio in dB; a dash where there is none."""
    return decibels(value).removeprefix("+")


def seconds(value: Any) -> str:
    """A duration in seconds."""
    return DASH if pd.isna(value) else f"{value:.1f}"


def ratio(value: Any) -> str:
    """A share with two decimals; a dash where there is none."""
    return DASH if pd.isna(value) else f"{value:.2f}".replace("-", "−")


RESULTS: Mapping[str, tuple[str, Callable[[Any], str]]] = {
    "depth": ("depth", whole),
    "alpha": ("alpha", level),
    "seed": ("seed", whole),
    "variant": ("variant", words),
    "status": ("status", words),
    "n_parameters": ("parameters", whole),
    "train_mse": ("train MSE", number),
    "validation_mse": ("validation MSE", number),
    "test_mse": ("test MSE", number),
    "output_snr_db": ("output SNR (dB)", snr),
    "snr_improvement_db": ("improvement (dB)", decibels),
    "snr_improvement_over_best_gain_db": ("over best gain (dB)", decibels),
    "db_above_mmse": ("above Bayes (dB)", decibels),
    "gap_closed": ("gap closed", ratio),
    "prd": ("PRD (%)", number),
    "best_epoch": ("best epoch", whole),
    "train_seconds": ("training (s)", seconds),
}


def results_table(study: Study) -> Table:
    """A row a cell. Variant and status are left out where they are the same for all."""
    alike = [name for name in ("variant", "status") if len(set(study.results[name])) == 1]
    shown = [name for name in RESULTS if name not in alike]
    return Table(
        columns=tuple(RESULTS[name][0] for name in shown),
        rows=tuple(
            tuple(RESULTS[name][1](value) for name, value in zip(shown, row, strict=True))
            for row in study.results[shown].itertuples(index=False)
        ),
        anchors=tuple(
            Anchor(cell_anchor(*axes), cell_name(*axes))
            for axes in study.results[list(AXES)].itertuples(index=False, name=None)
        ),
        file="results.csv",
    )


def cell_anchor(depth: int, alpha: float, seed: int, variant: str = BASE) -> str:
    """The id of a cell's row in a page."""
    return f"cell-{cell_label(depth, level_name(alpha, None), seed, variant)}"


def best_depth_table(study: Study, links: Mapping[tuple[str, int, float], str] = NO_LINKS) -> Table:
    """A row a noise level: its best depth, doing nothing, each depth's error, the best beside others.

    The last three columns tell how far the best depth lies from the next one (with a 95% interval), below
    doing nothing and above the posterior mean (Bayes). A depth of which a training had not converged is
    marked. The further an error lies above the best, the darker it is. `links` are from it, by variant, depth
    and noise level.
    """
    every, rankings, nothing = depths(study), rank(study), doing_nothing(study)
    unfinished = set(unconverged(study)[["depth", "alpha"]].itertuples(index=False, name=None))
    above = by_alpha(study, "db_above_mmse").min(axis=1)
    head = ("alpha", "best depth", "doing nothing")
    return Table(
        columns=(
            *head, *(f"depth {depth}" for depth in every), "next depth (dB)", "below nothing (dB)",
            "above Bayes (dB)",
        ),
        rows=tuple(
            (
                level(ranking.alpha), winner(ranking), number(nothing[ranking.alpha]),
                *(
                    error(ranking, depth) + f" {UNCONVERGED}" * ((depth, ranking.alpha) in unfinished)
                    for depth in every
                ),
                next_depth(ranking), decibels(distance(nothing[ranking.alpha], ranking.lowest)),
                decibels(above[ranking.alpha]),
            )
            for ranking in rankings
        ),
        strong=frozenset(
            (row, len(head) + every.index(depth))
            for row, ranking in enumerate(rankings)
            for depth in ranking.winners
        ),
        shades={
            (row, len(head) + every.index(depth)): min((above_best or 0.0) / DARKEST_DB, 1.0)
            for row, ranking in enumerate(rankings)
            for depth, above_best in ranking.db_above_best.items()
        },
        links={
            (row, len(head) + every.index(depth)): links[place]
            for row, ranking in enumerate(rankings)
            for depth in ranking.mse
            if (place := (study.variants[0], depth, ranking.alpha)) in links
        },
    )  # fmt: skip


def distance(mse: float | None, other: float | None) -> float | None:
    """How far one MSE lies above another in dB; None where that is undefined."""
    return db_above(mse, other) if mse and other and other > 0 else None


def next_depth(ranking: Ranking) -> str:
    """The best depth after the winners, how far behind it lies, and the interval of that."""
    depth = ranking.runner_up
    if depth is None:
        return DASH
    effect = ranking.effects.get(depth)
    interval = f" {bracketed(effect.low, effect.high)}" if effect and effect.low is not None else ""
    return f"{depth}: {decibels(distance(ranking.mse[depth], ranking.lowest))}{interval}"


def bracketed(low: float | None, high: float | None, note: str = "") -> str:
    """An interval in square brackets, with a note on it."""
    return f"[{decibels(low)}, {decibels(high)}{note}]"


def winner(ranking: Ranking) -> str:
    """The best depth; all of them in a tie."""
    if not ranking.winners:
        return DASH
    tie = " (tie)" if len(ranking.winners) > 1 else ""
    return ", ".join(map(str, ranking.winners)) + tie


def error(ranking: Ranking, depth: int) -> str:
    """A depth's test MSE and how far it lies above the best."""
    if depth not in ranking.mse:
        return DASH
    mse = number(ranking.mse[depth])
    return mse if depth in ranking.winners else f"{mse} ({decibels(ranking.db_above_best[depth])} dB)"


def limits_table(study: Study) -> Table:
    """A row a noise level: of the noisy signal, the best gain, the best filter, free sinusoids, the floor."""
    limits = study.limits.set_index("alpha").reindex(alphas(study))
    rows = []
    for alpha, limit in limits.iterrows():
        floor = number(limit["mmse"])
        if limit["mmse_standard_error"] > 0:
            floor = f"{floor} ± {limit['mmse_standard_error'] / limit['mmse']:.1%}"
        known = (number(limit[name]) for name in ("noisy_mse", "best_gain_mse", "linear_mmse", "crb_free"))
        rows.append((level(alpha), *known, floor))
    columns = "alpha", "expected noisy MSE", "best gain", "linear MMSE", "two free sinusoids", "Bayes floor"
    return Table(columns, tuple(rows))


def baselines_table(study: Study) -> Table:
    """Test MSE: a row a denoiser that is no network, a column a noise level, whose lowest stands out.

    Before them is what each denoiser is told.
    """
    labels, every = baseline_labels(study), alphas(study)
    told = study.baselines.groupby("denoiser")["told"].first().reindex(list(labels))
    errors = study.baselines.pivot_table(index="denoiser", columns="alpha", values="test_mse")
    errors = errors.reindex(index=list(labels), columns=every)
    return Table(
        columns=("denoiser", "told", *(f"alpha {alpha:g}" for alpha in every)),
        rows=tuple(
            (label, known, *(number(value) for value in row))
            for label, known, row in zip(labels.values(), told, errors.to_numpy(), strict=True)
        ),
        strong=frozenset(
            (row, column + 2)
            for column, alpha in enumerate(every)
            for row, error in enumerate(errors[alpha])
            if error == errors[alpha].min()
        ),
    )


def effects_table(study: Study) -> Table:
    """How far the deeper one's error lies above the other's: a row an alpha, a column a pair of depths."""
    every = depths(study)
    pairs = [(deep, shallow) for shallow, deep in pairwise(every)]
    if len(every) > 2:
        pairs.append((every[-1], every[0]))
    return Table(
        columns=("alpha", *(f"depth {deep} over {shallow} (dB)" for deep, shallow in pairs)),
        rows=tuple(
            (f"{alpha:g}", *(effect_in_words(study, alpha, deep, shallow) for deep, shallow in pairs))
            for alpha in alphas(study)
        ),
    )


def effect_in_words(study: Study, alpha: float, depth: int, other: int) -> str:
    """An effect with its interval, and its n where that is not the number of seeds."""
    effect = effect_of(study, alpha, depth, other)
    if effect is None:
        return DASH
    some = f", n = {effect.n}" if effect.over == "seeds" and effect.n < len(seeds(study)) else ""
    if effect.low is None:
        return f"{decibels(effect.db)}{some}"
    return f"{decibels(effect.db)} {bracketed(effect.low, effect.high, some)}"


def original_table(study: Study) -> Table:
    """A row a cell: our validation MSE beside the original's at the last epoch that both have."""
    return Table(
        columns=(
            "alpha", "depth", "epoch", "ours", "original", "ours / original", "off the plateau: ours",
            "original",
        ),
        rows=tuple(
            (
                level(cell.alpha), str(cell.depth), str(cell.epoch), number(cell.ours), number(cell.theirs),
                f"{10**cell.log_ratio:.2f}", words(cell.our_exit), words(cell.their_exit),
            )
            for cell in (compared(study) if is_comparable(study) else [])
        ),
    )  # fmt: skip


def compared(study: Study) -> list[Comparison]:
    """The cells that the original has too, beside it."""
    return compare(by_cell(study.history, "validation_mse"), theirs())
