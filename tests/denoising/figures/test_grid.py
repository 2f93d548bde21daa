from dataclasses import replace

import pytest

from denoising.figures.grid import by_alpha, representative
from denoising.figures.ranking import rank
from denoising.figures.wording import count, decibels, listing, number
from tests.denoising.figures.studies import FINAL_MSE, make_study, with_mse


def test_representative_values_keep_both_ends() -> None:
    assert representative(range(12), 4) == [0, 4, 7, 11]
    assert representative([1, 2], 4) == [1, 2]


def test_by_alpha_has_a_cell_for_every_alpha_and_depth() -> None:
    table = by_alpha(make_study(failed={(6, 0.2, 0)}), "test_mse")
    assert table.index.tolist() == [0.1, 0.2, 0.3, 0.4]
    assert table.shape == (4, 4)
    assert table[4][0.3] == FINAL_MSE[4][0.3]
    assert table.isna().to_numpy().sum() == 1


def test_ranking_orders_depths_and_measures_distances() -> None:
    ranking = rank(make_study())[1]
    assert list(ranking.mse) == [2, 4, 6, 8]
    assert ranking.winners == (2,)
    assert ranking.runner_up == 4
    assert ranking.noisy_mse == pytest.approx(0.08)
    assert ranking.db_above_best[4] == pytest.approx(1.513, abs=1e-3)
    assert ranking.effects[4].over == "signals"
    assert ranking.effects[4].db == pytest.approx(ranking.db_above_best[4])


def test_a_depth_wins_only_where_the_interval_over_the_seeds_excludes_a_tie() -> None:
    study = make_study(depths=(2, 4), alphas=(0.1,), seeds=(0, 1, 2))
    noisy = rank(with_mse(study, [0.10, 0.20, 0.30, 0.21, 0.19, 0.33]))[0]
    assert noisy.winners == (2, 4)
    assert rank(with_mse(study, [0.21, 0.19, 0.33, 0.10, 0.20, 0.30]))[0].winners == (2, 4), "in one order"
    # The seeds lie far apart, yet each finds about 1 dB between the depths: they are compared in pairs.
    paired = rank(with_mse(study, [0.10, 0.20, 0.30, 0.126, 0.25, 0.38]))[0]
    assert paired.winners == (2,)
    assert paired.effects[4].n == 3


def test_without_an_interval_no_depth_is_best() -> None:
    study = make_study(depths=(2, 4), alphas=(0.1,))
    single = replace(study, per_signal=study.per_signal[study.per_signal["signal_id"] == 0])
    assert rank(study)[0].winners == (2,)
    assert rank(single)[0].winners == (2, 4)
    # Of three seeds one pair is left: its signals say nothing of other seeds.
    pair = make_study(depths=(2, 4), alphas=(0.1,), seeds=(0, 1, 2), failed={(4, 0.1, 1), (2, 0.1, 2)})
    assert rank(pair)[0].effects[4].n == 1
    assert rank(pair)[0].winners == (2, 4)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.006, "0.00600"),
        (0.00000963, "9.63×10⁻⁶"),
        (0.3496, "0.350"),
        (123.4, "123"),
        (0, "0"),
        (None, "–"),
        (float("nan"), "–"),
    ],
)
def test_number(value: float | None, text: str) -> None:
    assert number(value) == text


def test_words() -> None:
    assert decibels(-3.14) == "−3.1"
    assert decibels(-0.04) == decibels(0) == "+0.0"
    assert decibels(None) == "–"
    assert listing([1, 2, 3]) == "1, 2 and 3"
    assert count(1, "seed") == "1 seed"
    assert count(1000, "seed") == "1,000 seeds"
