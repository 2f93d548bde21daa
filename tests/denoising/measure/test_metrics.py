from math import log10

import numpy as np
import pytest

from denoising.measure.metrics import (
    cosine_similarity,
    mse,
    mse_per_signal,
    per_signal,
    prd,
    snr_db,
    snr_improvement_db,
)

CLEAN = np.array([[1, -1, 1, -1], [2, 2, 2, 2]], dtype=np.float32)


def test_mse_against_a_sum_by_hand() -> None:
    estimate = CLEAN + np.array([[1], [0.5]], dtype=np.float32)
    assert mse_per_signal(estimate, CLEAN).tolist() == [1, 0.25]
    assert mse(estimate, CLEAN) == 0.625


def test_snr_pools_energies_over_signals() -> None:
    estimate = CLEAN + np.array([[1], [0.5]], dtype=np.float32)
    assert snr_db(estimate, CLEAN) == pytest.approx(10 * log10((4 + 16) / (4 + 1)))


def test_an_error_a_tenth_as_large_is_20_db_better() -> None:
    noise = np.random.default_rng(0).standard_normal(CLEAN.shape).astype(np.float32)
    assert snr_improvement_db(CLEAN + noise / 10, CLEAN + noise, CLEAN) == pytest.approx(20, abs=1e-4)


def test_undefined_values_are_none() -> None:
    assert snr_db(CLEAN, CLEAN) is None
    assert snr_db(CLEAN, np.zeros_like(CLEAN)) is None
    assert snr_improvement_db(CLEAN + 1, CLEAN, CLEAN) is None
    assert prd(CLEAN, np.zeros_like(CLEAN)) is None
    assert cosine_similarity(np.zeros_like(CLEAN), CLEAN) is None


def test_prd_is_relative_to_the_clean_energy() -> None:
    assert prd(0.9 * CLEAN, CLEAN) == pytest.approx(10, rel=1e-5)
    assert prd(3 * CLEAN, CLEAN) == pytest.approx(200)
    snr = snr_db(0.9 * CLEAN, CLEAN)
    assert snr == pytest.approx(-20 * log10(prd(0.9 * CLEAN, CLEAN) / 100))


def test_cosine_similarity_knows_direction_and_not_scale() -> None:
    assert cosine_similarity(3 * CLEAN, CLEAN) == pytest.approx(1)
    assert cosine_similarity(-CLEAN, CLEAN) == pytest.approx(-1)
    across = np.array([[1, 1, 1, 1], [2, -2, 2, -2]], dtype=np.float32)
    assert cosine_similarity(across, CLEAN) == pytest.approx(0)
    turned = CLEAN + 0.75 * across
    assert cosine_similarity(turned, CLEAN) == pytest.approx(0.8)


def test_each_signal_has_the_metrics_that_it_has_alone() -> None:
    generator = np.random.default_rng(1)
    clean, noisy, denoised = generator.standard_normal((3, 5, 16)).astype(np.float32)
    table = per_signal(denoised, noisy, clean)
    for row in range(5):
        alone = (denoised[row : row + 1], clean[row : row + 1])
        assert table["mse"][row] == pytest.approx(mse(*alone))
        assert table["noisy_mse"][row] == pytest.approx(mse(noisy[row : row + 1], alone[1]))
        assert table["output_snr_db"][row] == pytest.approx(snr_db(*alone))
        improvement = snr_improvement_db(alone[0], noisy[row : row + 1], alone[1])
        assert table["snr_improvement_db"][row] == pytest.approx(improvement)
        assert table["prd"][row] == pytest.approx(prd(*alone))
        assert table["cosine_similarity"][row] == pytest.approx(cosine_similarity(*alone), abs=1e-6)
    perfect = per_signal(clean, clean, clean)
    assert perfect[["output_snr_db", "snr_improvement_db"]].isna().all(axis=None)
    assert (perfect["mse"] == 0).all()
