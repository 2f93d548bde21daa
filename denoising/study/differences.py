"""By how many dB the test errors of two studies differ, cell by cell, and what each difference rests on."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import isclose
from string import ascii_uppercase
from typing import Any, Literal

import numpy as np
import pandas as pd

from denoising.measure.comparison import decibels
from denoising.signals.settings import DatasetSettings
from denoising.study.decision import interval
from denoising.study.results import Study
from denoising.study.variants import natural_order

PLACE = ["variant", "depth", "level"]  # of the cells that differ in their seed alone
SIGNALS = [name for name in DatasetSettings.model_fields if name != "n_signals"]  # what decides them
SAME = 1e-6  # by how much, relatively, one number may differ between two machines

LEAST_DB = 0.05  # a difference below it reads as 0

Rests = Literal["same errors", "seeds", "few seeds", "other signals"]


@dataclass(frozen=True)
class Difference:
    """How far the test MSE of a second study lies above that of a first, at one depth and noise level.

    Attributes:
        variant, depth, level: which cells are compared.
        mse, other: the test MSE in the first study and in the second, the median over the common seeds, or
            over the own ones if no seed is common.
        db: 10 log10 of their ratio, the mean over these seeds; below 0 the second study is better.
        low, high: its 95% interval over `seeds`, Student's, a pair a seed; None if there is none.
        rests: what the interval rests on, or why there is none: the `same errors` were measured; there are
            `few seeds` in common, one or none, so that chance in training is not known; on `other signals`,
            errors differ anyway.
        n: how many seeds are common.
    """

    variant: str
    depth: int
    level: str
    mse: float
    other: float
    db: float
    low: float | None
    high: float | None
    rests: Rests
    n: int

    @property
    def is_told_apart(self) -> bool:
        """Whether the interval excludes 0, and the difference is not too small to be read."""
        if self.low is None or self.high is None or abs(self.db) < LEAST_DB:
            return False
        return self.low > 0 or self.high < 0


@dataclass(frozen=True, eq=False)
class ComparedStudies:
    """Finished studies side by side; the first is the one that the others are held against.

    Their results and limits are as in `denoising.study.results.Study`, with a column `level` of the results.
    """

    studies: tuple[Study, ...]

    @property
    def name(self) -> str:
        """The names of the studies."""
        return " and ".join(study.name for study in self.studies)

    @property
    def results(self) -> pd.DataFrame:
        """The cells of all studies, with a column `study` for the letters that stand for them."""
        rows = [study.results.assign(study=letter) for letter, study in self.letters.items()]
        return pd.concat(rows, ignore_index=True)

    @property
    def settings(self) -> dict[str, Any]:
        """The settings that all studies share."""
        return {name: value for name, value in self.studies[0].settings.items() if name not in self.changed}

    @cached_property
    def changed(self) -> Mapping[str, tuple[Any, ...]]:
        """The settings that differ, each with its value in every study; None where a study has none."""
        names = dict.fromkeys(name for study in self.studies for name in study.settings)
        values = {name: tuple(study.settings.get(name) for study in self.studies) for name in names}
        return {name: told for name, told in values.items() if any(value != told[0] for value in told)}

    @property
    def letters(self) -> Mapping[str, Study]:
        """The studies by the letters that stand for them: A, B, C ..."""
        return dict(zip(ascii_uppercase, self.studies, strict=False))

    @cached_property
    def differences(self) -> Mapping[str, Sequence[Difference]]:
        """How each of the others differs from the first, by their letters."""
        first, *others = self.letters
        return {each: list(differences(self.letters[first], self.letters[each])) for each in others}

    @cached_property
    def levels(self) -> Mapping[str, float]:
        """The noise levels of all studies in order: alpha, or of recordings the ratio in dB, by their names.

        Recordings as they are have 0.
        """
        rows = self.results.drop_duplicates("level").set_index("level")
        places = rows["snr"].fillna(0.0) if self.is_recorded else rows["alpha"]
        return {str(level): float(place) for level, place in places.sort_values().items()}

    @property
    def is_recorded(self) -> bool:
        """Whether these are studies of recordings, which have no alphas."""
        return "alphas" not in self.studies[0].settings


def differences(first: Study, second: Study) -> Iterator[Difference]:
    """Yield how two studies differ where both have measured the same depth and noise level of a variant."""
    both = (first, second)
    cells = [dict(tuple(measured(study.results).groupby(PLACE))) for study in both]
    rank = list(ComparedStudies(both).levels)
    shared: Any = cells[0].keys() & cells[1].keys()
    for at in sorted(shared, key=lambda at: (natural_order(at[0]), at[1], rank.index(at[2]))):
        yield difference(at, *(rows[at].set_index("seed") for rows in cells))


def measured(results: pd.DataFrame) -> pd.DataFrame:
    """The cells that have an error above 0, not an infinite one."""
    return results[(results["test_mse"] > 0) & (results["test_mse"] < np.inf)]


def difference(at: tuple[str, int, str], first: pd.DataFrame, second: pd.DataFrame) -> Difference:
    """Return how the networks of two studies at one depth and noise level differ.

    Args:
        at: their variant, depth and noise level.
        first, second: the rows of their results there, indexed by seed.
    """
    seeds = first.index.intersection(second.index)
    mine, theirs = (rows.loc[seeds] if len(seeds) else rows for rows in (first, second))
    errors, others = (rows["test_mse"].to_numpy(np.float64) for rows in (mine, theirs))
    db, low, high = 10 * float(np.log10(others).mean() - np.log10(errors).mean()), None, None
    rests: Rests = "few seeds"
    if not have_same_signals(mine, theirs):
        rests = "other signals"
    elif len(seeds) and np.allclose(errors, others, rtol=SAME, atol=0):
        rests = "same errors"
    elif len(seeds) > 1:
        (db, low, high), rests = interval(decibels(others, errors)), "seeds"
    return Difference(
        *at, float(np.median(errors)), float(np.median(others)), db, low, high, rests, len(seeds)
    )


def have_same_signals(mine: pd.DataFrame, theirs: pd.DataFrame) -> bool:
    """Whether cells were measured on the same test signals.

    That is taken from the settings of these and from their noise, whose power on them is measured.
    """
    names = mine.columns.intersection(theirs.columns).intersection(SIGNALS)
    if any(set(mine[name].dropna()) != set(theirs[name].dropna()) for name in names):
        return False
    return isclose(mine["noisy_mse"].median(), theirs["noisy_mse"].median(), rel_tol=SAME)


def lowest(results: pd.DataFrame) -> pd.DataFrame:
    """The depth and variant with the lowest test MSE at each noise level of a study's results.

    Returns:
        A frame indexed by level with the columns variant, depth, dataset and alpha, and the medians over the
        seeds of test_mse and db_above_mmse.
    """
    groups = measured(results).groupby(PLACE, sort=False)
    found = groups[["dataset", "alpha"]].first().join(groups[["test_mse", "db_above_mmse"]].median())
    best = found.groupby("level", sort=False)["test_mse"].idxmin()
    return found.loc[best].reset_index().set_index("level")
