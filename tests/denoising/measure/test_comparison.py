import numpy as np
import pandas as pd
import pytest

from denoising.measure.comparison import beside_limits

LIMITS = pd.DataFrame(
    {
        "dataset": "formula",
        "alpha": [0.0, 0.2, 1.0],
        "linear_mmse": [0, 0.06, 0.9],
        "mmse": [0, 0.01, 0.9 - 1e-12],
    }
)
BASELINES = pd.DataFrame(
    {
        "dataset": "formula",
        "denoiser": ["rescaled", "best_gain", "best_gain"],
        "alpha": [0.2, 0.2, 1.0],
        "test_mse": [0.2, 0.1, 0.95],
    }
)


def beside(alpha: float, mse: float) -> pd.Series:
    results = pd.DataFrame({"dataset": ["formula"], "alpha": [alpha], "test_mse": [mse]})
    return beside_limits(results, LIMITS, BASELINES).iloc[0]


def test_a_denoiser_has_its_place_between_the_limits() -> None:
    row = beside(0.2, 0.02)
    assert row["db_above_mmse"] == pytest.approx(10 * np.log10(2))
    assert row["gap_closed"] == pytest.approx(0.8)
    assert row["snr_improvement_over_rescaled_db"] == pytest.approx(10)
    assert row["snr_improvement_over_best_gain_db"] == pytest.approx(10 * np.log10(5))


def test_the_gap_is_closed_at_the_floor_and_negative_above_the_linear_limit() -> None:
    assert beside(0.2, 0.01)["gap_closed"] == pytest.approx(1)
    assert beside(0.2, 0.06)["gap_closed"] == 0
    assert beside(0.2, 0.11)["gap_closed"] == pytest.approx(-1)


def test_what_is_undefined_is_null() -> None:
    assert beside(0.0, 0.1)[["db_above_mmse", "gap_closed"]].isna().all()
    assert np.isnan(beside(1.0, 0.91)["gap_closed"])
    assert beside(1.0, 0.91)["db_above_mmse"] == pytest.approx(10 * np.log10(0.91 / 0.9))
    assert np.isnan(beside(1.0, 0.91)["snr_improvement_over_rescaled_db"])
    assert beside(0.7, 0.1)[3:].isna().all()
    assert beside(0.2, 0.0)[["db_above_mmse"]].isna().all()


def test_each_result_is_compared_on_its_own_dataset() -> None:
    others = BASELINES.assign(dataset="pictures", test_mse=0.4)
    results = pd.DataFrame({"dataset": ["pictures", "formula", "none"], "alpha": 0.2, "test_mse": 0.02})
    limits = pd.concat([LIMITS, LIMITS.assign(dataset="pictures", mmse=0.02)])
    rows = beside_limits(results, limits, pd.concat([BASELINES, others]))
    assert rows["db_above_mmse"][:2].tolist() == pytest.approx([0, 10 * np.log10(2)])
    over = rows["snr_improvement_over_rescaled_db"]
    assert over[:2].tolist() == pytest.approx([10 * np.log10(20), 10])
    assert rows.iloc[2, 3:].isna().all()
