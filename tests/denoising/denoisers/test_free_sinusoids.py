"""The fit of two free sinusoids against MINPACK, its bound, and signals that are hard for it."""

from math import pi, sqrt

import numpy as np
import pytest
from scipy.optimize import least_squares

from denoising.denoisers.denoiser import Known, UndefinedError
from denoising.denoisers.free_sinusoids import (
    SEARCH_STEPS,
    FreeSinusoids,
    around_peak,
    descend,
    esprit,
    sums,
    with_amplitudes,
)
from denoising.denoisers.singular_spectrum import SingularSpectrum
from denoising.measure.metrics import mse_per_signal
from denoising.signals.dataset import generate, split_pool
from denoising.signals.settings import DatasetSettings, FamilyName
from denoising.signals.sinusoids import FAMILIES, Array
from denoising.theory.limits import limits

FREE = FreeSinusoids(1.0)


def plain_sum(parameters: Array, length: int) -> Array:
    """What `sums` returns for one signal, written as a formula."""
    first, second, a, b, c, d = parameters
    t = np.arange(length) - (length - 1) / 2
    signal: Array = (
        a * np.cos(first * t) + b * np.cos(second * t) + c * np.sin(first * t) + d * np.sin(second * t)
    )
    return signal


def test_parameters_stand_for_what_they_say() -> None:
    parameters = np.array([[0.2, 1.1, 1.0, -0.5, 0.3, 2.0], [0.0, pi, 0.0, 0.0, 1.0, 1.0]])
    expected = np.array([plain_sum(one, 33) for one in parameters])
    assert sums(parameters, 33) == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize("length", [8, 9, 100, 256])
def test_two_sinusoids_of_any_kind_are_found_again(length: int) -> None:
    x = np.arange(length)
    cycle = 2 * pi / length
    signals = np.array(
        [
            5 * np.sin(2.3 * cycle * x + 0.4) + 0.2 * np.cos(3.4 * cycle * x),
            np.cos(1.4 * cycle * x) + np.cos(2.6 * cycle * x + 2),
            np.sin(2.2 * cycle * x),
        ]
    )
    assert FREE(signals) == pytest.approx(signals, abs=0.02)


def test_frequencies_closer_than_the_resolution_are_told_apart() -> None:
    family = FAMILIES["formula"]
    frequencies = np.array([[1.38, 0.718], [1.093, 0.557], [1.5, 0.75]])  # the last two are one frequency
    clean = family.clean(frequencies, 256)
    noisy = clean + 0.01 * np.random.default_rng(0).standard_normal(clean.shape)
    assert mse_per_signal(FREE(noisy), clean) == pytest.approx(np.zeros(3), abs=30 * 1e-4 / 256)


@pytest.mark.parametrize("name", ["formula", "pictures"])
@pytest.mark.parametrize("alpha", [0.05, 0.2])
def test_it_comes_near_its_cramer_rao_bound(name: FamilyName, alpha: float) -> None:
    settings = DatasetSettings(signals=name, n_test=500)
    test = generate(settings, alpha, "test")
    errors = mse_per_signal(FreeSinusoids(1 / (1 - alpha))(test.noisy), test.clean)
    bound = limits(settings.model_copy(update={"n_test": 2}), alpha).crb_free
    assert bound is not None
    assert -4 * errors.std() / sqrt(500) < errors.mean() - bound < 0.1 * bound


@pytest.mark.parametrize("name", ["formula", "pictures"])
@pytest.mark.parametrize("alpha", [0.1, 0.4])
def test_minpack_seldom_ends_nearer_even_from_the_truth(name: FamilyName, alpha: float) -> None:
    test, family, length = (
        generate(DatasetSettings(signals=name, n_test=50), alpha, "test"),
        FAMILIES[name],
        256,
    )
    rescaled = test.noisy.astype(float) / (1 - alpha)
    ours = np.square(FREE(rescaled) - rescaled).sum(axis=1)
    truth = with_amplitudes(rescaled, test.frequencies * [1, family.cosine_factor] * family.end / length)
    theirs = []
    for signal, start in zip(rescaled, truth, strict=True):

        def difference(parameters: Array, signal: Array = signal) -> Array:
            return plain_sum(parameters, length) - signal

        theirs.append(2 * least_squares(difference, start, method="lm").cost)
    assert np.mean(ours > 1.001 * np.array(theirs)) <= 0.08
    assert np.median(np.abs(ours / theirs - 1)) < 1e-4


@pytest.mark.parametrize("alpha", [0.1, 0.6, 0.95])
def test_a_search_never_ends_farther_than_it_starts(alpha: float) -> None:
    test = generate(DatasetSettings(n_test=60), alpha, "test")
    rescaled = test.noisy.astype(float) / (1 - alpha)
    final = np.square(FREE(rescaled) - rescaled).sum(axis=1)
    for start in (with_amplitudes(rescaled, frequencies(rescaled)) for frequencies in (esprit, around_peak)):
        before = np.square(sums(start, 256) - rescaled).sum(axis=1)
        ends, errors = descend(rescaled, start, SEARCH_STEPS)
        assert (errors <= before * (1 + 1e-12)).all()  # which are sums of the same numbers in another order
        assert np.square(sums(ends, 256) - rescaled).sum(axis=1) == pytest.approx(errors)
        assert (final <= errors * (1 + 1e-9)).all()


def test_it_follows_scale_sign_and_order() -> None:
    noisy = generate(DatasetSettings(n_test=20), 0.3, "test").noisy.astype(float)
    denoised = FREE(noisy)
    assert FREE(-1e6 * noisy) == pytest.approx(-1e6 * denoised, rel=1e-3, abs=1e3)
    assert FREE(1e-6 * noisy) == pytest.approx(1e-6 * denoised, rel=1e-3, abs=1e-9)
    assert FREE(noisy[::-1]) == pytest.approx(denoised[::-1], abs=1e-9)


@pytest.mark.parametrize("length", [8, 11, 64])
def test_any_finite_signal_has_a_finite_fit(length: int) -> None:
    one_sample = np.zeros(length)
    one_sample[-1] = 1
    x = np.arange(length)
    noise = np.random.default_rng(0).standard_normal(length)
    steady = [np.zeros(length), np.full(length, 3.0), one_sample, one_sample[::-1], (-1.0) ** x]
    signals = np.stack([*steady, x.astype(float), np.exp(x / 4), noise, 1e150 * np.sin(x), 1e-150 * noise])
    denoised = FREE(signals)
    assert np.isfinite(denoised).all()
    energy = np.square(signals / np.abs(signals).max(axis=1, initial=1e-200, keepdims=True))
    left = np.square((denoised - signals) / np.abs(signals).max(axis=1, initial=1e-200, keepdims=True))
    assert (left.sum(axis=1) <= energy.sum(axis=1) * (1 + 1e-6)).all(), "never farther than silence"
    assert denoised[1] == pytest.approx(signals[1], abs=1e-3)


def test_a_signal_that_is_not_finite_spoils_no_other() -> None:
    signals = generate(DatasetSettings(n_test=3), 0.3, "test").noisy.astype(float)
    spoilt = signals.copy()
    spoilt[1, 7] = np.nan
    denoised = FREE(spoilt)
    assert np.isnan(denoised[1]).all()
    assert denoised[[0, 2]] == pytest.approx(FREE(signals)[[0, 2]])


@pytest.mark.parametrize("denoiser", [FreeSinusoids, SingularSpectrum])
def test_too_few_samples_for_two_sinusoids(denoiser: type[FreeSinusoids]) -> None:
    for length in range(2, 10):
        settings = DatasetSettings(n_signals=6, n_test=4, signal_length=length)
        parts = split_pool(generate(settings, 0.2, "pool"), settings)
        known = Known(0.2, FAMILIES["formula"], parts["train"], parts["validation"])
        if length < 8:
            with pytest.raises(UndefinedError, match=f"signal_length {length} is too short"):
                denoiser.fit(known)
        else:
            assert np.isfinite(denoiser.fit(known)(generate(settings, 0.2, "test").noisy)).all()
