"""The sections of a report that have a table: depths, limits, other denoisers, effects, the original."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from denoising.figures.grid import depths, seeds
from denoising.figures.original import is_comparable
from denoising.figures.wording import basis, count
from denoising.original.curves import SOURCE, by_cell, compare, distance, theirs
from denoising.report.tables import (
    Table,
    baselines_table,
    best_depth_table,
    effects_table,
    limits_table,
    original_table,
    results_table,
)
from denoising.study.results import Study


@dataclass(frozen=True)
class Section:
    """A heading, a table and what has to be said of it.

    Attributes:
        name: for links to it.
        title, note: in words.
        table: the table.
    """

    name: str
    title: str
    table: Table
    note: str


def best_depths(study: Study) -> Section:
    """Which depth is best at each noise level."""
    return Section(
        "best",
        "Best depth at each noise level",
        best_depth_table(study),
        "Test MSE by depth, and in brackets how far it lies above the best of its row. “Noisy MSE” is the "
        f"error of doing nothing. {basis(study)}.",
    )


def cells(study: Study) -> Section:
    """Every cell by itself."""
    return Section(
        "cells",
        "All cells",
        results_table(study),
        "One row a cell. Errors are those of the last epoch; “best epoch” is the one with the lowest "
        "validation MSE. A dash stands for a value that is undefined or was not measured. "
        f"{basis(study)}.",
    )


@lru_cache(maxsize=1)
def sections_of(study: Study) -> tuple[Section, ...]:
    """The sections that a study has something for; the page and the Markdown ask for the same."""
    return tuple(make_sections(study))


def make_sections(study: Study) -> Iterator[Section]:
    """See `sections_of`."""
    if not study.limits.empty:
        yield Section(
            "limits",
            "Beside the limits",
            limits_table(study),
            "Mean squared errors. “Noisy”, “best gain” and “linear MMSE” are what the noisy signal as "
            "given, the best single factor and the best linear filter have on average under the prior; the "
            "Bayes floor, with its standard error, is what no denoiser can beat. In brackets, how far a "
            f"network’s error on the test signals lies above that floor. {basis(study)}.",
        )
    if not study.baselines.empty:
        yield Section(
            "baselines",
            "Other denoisers",
            baselines_table(study),
            f"Test MSE on the same {count(int(study.settings['n_test']), 'test signal')}. All but the first "
            "are given alpha and work on the rescaled signal; what can be tuned was tuned on the training "
            "signals (PCA’s components were counted on the validation signals). The lowest error of a "
            "noise level stands out.",
        )
    if len(depths(study)) > 1 and study.results["test_mse"].notna().any():
        yield Section("effects", "The effect of depth", effects_table(study), effects_note(study))
    if is_comparable(study):
        comparisons = compare(by_cell(study.history, "validation_mse"), theirs())
        ratios = np.abs([cell.log_ratio for cell in comparisons])
        yield Section(
            "original",
            "Beside the original",
            original_table(comparisons),
            f"Validation MSE at the last epoch that the original’s curve has, from {SOURCE}; ours is the "
            f"median over {count(len(seeds(study)), 'seed')}. |log10(ours / original)|: median "
            f"{np.median(ratios):.3f}, highest {ratios.max():.3f}; mean over all epochs and curves "
            f"{distance(comparisons):.3f}. “Off the plateau” is the first epoch below 0.95.",
        )


def effects_note(study: Study) -> str:
    """What the effects are, and what their intervals speak of."""
    what = (
        "10 log10 of the ratio of test MSEs at equal seed, on the same test signals: above 0 the deeper "
        "network is worse. In square brackets its 95% interval: "
    )
    n = len(seeds(study))
    if n == 1:
        return (
            what
            + "a bootstrap over the test signals, which speaks of these trained networks alone (n = 1 seed)."
        )
    return what + f"Student’s t over the seeds (n = {n}). No correction is made for the number of pairs."
