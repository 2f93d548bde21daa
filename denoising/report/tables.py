"""The small tables of a report, their numbers as text."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from denoising.figures.grid import depths
from denoising.figures.ranking import Ranking, rank
from denoising.figures.wording import DASH, decibels, number
from denoising.study import Study


@dataclass(frozen=True)
class Table:
    """Column headings and rows of text, every row as long as the headings.

    `strong` holds the (row, column) of each cell that stands out.
    """

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    strong: frozenset[tuple[int, int]] = frozenset()


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
    "noisy_mse": ("noisy MSE", number),
    "input_snr_db": ("input SNR (dB)", snr),
    "output_snr_db": ("output SNR (dB)", snr),
    "snr_improvement_db": ("improvement (dB)", decibels),
    "best_epoch": ("best epoch", whole),
    "train_seconds": ("training (s)", seconds),
}


def results_table(study: Study) -> Table:
    """A row a cell. The variant is left out where there is only one."""
    several_variants = len(set(study.results["variant"])) > 1
    shown = [name for name in RESULTS if name != "variant" or several_variants]
    return Table(
        columns=tuple(RESULTS[name][0] for name in shown),
        rows=tuple(
            tuple(RESULTS[name][1](value) for name, value in zip(shown, row, strict=True))
            for row in study.results[shown].itertuples(index=False)
        ),
    )


def best_depth_table(study: Study) -> Table:
    """A row a noise level: its best depth, the noisy signal's error, and each depth's."""
    every, rankings = depths(study), rank(study)
    head = ("alpha", "best depth", "noisy MSE")
    return Table(
        columns=(*head, *(f"depth {depth}" for depth in every)),
        rows=tuple(
            (
                f"{ranking.alpha:g}",
                winner(ranking),
                number(ranking.noisy_mse),
                *(error(ranking, depth) for depth in every),
            )
            for ranking in rankings
        ),
        strong=frozenset(
            (row, len(head) + every.index(depth))
            for row, ranking in enumerate(rankings)
            for depth in ranking.winners
        ),
    )


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
