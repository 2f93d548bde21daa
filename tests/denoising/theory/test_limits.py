"""The prior and the limits against closed forms, samples and what denoisers really achieve."""

from collections.abc import Callable
from math import pi, sqrt

import numpy as np
import pytest

from denoising.denoisers.denoiser import Known
from denoising.denoisers.gain import BestGain
from denoising.denoisers.linear_mmse import LinearMMSE
from denoising.measure.metrics import mse_per_signal
from denoising.signals.dataset import generate, keyed_generator, split_pool
from denoising.signals.settings import DatasetSettings, FamilyName
from denoising.signals.sinusoids import FAMILIES, Array
from denoising.theory.limits import Limits, limits
from denoising.theory.prior import prior_of

FAMILY_NAMES: tuple[FamilyName, ...] = ("formula", "pictures")


@pytest.mark.parametrize("name", FAMILY_NAMES)
def test_the_priors_moments_are_the_closed_forms(name: FamilyName) -> None:
    family, length = FAMILIES[name], 100
    prior = prior_of(family, length)
    x = family.positions(length)
    a, b, c = family.low, family.high, family.cosine_factor

    def mean_cosine(u: np.ndarray) -> np.ndarray:
        """E cos(f u) for f uniform on [a, b]."""
        middle, half = (a + b) / 2, (b - a) / 2
        return np.cos(middle * u) * np.sinc(half * u / pi)

    def mean_sine(u: np.ndarray) -> np.ndarray:
        middle, half = (a + b) / 2, (b - a) / 2
        return np.sin(middle * u) * np.sinc(half * u / pi)

    mean_a, mean_b = mean_sine(x), mean_cosine(c * x)
    assert prior.mean == pytest.approx(mean_a + mean_b, abs=1e-12)
    difference, total = x[:, None] - x, x[:, None] + x
    second_a = (mean_cosine(difference) - mean_cosine(total)) / 2
    second_b = (mean_cosine(c * difference) + mean_cosine(c * total)) / 2
    covariance = second_a - np.outer(mean_a, mean_a) + second_b - np.outer(mean_b, mean_b)
    ours = prior.directions.T * prior.variances @ prior.directions
    assert ours == pytest.approx(covariance, abs=1e-10)
    assert prior.variance == pytest.approx(np.trace(covariance) / length)
    assert prior.power == pytest.approx((second_a + second_b + 2 * np.outer(mean_a, mean_b)).trace() / length)


@pytest.mark.parametrize("name", FAMILY_NAMES)
def test_signals_that_are_drawn_have_the_priors_moments(name: FamilyName) -> None:
    family = FAMILIES[name]
    clean = family.clean(family.draw_frequencies(keyed_generator("moments"), 20_000), 64)
    prior = prior_of(family, 64)
    assert clean.mean(axis=0) == pytest.approx(prior.mean, abs=0.04)
    assert np.square(clean).mean() == pytest.approx(prior.power, rel=0.02)


@pytest.mark.parametrize("name", FAMILY_NAMES)
@pytest.mark.parametrize("alpha", [0.1, 0.4, 0.8])
def test_the_best_filter_and_the_best_gain_achieve_their_limits(name: FamilyName, alpha: float) -> None:
    settings = DatasetSettings(signals=name, n_signals=4000, n_test=2000)
    parts = split_pool(generate(settings, alpha, "pool"), settings)
    known = Known(alpha, FAMILIES[name], parts["train"], parts["validation"])
    test, limit = generate(settings, alpha, "test"), limits(settings, alpha)
    expected = {LinearMMSE: limit.linear_mmse, BestGain: limit.best_gain_mse}
    for denoiser, value in expected.items():
        errors = mse_per_signal(denoiser.fit(known)(test.noisy), test.clean)
        assert abs(errors.mean() - value) < 4 * errors.std() / sqrt(len(errors))
    noisy = mse_per_signal(test.noisy, test.clean)
    assert abs(noisy.mean() - limit.noisy_mse) < 4 * noisy.std() / sqrt(len(noisy))


def test_the_linear_limit_is_the_formula_on_the_whole_covariance() -> None:
    prior = prior_of(FAMILIES["formula"], 48)
    covariance = prior.directions.T * prior.variances @ prior.directions
    s = 0.3 / 0.7
    inverse = np.linalg.inv(covariance + s**2 * np.eye(48))
    error = np.trace(s**2 * covariance @ inverse) / 48
    assert limits(DatasetSettings(signal_length=48, n_test=5), 0.3).linear_mmse == pytest.approx(
        error, rel=1e-9
    )


@pytest.mark.parametrize("name", FAMILY_NAMES)
def test_the_limits_are_in_order_and_meet_at_the_ends(name: FamilyName) -> None:
    settings = DatasetSettings(signals=name, n_test=200)
    found = [limits(settings, alpha) for alpha in (0, 0.05, 0.3, 0.6, 0.9, 1)]
    for limit in found:
        assert limit.mmse is not None
        room = 1 + 1e-9
        assert limit.mmse <= room * limit.linear_mmse
        assert limit.linear_mmse <= room * min(limit.best_gain_mse, limit.prior_variance)
        assert limit.best_gain_mse <= room * (
            limit.rescaled_mse if limit.rescaled_mse is not None else np.inf
        )
    errors = [limit.mmse for limit in found]
    assert errors == sorted(errors)
    clean, pure_noise = found[0], found[-1]
    assert (clean.noisy_mse, clean.linear_mmse, clean.mmse, clean.crb, clean.crb_free) == (0, 0, 0, 0, 0)
    assert pure_noise.mmse == pytest.approx(pure_noise.prior_variance)
    assert pure_noise.linear_mmse == pytest.approx(pure_noise.prior_variance)
    assert (pure_noise.rescaled_mse, pure_noise.crb, pure_noise.crb_free) == (None, None, None)


def test_by_hand_at_one_level() -> None:
    limit = limits(DatasetSettings(n_test=50), 0.2)
    power = prior_of(FAMILIES["formula"], 256).power
    assert limit.noisy_mse == pytest.approx(0.04 * (1 + power))
    assert limit.rescaled_mse == pytest.approx(0.0625)
    assert limit.best_gain_mse == pytest.approx(power * 0.0625 / (power + 0.0625))
    assert limit.crb == pytest.approx(2 * 0.0625 / 256)


def numeric_bound(signal: Callable[[Array], Array], unknowns: Array, s: float) -> float:
    """The Cramer-Rao bound of a signal's mean squared error, from derivatives by finite differences."""
    steps = 1e-5 * np.eye(len(unknowns))
    slopes = [(signal(unknowns + step) - signal(unknowns - step)) / 2e-5 for step in steps]
    J = np.column_stack(slopes)
    covariance = s**2 * J @ np.linalg.inv(J.T @ J) @ J.T
    return float(covariance.trace() / len(J))


@pytest.mark.parametrize("name", FAMILY_NAMES)
def test_the_cramer_rao_bounds_are_those_of_the_signals_derivatives(name: FamilyName) -> None:
    family, s, length = FAMILIES[name], 0.25, 80
    x = family.positions(length)

    def free(unknowns: Array) -> Array:
        a, f, p, b, g, q = unknowns
        signal: Array = a * np.sin(f * x + p) + b * np.cos(g * x + q)
        return signal

    found = limits(DatasetSettings(signals=name, n_test=2, signal_length=length), 0.2)
    for f1, f2 in family.draw_frequencies(np.random.default_rng(3), 20):
        f, g = f1, family.cosine_factor * f2
        assert numeric_bound(free, np.array([1, f, 0, 1, g, 0.0]), s) == pytest.approx(
            found.crb_free, rel=1e-4
        )
        known = numeric_bound(lambda f: family.clean(f[None], length)[0], np.array([f1, f2]), s)
        assert known == pytest.approx(found.crb, rel=1e-4)
    assert found.crb_free is not None
    assert found.crb is not None
    assert 10 * np.log10(found.crb_free / found.crb) == pytest.approx(4.77, abs=0.01)


def test_a_bound_needs_as_many_samples_as_unknowns() -> None:
    few = limits(DatasetSettings(n_test=2, signal_length=5), 0.2)
    assert few.crb == pytest.approx(2 * 0.0625 / 5)
    assert few.crb_free is None


def precise(name: FamilyName, alpha: float) -> Limits:
    return limits(DatasetSettings(signals=name, data_seed=1), alpha)


@pytest.mark.parametrize("name", FAMILY_NAMES)
@pytest.mark.parametrize("alpha", [0.1, 0.7, 0.8])
def test_the_floor_is_known_to_a_percent_and_its_error_is_honest(name: FamilyName, alpha: float) -> None:
    here, elsewhere = limits(DatasetSettings(signals=name), alpha), precise(name, alpha)
    assert here.mmse is not None
    assert here.mmse_standard_error is not None
    assert elsewhere.mmse is not None
    assert elsewhere.mmse_standard_error is not None
    assert here.mmse_standard_error <= 0.01 * here.mmse
    apart = sqrt(here.mmse_standard_error**2 + elsewhere.mmse_standard_error**2)
    assert abs(here.mmse - elsewhere.mmse) < 4 * apart
    assert here.n_inputs % 1000 == 0


def test_a_floor_that_cannot_be_told_is_null() -> None:
    limit = limits(DatasetSettings(signals="pictures", signal_length=32, n_test=5), 0.2)
    assert (limit.mmse, limit.mmse_standard_error, limit.n_inputs) == (None, None, 0)
    assert limit.linear_mmse > 0
