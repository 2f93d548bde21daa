"""The Wiener filter of whole windows, against its closed form and the filter of independent noise."""

import numpy as np
import pytest
from scipy.linalg import toeplitz

from denoising.denoisers.denoiser import Known, UndefinedError
from denoising.denoisers.fitted_linear import FittedLinear
from denoising.denoisers.window_wiener import WindowWiener, autocovariance
from denoising.measure.metrics import mse
from denoising.signals.dataset import SignalSet
from tests.denoising.recordings.made_up import filtered

LENGTH = 32


def drawn(n: int, seed: int, std: float, pole: float = 0.0) -> SignalSet:
    """Windows that are no stationary signal, in noise with this correlation of neighbours."""
    chance = np.random.default_rng(seed)
    clean = 3 + np.sin(np.arange(LENGTH) / 5) * chance.standard_normal((n, 1))
    clean = clean + 0.5 * np.hanning(LENGTH) * filtered(
        [1, -0.9], chance.standard_normal(n * LENGTH)
    ).reshape(n, LENGTH)
    noise = std * filtered([1, -pole], chance.standard_normal(n * LENGTH)).reshape(n, LENGTH)
    return SignalSet(np.arange(n), {}, clean.astype(np.float32), (clean + noise).astype(np.float32))


def known_of(std: float, pole: float = 0.0, n: int = 3000, **more: object) -> Known:
    return Known(None, None, drawn(n, 0, std, pole), drawn(50, 1, std, pole), added_std=std, **more)  # type: ignore[arg-type]


def test_in_white_noise_it_is_the_filter_that_is_told_so() -> None:
    known, test = known_of(0.5), drawn(500, 2, 0.5)
    told, found = (kind.fit(known)(test.noisy) for kind in (FittedLinear, WindowWiener))
    assert mse(found, test.clean) == pytest.approx(mse(told, test.clean), rel=0.02)


@pytest.mark.parametrize("pole", [0.9, -0.8])
def test_in_coloured_noise_its_error_is_the_lowest_of_linear_filters(pole: float) -> None:
    """Of the trace of K - K (K + N)^-1 K, over the length."""
    std, test = 0.5, drawn(4000, 2, 0.5, pole)
    K = np.cov(test.clean.astype(float), rowvar=False)
    N = std**2 * toeplitz(pole ** np.arange(LENGTH))
    limit = np.trace(K - K @ np.linalg.solve(K + N, K)) / LENGTH
    error = mse(WindowWiener.fit(known_of(std, pole))(test.noisy), test.clean)
    assert limit * 0.97 < error < 1.05 * limit
    assert error < 0.95 * mse(FittedLinear.fit(known_of(std, pole))(test.noisy), test.clean)


def test_the_covariance_of_noise_is_the_mean_product_at_each_distance() -> None:
    noise = np.random.default_rng(0).standard_normal((7, 12))
    slow = [(noise[:, lag:] * noise[:, : 12 - lag]).sum() / noise.size for lag in range(12)]
    assert autocovariance(noise) == pytest.approx(np.array(slow))


def test_few_windows_are_enough_to_have_a_filter_and_without_clean_ones_there_is_none() -> None:
    fitted = WindowWiener.fit(known_of(0.5, n=1 + LENGTH // 8))
    assert np.isfinite(fitted(drawn(5, 3, 0.5).noisy)).all()
    with pytest.raises(UndefinedError, match="clean signals are not known"):
        WindowWiener.fit(known_of(0.5, n=10, has_clean=False))
