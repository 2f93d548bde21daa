"""Differences between studies against their definitions, and what they claim to rest on."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy.stats import ttest_rel

from denoising.study.differences import ComparedStudies, Difference, Rests, difference, differences
from denoising.study.results import Study
from tests.denoising.study.finished import finished, recorded

SEEDS = (0, 1, 2)
ERRORS = {0: 0.010, 1: 0.013, 2: 0.011}


def only(first: Study, second: Study) -> Difference:
    """The difference of two studies that have one depth and noise level in common."""
    [found] = differences(first, second)
    return found


def by_seed(errors: Mapping[int, float], **settings: Any) -> Study:
    """A study of one depth and noise level with these errors."""
    return finished({(2, 0.1, seed): mse for seed, mse in errors.items()}, **settings)


def test_a_known_ratio_is_found_at_every_depth_and_noise_level_and_turns_round() -> None:
    cells = [(depth, alpha, seed) for depth in (2, 4) for alpha in (0.1, 0.3) for seed in SEEDS]
    errors = {cell: 0.01 * cell[0] * cell[1] * (1 + 0.1 * cell[2]) for cell in cells}
    first = finished(errors)
    second = finished({cell: 2 * mse for cell, mse in errors.items()}, epochs=60)
    found = list(differences(first, second))
    assert [(each.depth, each.level) for each in found] == [
        (2, "alpha=0.1"), (2, "alpha=0.3"), (4, "alpha=0.1"), (4, "alpha=0.3"),
    ]  # fmt: skip
    for each in found:
        assert each.db == pytest.approx(10 * np.log10(2))
        assert (each.low, each.high) == pytest.approx((each.db, each.db)), "it is the same at every seed"
        assert each.other == pytest.approx(2 * each.mse)
        assert (each.rests, each.n, each.is_told_apart) == ("seeds", 3, True)
    assert [each.db for each in differences(second, first)] == pytest.approx([-each.db for each in found])


def test_over_seeds_it_is_the_paired_interval_of_scipy() -> None:
    theirs = {0: 0.012, 1: 0.013, 2: 0.017}
    found = only(by_seed(ERRORS), by_seed(theirs, epochs=60))
    mine, others = (10 * np.log10(list(errors.values())) for errors in (ERRORS, theirs))
    interval = ttest_rel(others, mine).confidence_interval(0.95)
    assert found.db == pytest.approx(others.mean() - mine.mean())
    assert (found.low, found.high) == pytest.approx((interval.low, interval.high))
    assert not found.is_told_apart


def test_only_the_common_seeds_count_where_there_are_several() -> None:
    found = only(by_seed(ERRORS), by_seed({1: 0.026, 2: 0.022, 3: 9.0}, epochs=60))
    assert (found.rests, found.n) == ("seeds", 2)
    assert found.db == pytest.approx(10 * np.log10(2))
    assert (found.mse, found.other) == pytest.approx((0.012, 0.024)), "medians over the same seeds"


@pytest.mark.parametrize(
    ("mine", "theirs", "settings", "rests"),
    [
        ({0: 0.01}, {0: 0.02}, {"epochs": 60}, "few seeds"),
        ({0: 0.01}, {0: 0.02, 1: 0.02}, {"epochs": 60}, "few seeds"),
        (ERRORS, ERRORS, {"data_seed": 1}, "other signals"),
        (ERRORS, ERRORS, {"n_test": 20}, "other signals"),
        (ERRORS, ERRORS, {"signals": "pictures"}, "other signals"),
        (ERRORS, {7: 0.01, 8: 0.02}, {"n_test": 20}, "other signals"),
        (ERRORS, {5: 0.02, 6: 0.05}, {"epochs": 60}, "few seeds"),
        (ERRORS, {**ERRORS, 3: 0.2}, {}, "same errors"),
    ],
)
def test_where_there_is_no_interval_it_says_why(
    mine: Mapping[int, float], theirs: Mapping[int, float], settings: Mapping[str, Any], rests: Rests
) -> None:
    found = only(by_seed(mine), by_seed(theirs, **settings))
    assert (found.low, found.high, found.rests) == (None, None, rests)
    assert not found.is_told_apart


def test_signals_whose_noise_was_another_are_not_the_same_whatever_the_settings_say() -> None:
    second = by_seed(ERRORS, epochs=60)
    second.results["noisy_mse"] *= 1.01
    assert only(by_seed(ERRORS), second).rests == "other signals"


def test_failed_cells_and_what_only_one_has_are_left_out() -> None:
    first = finished({(2, 0.1, 0): 0.01, (2, 0.3, 0): np.nan, (4, 0.1, 0): 0.02})
    second = finished({(2, 0.1, 0): 0.02, (2, 0.3, 0): 0.01, (6, 0.1, 0): 0.02}, epochs=60)
    assert [(each.depth, each.level) for each in differences(first, second)] == [(2, "alpha=0.1")]


def test_what_reads_as_no_difference_is_not_told_apart() -> None:
    first, second = by_seed(ERRORS), by_seed({s: 1.005 * mse for s, mse in ERRORS.items()}, epochs=60)
    found = only(first, second)
    assert found.low is not None
    assert found.low > 0
    assert not found.is_told_apart


def test_chance_in_training_is_not_taken_for_a_difference() -> None:
    """Studies of equal settings and other seeds: one in twenty is told apart, as the page says."""
    draws = np.random.default_rng(0)
    apart = 0
    for _ in range(200):
        mine, theirs = (
            pd.DataFrame({"test_mse": 0.01 * 10 ** draws.normal(scale=0.2, size=4), "noisy_mse": 0.02})
            for _ in range(2)
        )
        apart += difference(("base", 2, "alpha=0.1"), mine, theirs).is_told_apart
    assert 2 <= apart <= 22


def test_recordings_are_compared_over_seeds_too() -> None:
    first, second = recorded([0.01, 0.02], epochs=5), recorded([0.02, 0.05], epochs=6)
    found = only(first, second)
    values = 10 * np.log10([2, 2.5])
    interval = ttest_rel(values, np.zeros(2)).confidence_interval(0.95)
    assert (found.rests, found.n, found.level) == ("seeds", 2, "snr=5")
    assert (found.db, found.low, found.high) == pytest.approx((values.mean(), interval.low, interval.high))
    assert ComparedStudies((first, second)).levels == {"snr=5": 5.0}


def test_the_settings_that_differ_and_those_that_do_not() -> None:
    studies = ComparedStudies((by_seed(ERRORS), by_seed({0: 0.01}, epochs=60), by_seed(ERRORS, skips=True)))
    assert dict(studies.changed) == {
        "seeds": ([0, 1, 2], [0], [0, 1, 2]), "skips": (False, False, True), "epochs": (50, 60, 50),
    }  # fmt: skip
    assert not studies.settings.keys() & studies.changed.keys()
    assert studies.settings["channels"] == 16
    assert list(studies.differences) == ["B", "C"]
