"""Hankel matrices by Fourier transforms against matrices that are written out."""

import numpy as np
import pytest
from scipy.linalg import hankel

from denoising.denoisers.hankel import leading_space, signals_of
from denoising.denoisers.singular_spectrum import SingularSpectrum
from denoising.signals.dataset import generate
from denoising.signals.settings import DatasetSettings, FamilyName
from denoising.signals.sinusoids import FAMILIES, Array


def written_out(signal: Array) -> Array:
    """A signal's Hankel matrix."""
    rows = len(signal) // 2 + 1
    matrix: Array = hankel(signal[:rows], signal[rows - 1 :])
    return matrix


def slow_rank_four(signal: Array) -> Array:
    """The mean of every anti-diagonal of the nearest matrix of rank 4, in plain loops."""
    u, values, v = np.linalg.svd(written_out(signal))
    low = (u[:, :4] * values[:4]) @ v[:4]
    sums, counts = np.zeros(len(signal)), np.zeros(len(signal))
    for i in range(low.shape[0]):
        for j in range(low.shape[1]):
            sums[i + j] += low[i, j]
            counts[i + j] += 1
    return sums / counts


@pytest.mark.parametrize("length", [8, 9, 50, 51])
def test_the_space_and_its_products_are_those_of_the_matrix(length: int) -> None:
    signals = np.random.default_rng(0).standard_normal((3, length))
    left, right = leading_space(signals, 4)
    for signal, u, product in zip(signals, left, right, strict=True):
        assert u @ u.T == pytest.approx(np.eye(4), abs=1e-12)
        assert product == pytest.approx(u @ written_out(signal), abs=1e-10)


@pytest.mark.parametrize("name", ["formula", "pictures"])
def test_little_noise_leaves_the_decomposition_of_the_matrix(name: FamilyName) -> None:
    family = FAMILIES[name]
    noise = np.random.default_rng(1).standard_normal((4, 128))
    apart = np.array([[0.1, 0.8], [0.9, 0.2], [0.3, 0.9], [0.7, 0.1]])
    clean = family.clean(family.low + apart * (family.high - family.low), 128)
    noisy = clean + 0.05 * noise
    expected = [slow_rank_four(signal) for signal in noisy]
    assert SingularSpectrum(1.0)(noisy) == pytest.approx(np.array(expected), abs=1e-5)


@pytest.mark.parametrize("alpha", [0.1, 0.4])
def test_with_much_noise_the_few_power_steps_cost_nothing(alpha: float) -> None:
    test = generate(DatasetSettings(n_test=60), alpha, "test")
    rescaled = test.noisy.astype(float) / (1 - alpha)
    ours = np.square(SingularSpectrum(1.0)(rescaled) - test.clean).mean()
    exact = np.square([slow_rank_four(signal) for signal in rescaled] - test.clean).mean()
    assert ours < 1.05 * exact


def test_a_sum_of_two_sinusoids_is_left_as_it_is() -> None:
    x = np.arange(90)
    signals = np.array([3 * np.sin(0.3 * x + 1) - np.cos(0.31 * x), 0.1 * np.cos(2 * x) + np.sin(0.01 * x)])
    assert SingularSpectrum(1.0)(signals) == pytest.approx(signals, abs=1e-8)
    assert signals_of(*leading_space(signals, 4)) == pytest.approx(signals, abs=1e-8)


def test_a_signal_that_is_not_finite_spoils_no_other() -> None:
    signals = np.random.default_rng(2).standard_normal((3, 40))
    spoilt = signals.copy()
    spoilt[1, 7] = np.nan
    denoised = SingularSpectrum(1.0)(spoilt)
    assert np.isnan(denoised[1]).all()
    assert denoised[[0, 2]] == pytest.approx(SingularSpectrum(1.0)(signals)[[0, 2]])
