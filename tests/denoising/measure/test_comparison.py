import numpy as np
import pandas as pd
import pytest

from denoising.measure.comparison import beside_baselines

BASELINES = pd.DataFrame(
    [
        ("bayes", 0.0, 0.0),
        ("linear_mmse", 0.0, 1e-16),
        ("bayes", 0.2, 0.01),
        ("linear_mmse", 0.2, 0.06),
        ("rescaled", 0.2, 0.2),
        ("best_gain", 0.2, 0.1),
        ("bayes", 1.0, 0.9),
        ("linear_mmse", 1.0, 0.9 + 1e-12),
        ("best_gain", 1.0, 0.95),
    ],
    columns=["denoiser", "alpha", "test_mse"],
).assign(dataset="formula")


def beside(alpha: float, mse: float, baselines: pd.DataFrame = BASELINES) -> pd.Series:
    results = pd.DataFrame({"dataset": ["formula"], "alpha": [alpha], "test_mse": [mse]})
    return beside_baselines(results, baselines).iloc[0]


def test_a_denoiser_has_its_place_between_the_best_linear_filter_and_the_posterior_mean() -> None:
    row = beside(0.2, 0.02)
    assert row["db_above_mmse"] == pytest.approx(10 * np.log10(2))
    assert row["gap_closed"] == pytest.approx(0.8)
    assert row["snr_improvement_over_rescaled_db"] == pytest.approx(10)
    assert row["snr_improvement_over_best_gain_db"] == pytest.approx(10 * np.log10(5))


def test_the_posterior_mean_has_exactly_0_db_and_the_gap_closed_and_the_linear_filter_none_of_it() -> None:
    rows = beside_baselines(BASELINES, BASELINES).set_index(["denoiser", "alpha"])
    assert rows.loc[("bayes", 0.2), ["db_above_mmse", "gap_closed"]].tolist() == [0, 1]
    assert rows.loc[("linear_mmse", 0.2), "gap_closed"] == 0
    assert beside(0.2, 0.11)["gap_closed"] == pytest.approx(-1)
    assert beside(0.2, 0.009)["db_above_mmse"] < 0, "on these signals, by chance"


def test_the_distance_follows_what_the_posterior_mean_scored_on_these_signals() -> None:
    lucky = BASELINES.assign(test_mse=BASELINES["test_mse"].mask(BASELINES["denoiser"] == "bayes", 0.005))
    assert beside(0.2, 0.02, lucky)["db_above_mmse"] == pytest.approx(10 * np.log10(4))


def test_what_is_undefined_is_null() -> None:
    assert beside(0.0, 0.1)[["db_above_mmse", "gap_closed"]].isna().all()
    assert np.isnan(beside(1.0, 0.91)["gap_closed"])
    assert beside(1.0, 0.91)["db_above_mmse"] == pytest.approx(10 * np.log10(0.91 / 0.9))
    assert np.isnan(beside(1.0, 0.91)["snr_improvement_over_rescaled_db"])
    assert beside(0.7, 0.1)[3:].isna().all()
    assert np.isnan(beside(0.2, 0.0)["db_above_mmse"])
    without = BASELINES[BASELINES["denoiser"] != "bayes"]
    assert beside(0.2, 0.1, without)[["db_above_mmse", "gap_closed"]].isna().all()
    assert beside(0.2, 0.1, without)["snr_improvement_over_rescaled_db"] == pytest.approx(10 * np.log10(2))


def test_each_result_is_compared_on_its_own_dataset() -> None:
    others = BASELINES.assign(dataset="pictures", test_mse=2 * BASELINES["test_mse"])
    results = pd.DataFrame({"dataset": ["pictures", "formula", "none"], "alpha": 0.2, "test_mse": 0.02})
    rows = beside_baselines(results, pd.concat([BASELINES, others]))
    assert rows["db_above_mmse"][:2].tolist() == pytest.approx([0, 10 * np.log10(2)])
    over = rows["snr_improvement_over_rescaled_db"]
    assert over[:2].tolist() == pytest.approx([10 * np.log10(20), 10])
    assert rows.iloc[2, 3:].isna().all()
