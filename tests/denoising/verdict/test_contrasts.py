"""Contrasts decided together, against an independent and slower procedure."""

from collections.abc import Sequence

import numpy as np
import pytest
from scipy.stats import ttest_1samp

from denoising.verdict.contrasts import Contrast, Decision, estimate, holm, p_value


def contrast(differences: Sequence[float], margin: float = 0.5) -> Contrast:
    return Contrast("depth 2", "", 0.2, "pictures", tuple(differences), margin)


def drawn(means: Sequence[float], n: int, generator: np.random.Generator) -> list[Contrast]:
    return [contrast(generator.normal(mean, 1, n).tolist()) for mean in means]


def slow_holm(contrasts: list[Contrast]) -> dict[int, tuple[str, float, float]]:
    """Side and interval by place: of those left, the lowest p is tested against 5% over their number."""
    tests = {i: ttest_1samp(c.differences, c.margin) for i, c in enumerate(contrasts)}
    left, decided = set(tests), dict[int, tuple[str, float, float]]()
    while left:
        first = min(left, key=lambda i: tests[i].pvalue)
        level = 0.05 / len(left)
        if tests[first].pvalue > level:
            break
        interval = tests[first].confidence_interval(1 - level)
        side = "above" if np.mean(contrasts[first].differences) > contrasts[first].margin else "below"
        decided[first] = (side, float(interval.low), float(interval.high))
        left.remove(first)
    for i in left:
        interval = tests[i].confidence_interval(1 - 0.05 / len(left))
        decided[i] = ("undecided", float(interval.low), float(interval.high))
    return decided


@pytest.mark.parametrize("seed", range(8))
def test_it_is_holms_procedure(seed: int) -> None:
    generator = np.random.default_rng(seed)
    contrasts = drawn(generator.choice([-4, -1, 0.5, 2, 5, 9], 12).tolist(), 5, generator)
    expected = slow_holm(contrasts)
    for place, outcome in enumerate(holm(contrasts)):
        side, low, high = expected[place]
        assert outcome.contrast is contrasts[place]
        assert outcome.side == side
        assert (outcome.estimate.low, outcome.estimate.high) == pytest.approx((low, high), rel=1e-9)
        assert outcome.estimate.n == 5


def test_few_claims_are_false_where_there_is_no_difference() -> None:
    generator = np.random.default_rng(0)
    nulls, others = [0.5] * 6, [8.0, -8.0]
    false = sum(
        any(is_decided(outcome) for outcome in holm(drawn([*nulls, *others], 5, generator))[: len(nulls)])
        for _ in range(3000)
    )
    assert 0.03 < false / 3000 <= 0.05 + 0.008  # two standard errors


def is_decided(outcome: Decision) -> bool:
    return outcome.side in ("above", "below")


def test_an_interval_leaves_the_margin_just_where_the_test_rejects() -> None:
    generator = np.random.default_rng(3)
    for _ in range(50):
        contrasts = drawn(generator.normal(0.5, 3, 9).tolist(), 4, generator)
        outcomes = holm(contrasts)
        rejected = sum(map(is_decided, outcomes))
        values = sorted(map(p_value, contrasts))
        assert all(p <= 0.05 / (9 - rank) for rank, p in enumerate(values[:rejected]))
        assert rejected == 9 or values[rejected] > 0.05 / (9 - rejected)


def test_seeds_without_spread_are_certain() -> None:
    above, below, tie = holm([contrast([1.0] * 3), contrast([0.25] * 3), contrast([0.5] * 3)])
    assert (above.side, above.estimate.low, above.estimate.high) == ("above", 1, 1)
    assert below.side == "below"
    assert tie.side == "undecided"


def test_one_seed_decides_nothing_and_none_is_not_measured() -> None:
    one, none = holm([contrast([30.0]), contrast([])])
    assert (one.side, one.estimate.db, one.estimate.low, one.estimate.n) == ("undecided", 30, None, 1)
    assert (none.side, none.estimate.db, none.estimate.n) == ("not measured", None, 0)
    assert holm([]) == []


def test_what_was_not_measured_makes_nothing_easier() -> None:
    differences = [1.0, 2.0, 3.0, 4.0]
    (alone,) = holm([contrast(differences)])
    among = holm([contrast(differences), contrast([])])[0]
    assert alone.estimate.low is not None
    assert among.estimate.low is not None
    assert among.estimate.low < alone.estimate.low


def test_the_margin_moves_the_decision() -> None:
    differences = [0.7, 0.75, 0.8, 0.72]
    assert holm([contrast(differences, 0.5)])[0].side == "above"
    assert holm([contrast(differences, 1.0)])[0].side == "below"


def test_an_estimate_is_students() -> None:
    differences = [0.1, 0.9, 0.4]
    found = estimate(differences)
    interval = ttest_1samp(differences, 0).confidence_interval(0.95)
    assert (found.low, found.high) == pytest.approx((interval.low, interval.high))
    assert found.db == pytest.approx(np.mean(differences))
