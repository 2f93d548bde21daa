"""Total variation against a bounded least-squares solver and its closed cases."""

import numpy as np
import pytest
from scipy.optimize import lsq_linear

from denoising.denoisers.total_variation import TotalVariation
from denoising.signals.dataset import generate
from denoising.signals.settings import DatasetSettings


@pytest.mark.parametrize("alpha", [0.1, 0.4])
@pytest.mark.parametrize("factor", [0.25, 1, 3])
def test_it_solves_the_dual_problem(alpha: float, factor: float) -> None:
    test = generate(DatasetSettings(n_test=4, signal_length=100), alpha, "test")
    weight = factor * alpha / (1 - alpha)
    denoised = TotalVariation(1 / (1 - alpha), weight)(test.noisy)
    up = np.diff(np.eye(100), axis=0)
    for noisy, ours in zip(test.noisy.astype(float) / (1 - alpha), denoised, strict=True):
        dual = lsq_linear(up.T, noisy, bounds=(-weight, weight), tol=1e-12).x
        exact = noisy - up.T @ dual
        goal, ours_goal = (
            np.square(x - noisy).sum() / 2 + weight * np.abs(np.diff(x)).sum() for x in (exact, ours)
        )
        assert goal <= ours_goal * (1 + 1e-9)
        assert ours_goal < goal * (1 + 5e-3)
        assert np.square(ours - exact).mean() < 1e-3 * weight**2


def test_closed_cases() -> None:
    assert TotalVariation(2.0, 0.0)(np.array([[1.0, 4.0, 2.0]])).tolist() == [[2.0, 8.0, 4.0]]
    # A step of height 4 between runs of four samples: each run moves by weight / 4 towards the other.
    step = np.repeat([[0.0, 4.0]], 4, axis=1)
    assert TotalVariation(1.0, 2.0)(step) == pytest.approx(np.repeat([[0.5, 3.5]], 4, axis=1), abs=1e-4)
    assert TotalVariation(1.0, 100.0)(step) == pytest.approx(np.full((1, 8), 2.0), abs=1e-2)
    for length in range(1, 9):
        constant = np.full((2, length), 7.0)
        assert TotalVariation(1.0, 1.0)(constant) == pytest.approx(constant)


def test_it_keeps_the_mean_and_follows_shifts_turns_and_scale() -> None:
    noisy = np.random.default_rng(0).standard_normal((5, 64))
    denoise = TotalVariation(1.0, 0.8)
    denoised = denoise(noisy)
    assert denoised.mean(axis=1) == pytest.approx(noisy.mean(axis=1))
    assert denoise(noisy + 3) == pytest.approx(denoised + 3)
    assert denoise(-noisy[:, ::-1]) == pytest.approx(-denoised[:, ::-1])
    assert TotalVariation(1.0, 8.0)(10 * noisy) == pytest.approx(10 * denoised)
    assert denoise(noisy[::-1]) == pytest.approx(denoised[::-1])
