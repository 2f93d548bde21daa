"""The Wiener filter of a moving window, against the theory of stationary signals."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.linalg import solve_toeplitz

from denoising.denoisers.denoiser import Known
from denoising.denoisers.fir_wiener import TAPS, FIRWiener
from denoising.measure.j_invariance import j_invariant_loss
from denoising.measure.metrics import mse
from denoising.measure.noise_level import noise_level
from denoising.signals.dataset import SignalSet
from tests.denoising.recordings.made_up import filtered

LENGTH = 512
POLE, STD = 0.9, 1.0


def drawn(n: int, seed: int, std: float = STD, length: int = LENGTH) -> SignalSet:
    """Windows of a first-order autoregressive process of unit variance, in white noise."""
    chance = np.random.default_rng(seed)
    clean = filtered([1, -POLE], chance.standard_normal(n * length)).reshape(n, length)
    noisy = clean + std * chance.standard_normal(clean.shape)
    return SignalSet(np.arange(n), {}, clean.astype(np.float32), noisy.astype(np.float32))


def known_of(std: float = STD, n: int = 100, length: int = LENGTH, **more: object) -> Known:
    return Known(None, None, drawn(n, 0, std, length), drawn(n, 1, std, length), added_std=std, **more)  # type: ignore[arg-type]


def wiener_error(std: float) -> float:
    """The mean of S N / (S + N) over all frequencies: what no linear filter of endless length beats."""
    frequency = np.linspace(-np.pi, np.pi, 100_000, endpoint=False)
    signal = (1 - POLE**2) / np.abs(1 - POLE * np.exp(-1j * frequency)) ** 2
    return float((signal * std**2 / (signal + std**2)).mean())


@pytest.mark.parametrize("std", [0.3, 1.0])
def test_its_error_is_that_of_the_best_linear_filter(std: float) -> None:
    fitted = FIRWiener.fit(known_of(std))
    test = drawn(600, 2, std)
    inside = slice(LENGTH // 4, -LENGTH // 4)
    error = mse(fitted(test.noisy)[:, inside], test.clean[:, inside])
    assert error == pytest.approx(wiener_error(std), rel=0.02)
    assert mse(fitted(test.noisy), test.clean) == pytest.approx(wiener_error(std), rel=0.06), "ends included"


@pytest.mark.parametrize(("std", "most_if_estimated"), [(0.3, 1.5), (1.0, 1.1)])
def test_without_clean_signals_it_is_nearly_as_good(std: float, most_if_estimated: float) -> None:
    """An estimate takes what the signal has of the highest frequencies for noise."""
    known = known_of(std)
    hidden = {name: replace(getattr(known, name), clean=np.full_like(known.train.clean, np.nan))
              for name in ("train", "validation")}  # fmt: skip
    test = drawn(200, 2, std)
    error = mse(FIRWiener.fit(known)(test.noisy), test.clean)
    estimated = noise_level(known.train.noisy).std
    for told, most in ((std, 1.03), (estimated, most_if_estimated)):
        blind = replace(known, **hidden, has_clean=False, added_std=told)
        assert mse(FIRWiener.fit(blind)(test.noisy), test.clean) < most * error


def test_its_weights_are_those_of_the_normal_equations_of_the_process() -> None:
    weights = FIRWiener.fit(known_of(n=300)).weights
    n = len(weights)
    covariance = POLE ** np.arange(n)
    noise = np.zeros(n)
    noise[0] = STD**2
    expected = solve_toeplitz(covariance + noise, POLE ** np.abs(np.arange(n) - n // 2))
    assert weights == pytest.approx(expected, abs=0.02)


def test_its_weights_are_a_least_squares_solution_over_all_windows() -> None:
    known = known_of(n=6, length=40)
    weights = FIRWiener.fit(known).weights
    n, rows, targets = len(weights), [], []
    for noisy, clean in zip(known.train.noisy.astype(float), known.train.clean, strict=True):
        mean, half = noisy.mean(), n // 2
        own = noisy - mean
        before = 2 * own[0] - own[half:0:-1]
        after = 2 * own[-1] - own[-2 : -2 - half : -1] if half else own[:0]
        longer = np.concatenate([before, own, after])
        rows += [longer[i : i + n] for i in range(40)]
        targets += (clean - mean).tolist()
    slow = np.linalg.lstsq(np.array(rows), np.array(targets), rcond=None)[0]
    assert weights == pytest.approx(slow, abs=1e-5)


def test_a_mean_and_a_factor_pass_through_it() -> None:
    fitted, noisy = FIRWiener.fit(known_of(n=50)), drawn(5, 3).noisy.astype(float)
    assert fitted(3 * noisy + 70) == pytest.approx(3 * fitted(noisy) + 70)
    assert fitted(np.full((1, LENGTH), 5.0)) == pytest.approx(np.full((1, LENGTH), 5.0))


def test_without_noise_nothing_is_lost() -> None:
    test = drawn(5, 3, 0.0)
    assert FIRWiener.fit(known_of(0.0, n=50))(test.noisy) == pytest.approx(test.clean, abs=1e-4)


@pytest.mark.parametrize("length", [8, 20, 100])
def test_a_short_window_has_as_many_weights_as_fit(length: int) -> None:
    known = known_of(n=20, length=length)
    fitted = FIRWiener.fit(known)
    assert len(fitted.weights) in [n for n in TAPS if n <= length]
    assert fitted(known.validation.noisy).shape == (20, length)


def test_the_best_is_the_lowest_on_what_is_known_and_the_first_of_equals() -> None:
    known = known_of(n=100)
    gains = [0.0, 0.25, 0.5, 0.75, 1.0]
    scaled = [lambda noisy, gain=gain: gain * noisy for gain in gains]
    chosen = known.best(scaled, known.validation)
    assert chosen is min(scaled, key=lambda one: mse(one(known.validation.noisy), known.validation.clean))
    assert chosen is scaled[2], "half of it, as the noise is as strong as the signal"
    nan = replace(known.validation, clean=np.full_like(known.validation.clean, np.nan))
    blind = replace(known, has_clean=False, mask_width=2)
    losses = [j_invariant_loss(one, nan.noisy, 2).mean() for one in scaled]
    assert blind.best(scaled, nan) is scaled[int(np.argmin(losses))]
    same = [lambda noisy: noisy, lambda noisy: 1 * noisy]
    assert known.best(same, known.validation) is same[0]
