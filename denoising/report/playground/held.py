"""What a page holds of a study's denoisers, and what it leaves out."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from math import log10
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from denoising.figures.style import LineStyle
from denoising.figures.wording import DASH, count, decibels, listing
from denoising.models.card import Card
from denoising.networks.training import N_MILESTONES
from denoising.report.playground.in_page import Playable

Signal = NDArray[np.floating[Any]]

MOST_BYTES = 1_400_000  # of all networks' numbers in a page
MOST_WITH_EARLY = 2_000_000  # of these and those of early epochs
OF_NUMBER, OF_EARLY = 4, 2  # bytes of a number
LONGEST = 2048  # samples of a signal that a page can work on
MOST_NETWORKS = 12  # of a noise level
FILTER = "savitzky_golay"
FILTER_LABEL, FILTER_STYLE = "Savitzky–Golay", LineStyle("#8a6d1b", "h", (0, (1.2, 1.2)))


def held(choices: Iterable[pd.DataFrame], length: int) -> pd.DataFrame:
    """Return the first choice for which a page has room; none of its rows if it has no room for any.

    Args:
        choices: rows of trained networks, fewer and fewer.
        length: samples of a signal.
    """
    rows = pd.DataFrame()
    for rows in choices:
        if fits(rows) and length <= LONGEST:
            return rows
    return rows[:0]


def fits(rows: pd.DataFrame) -> bool:
    """Whether a page has room for the numbers of these networks."""
    return bool(rows["n_parameters"].sum() * OF_NUMBER <= MOST_BYTES)


def n_early_epochs(rows: pd.DataFrame) -> int:
    """Return how many early epochs have room in a page that holds these networks, with their weights then."""
    n_numbers = max(int(rows["n_parameters"].sum()), 1)
    room = (MOST_WITH_EARLY - OF_NUMBER * n_numbers) // (OF_EARLY * n_numbers)
    return min(max(room, 0), N_MILESTONES - 1)


def epochs_of(networks: Sequence[Playable]) -> list[int]:
    """Return the epochs of which a page has the weights of networks; none if it has the last ones alone."""
    early = {epoch for one in networks for epoch in one.milestones}
    return sorted(early | {one.epochs - 1 for one in networks}) if early else []


def filters_in_page(filters: Mapping[float, Card]) -> list[dict[str, Any]]:
    """Return the Savitzky-Golay filter of each noise level: level, window and order."""
    return [
        {"level": level, "window": card.design["window"], "order": card.design["order"]}
        for level, card in sorted(filters.items())
    ]


def mse(signal: Signal | None, clean: Signal) -> float | None:
    """Return the mean squared error of a signal; None if there is no signal."""
    return None if signal is None else float(np.mean((signal - np.float64(clean)) ** 2))


def ratio_words(error: float | None, other: float | None) -> str:
    """Return the ratio of two errors in dB, as text."""
    return f"{decibels(10 * log10(error / other))} dB" if error and other else DASH


def left_out(done: pd.DataFrame, networks: Sequence[Playable], level: str, unit: str = "") -> Iterator[str]:
    """Yield what a page leaves out, in sentences.

    Args:
        done: rows of all trained networks of the study.
        networks: those that the page holds.
        level: the column of their noise levels.
        unit: in which these are told.
    """
    variants = {one.variant for one in networks}
    n_others = len(set(done["variant"]) - variants)
    if n_others:
        yield f"{count(n_others, 'variant')} of the study {'is' if n_others == 1 else 'are'} left out."
    if len(set(done["seed"])) > 1:
        yield f"The networks are those of seed {done['seed'].min()}."
    own = done[done["variant"].isin(variants)]
    for column, what, kept, of in (
        (level, "noise levels", {one.level for one in networks}, unit),
        ("depth", "depths", {one.depth for one in networks}, ""),
    ):
        if len(kept) < own[column].nunique():
            yield f"Of the {what}, the page holds {listing([f'{value:g}' for value in sorted(kept)])}{of}."
