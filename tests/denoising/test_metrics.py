from math import log10

import numpy as np
import pytest

from denoising.metrics import mse, mse_per_signal, snr_db, snr_improvement_db

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
