"""Contrasts decided together: their intervals cover, whatever the differences are distributed like."""

from collections.abc import Callable, Sequence
from itertools import product

import numpy as np
import pytest

from denoising.verdict.contrasts import Contrast, decide, estimate, rank

Draw = Callable[[np.random.Generator, tuple[int, ...]], np.ndarray]  # differences whose median is 0


def contrast(differences: Sequence[float], margin: float = 0.5) -> Contrast:
    return Contrast("depth 2", "", 0.2, "pictures", tuple(differences), margin)


def normal(generator: np.random.Generator, shape: tuple[int, ...]) -> np.ndarray:
    return generator.standard_normal(shape)


def with_plateaus(generator: np.random.Generator, shape: tuple[int, ...]) -> np.ndarray:
    """A share of 0.3 of the runs stuck 15 dB up; the median of all is the escaped ones' quantile of 5/7."""
    escaped = generator.standard_normal(shape) - 0.5659488219328631
    return np.where(generator.random(shape) < 0.3, 15 + escaped, escaped)


def skewed(generator: np.random.Generator, shape: tuple[int, ...]) -> np.ndarray:
    return generator.exponential(size=shape) - np.log(2)


@pytest.mark.parametrize("draw", [normal, with_plateaus, skewed])
@pytest.mark.parametrize("n", [6, 13, 20])
def test_an_interval_covers_the_median_of_any_distribution(draw: Draw, n: int) -> None:
    trials = 4000
    found = [estimate(list(values)) for values in draw(np.random.default_rng(n), (trials, n))]
    covered = np.mean([interval.low <= 0 <= interval.high for interval in found])  # type: ignore[operator]
    assert covered >= 0.95 - 2 * (0.05 * 0.95 / trials) ** 0.5


@pytest.mark.parametrize("draw", [normal, with_plateaus, skewed])
@pytest.mark.slow
def test_all_intervals_cover_at_once(draw: Draw) -> None:
    n_contrasts, n, trials = 60, 13, 400
    misses = 0
    for values in draw(np.random.default_rng(1), (trials, n_contrasts, n)):
        found = decide([contrast(list(one), margin=0) for one in values])
        misses += any(outcome.side != "undecided" for outcome in found)
    assert misses / trials <= 0.05 + 2 * (0.05 * 0.95 / trials) ** 0.5


@pytest.mark.parametrize(("n", "n_intervals"), [*product([2, 5, 6, 12, 13, 20], [1, 10, 148])])
def test_the_rank_is_the_highest_that_a_count_of_coins_allows(n: int, n_intervals: int) -> None:
    """All 2^n outcomes of n coins by their number of heads, counted one by one."""
    heads = np.bincount(np.array([bin(outcome).count("1") for outcome in range(2**n)]), minlength=n + 1)
    missed = [2 * heads[:r].sum() / 2**n for r in range(n // 2 + 1)]  # by the interval from the r-th lowest
    assert rank(n, n_intervals) == max(r for r, chance in enumerate(missed) if chance <= 0.05 / n_intervals)


def test_the_default_seeds_are_enough_for_the_registered_contrasts_and_the_range_is_their_interval() -> None:
    values = list(np.random.default_rng(0).standard_normal(13))
    assert rank(13, 148) == 1
    found = estimate(values, 148)
    assert (found.low, found.high) == (min(values), max(values))
    assert rank(12, 148) == 0


def test_an_estimate_is_the_median_with_order_statistics() -> None:
    found = estimate([5.0, 1.0, 2.0, 4.0, 3.0, 9.0, 7.0, 8.0, 6.0])
    assert (found.db, found.low, found.high, found.n) == (5, 2, 8, 9)


def test_few_seeds_decide_nothing_and_none_is_not_measured() -> None:
    one, none = decide([contrast([30.0]), contrast([])])
    assert (one.side, one.estimate.db, one.estimate.low, one.estimate.n) == ("undecided", 30, None, 1)
    assert (none.side, none.estimate.db, none.estimate.n) == ("not measured", None, 0)
    assert decide([]) == []


def test_what_was_not_measured_makes_nothing_easier() -> None:
    differences = [0.4, *np.linspace(1, 2, 8)]
    (alone,) = decide([contrast(differences)])
    among = decide([contrast(differences), *[contrast([])] * 5])[0]
    assert (alone.side, among.side) == ("above", "undecided")


def test_the_margin_moves_the_decision() -> None:
    differences = [0.7, 0.75, 0.8, 0.72, 0.71, 0.77]
    assert decide([contrast(differences, 0.5)])[0].side == "above"
    assert decide([contrast(differences, 1.0)])[0].side == "below"
    assert decide([contrast(differences, 0.74)])[0].side == "undecided"
