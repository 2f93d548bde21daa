"""Intervals that hold what they promise."""

from itertools import product

import numpy as np
import pandas as pd
import pytest
from scipy.stats import bootstrap, ttest_1samp

from denoising.measure.statistics import (
    RESAMPLES,
    Effect,
    bootstrap_interval,
    by_level,
    depth_effect,
    t_interval,
)


def effect_of(errors: dict[int, list[float]], depth: int = 8, other: int = 2) -> Effect | None:
    """The effect of two depths at alpha 0.1, from a value a seed."""
    rows = [
        {"depth": depth, "alpha": 0.1, "seed": seed, "test_mse": mse}
        for depth, values in errors.items()
        for seed, mse in enumerate(values)
    ]
    spread = np.random.default_rng(0).gamma(3, size=200)
    signals = [
        {"depth": r["depth"], "alpha": 0.1, "seed": r["seed"], "signal_id": i, "mse": r["test_mse"] * value}
        for r, (i, value) in product(rows, enumerate(spread / spread.mean()))
    ]
    (level,) = by_level(pd.DataFrame(rows), pd.DataFrame(signals)).values()
    return depth_effect(level, depth, other)


def test_over_several_seeds_it_is_the_paired_t_interval() -> None:
    deep, shallow = [0.02, 0.05, 0.03], [0.01, 0.03, 0.012]
    effect = effect_of({2: shallow, 8: deep})
    assert effect is not None
    differences = 10 * np.log10(np.divide(deep, shallow))
    interval = ttest_1samp(differences, 0).confidence_interval(0.95)
    assert effect.db == pytest.approx(differences.mean())
    assert (effect.low, effect.high) == pytest.approx((interval.low, interval.high))
    assert (effect.over, effect.n) == ("seeds", 3)


def test_an_effect_turns_round_with_its_depths() -> None:
    errors = {2: [0.01, 0.03], 8: [0.02, 0.05]}
    one, other = effect_of(errors, 8, 2), effect_of(errors, 2, 8)
    assert one is not None
    assert other is not None
    assert one.db == -other.db > 0
    assert (one.low, one.high) == pytest.approx((-(other.high or 0), -(other.low or 0)))


def test_one_seed_speaks_of_its_signals() -> None:
    effect = effect_of({2: [0.01], 8: [0.02]})
    assert effect is not None
    assert (effect.over, effect.n) == ("signals", 200)
    # Every signal is twice as hard for the deeper network: there is nothing to be unsure of.
    assert (effect.low, effect.high) == pytest.approx((effect.db, effect.db))


def test_seeds_without_a_partner_do_not_count() -> None:
    effect = effect_of({2: [0.01, 0.02, np.nan], 8: [0.02, np.nan, 0.05]})
    assert effect is not None
    assert (effect.over, effect.n) == ("seeds", 1)
    assert (effect.low, effect.high) == (None, None), "the signals of one seed say nothing of the others"
    assert effect_of({2: [0.01, 0.02]}) is None
    assert effect_of({2: [0.0], 8: [0.0]}) is None


def test_both_intervals_cover_what_they_should() -> None:
    generator = np.random.default_rng(0)
    by_t = [t_interval(generator.normal(1, 2, 5)) for _ in range(1000)]
    covered = np.mean([low <= 1 <= high for low, high in by_t])
    assert covered == pytest.approx(0.95, abs=0.025)  # 3.6 standard errors
    truth = 10 * np.log10(3 / 2)
    hits = []
    for _ in range(150):
        hardness = generator.gamma(4, size=300)
        errors, others = (m * hardness * generator.gamma(8, size=300) for m in (3, 2))
        low, high = bootstrap_interval(errors, others)
        assert low is not None
        assert high is not None
        hits.append(low <= truth <= high)
    assert np.mean(hits) == pytest.approx(0.95, abs=0.065)


def test_a_bootstrap_is_the_same_twice_and_needs_two_signals() -> None:
    errors, others = np.random.default_rng(1).gamma(2, size=(2, 50))
    assert bootstrap_interval(errors, others) == bootstrap_interval(errors, others)
    assert bootstrap_interval(errors[:1], others[:1]) == (None, None)


def test_the_bootstrap_is_scipys() -> None:
    errors, others = np.random.default_rng(1).gamma(3, size=(2, 300))
    interval = bootstrap(
        (errors, others),
        lambda one, other, axis: 10 * np.log10(one.mean(axis=axis) / other.mean(axis=axis)),
        paired=True,
        n_resamples=RESAMPLES,
        method="percentile",
        rng=np.random.default_rng(0),
    ).confidence_interval
    assert bootstrap_interval(errors, others) == pytest.approx((interval.low, interval.high), rel=1e-9)
