"""The posterior against brute force, itself on a finer grid, its own promise and known bounds."""

from math import sqrt

import numpy as np
import pytest

from denoising.signals.dataset import SignalSet, generate
from denoising.signals.scaling import rescaled_noise_std
from denoising.signals.settings import DatasetSettings, FamilyName
from denoising.signals.sinusoids import FAMILIES, Array, Sinusoids
from denoising.theory import posterior as module
from denoising.theory.posterior import Posterior, posterior
from denoising.theory.prior import prior_of

FAMILY_NAMES: tuple[FamilyName, ...] = ("formula", "pictures")


def brute_force(
    family: Sinusoids, signal: Array, s: float, centre: Array, width: float
) -> tuple[Array, float]:
    """Posterior mean and variance of one signal by a plain sum over a uniform grid of both frequencies.

    The grid covers the prior, or as much of it as lies within `width` of a centre.
    """
    edges = [np.linspace(max(family.low, f - width), min(family.high, f + width), 401) for f in centre]
    axes = [(edge[:-1] + edge[1:]) / 2 for edge in edges]
    weight, first, second = 0.0, np.zeros_like(signal), np.zeros_like(signal)
    highest = -np.inf
    for f1 in axes[0]:
        pairs = np.column_stack([np.full(len(axes[1]), f1), axes[1]])
        clean = family.clean(pairs, len(signal))
        exponents = -np.square(signal - clean).sum(axis=1) / (2 * s**2)
        if exponents.max() > highest:
            scale = np.exp(highest - exponents.max())
            weight, first, second = weight * scale, first * scale, second * scale
            highest = exponents.max()
        weights = np.exp(exponents - highest)
        weight += weights.sum()
        first += weights @ clean
        second += weights @ np.square(clean)
    mean = first / weight
    return mean, float((second / weight - np.square(mean)).mean())


def rescaled(settings: DatasetSettings, alpha: float) -> tuple[SignalSet, Array, float]:
    """Test signals, the same divided by 1 - alpha, and the noise left in them."""
    test = generate(settings, alpha, "test")
    gain = 1 / (1 - alpha) if alpha < 1 else 0.0
    return test, gain * test.noisy.astype(float), rescaled_noise_std(alpha)


def of_test_signals(settings: DatasetSettings, alpha: float, spacing: float = module.SPACING) -> Posterior:
    _, signals, s = rescaled(settings, alpha)
    return posterior(FAMILIES[settings.signals], signals, s, spacing)


@pytest.mark.parametrize("name", FAMILY_NAMES)
@pytest.mark.parametrize("alpha", [0.02, 0.1, 0.3, 0.6, 0.75, 0.9])
def test_it_is_what_a_plain_sum_gives(name: FamilyName, alpha: float) -> None:
    settings = DatasetSettings(signals=name, signal_length=48, n_test=4)
    family = FAMILIES[name]
    test, signals, s = rescaled(settings, alpha)
    found = posterior(family, signals, s)
    # At a low level all mass lies within a few standard deviations of the truth; at a high one anywhere.
    width = 12 * s / sqrt(48 * family.end**2 / 6) if alpha < 0.5 else family.high
    for row in range(4):
        mean, variance = brute_force(family, signals[row], s, test.frequencies[row], width)
        assert found.mean[row] == pytest.approx(mean, abs=2e-3 * sqrt(variance) + 1e-6)
        assert found.variance[row] == pytest.approx(variance, rel=2e-3)


@pytest.mark.parametrize("name", FAMILY_NAMES)
@pytest.mark.parametrize("alpha", [0.05, 0.2, 0.37, 0.4, 0.6, 0.8, 0.95])
def test_a_finer_grid_changes_nothing(name: FamilyName, alpha: float) -> None:
    settings = DatasetSettings(signals=name, n_test=200)
    coarse, fine = (of_test_signals(settings, alpha, spacing) for spacing in (0.85, 0.4))
    assert coarse.variance.mean() == pytest.approx(fine.variance.mean(), rel=1e-5)
    assert np.square(coarse.mean - fine.mean).mean() < 1e-6 * fine.variance.mean()


@pytest.mark.parametrize("name", FAMILY_NAMES)
@pytest.mark.parametrize("alpha", [0.05, 0.1, 0.3, 0.5, 0.6, 0.7, 0.8, 0.95])
def test_its_variance_is_the_squared_error_that_its_mean_has(name: FamilyName, alpha: float) -> None:
    settings = DatasetSettings(signals=name, n_test=1000)
    test, *_ = rescaled(settings, alpha)
    found = of_test_signals(settings, alpha)
    errors = np.square(found.mean - test.clean).mean(axis=1)
    surprise = errors - found.variance
    assert abs(surprise.mean()) < 4 * surprise.std() / sqrt(1000)
    assert surprise.std() / sqrt(1000) < 0.06 * found.variance.mean(), "otherwise this shows little"


@pytest.mark.parametrize("name", FAMILY_NAMES)
@pytest.mark.parametrize("alpha", [0.05, 0.1, 0.2, 0.3, 0.4, 0.5])
def test_below_the_threshold_it_keeps_to_the_cramer_rao_bound(name: FamilyName, alpha: float) -> None:
    settings = DatasetSettings(signals=name, n_test=500)
    bound = 2 * rescaled_noise_std(alpha) ** 2 / settings.signal_length
    assert of_test_signals(settings, alpha).variance.mean() == pytest.approx(bound, rel=0.03)


@pytest.mark.parametrize("name", FAMILY_NAMES)
def test_both_ways_agree_where_they_meet(name: FamilyName, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = DatasetSettings(signals=name, n_test=100)
    alpha = 0.394  # length / s^2 is about 606: just a peak of its own
    peak = of_test_signals(settings, alpha)
    monkeypatch.setattr(module, "HIGHEST_SNR", 650.0)
    shared = of_test_signals(settings, alpha)
    assert (np.square(peak.mean - shared.mean).mean(axis=1) < 1e-3 * shared.variance).all()
    assert peak.variance.mean() == pytest.approx(shared.variance.mean(), rel=1e-3)
    assert not np.array_equal(peak.mean, shared.mean), "they are two ways"


def test_frequencies_at_the_ends_of_the_prior_and_nearly_alike_are_no_exception() -> None:
    family = FAMILIES["formula"]
    frequencies = np.array([[0.5, 2.5], [2.5, 0.5], [1.2, 0.6], [1.2, 0.601], [2.499, 1.25]])
    s = 0.05
    signals = family.clean(frequencies, 256) + s * np.random.default_rng(3).standard_normal((5, 256))
    found = posterior(family, signals, s)
    for row, truth in enumerate(frequencies):
        mean, variance = brute_force(family, signals[row], s, truth, 14 * s / sqrt(256 * family.end**2 / 6))
        assert found.mean[row] == pytest.approx(mean, abs=2e-3 * sqrt(variance))
        assert found.variance[row] == pytest.approx(variance, rel=2e-3)


@pytest.mark.parametrize("name", FAMILY_NAMES)
def test_without_noise_it_is_the_signal_and_without_signal_the_prior(name: FamilyName) -> None:
    settings = DatasetSettings(signals=name, n_test=3)
    test, signals, _ = rescaled(settings, 0)
    certain = of_test_signals(settings, 0)
    assert np.array_equal(certain.mean, signals)
    assert certain.mean == pytest.approx(test.clean)
    assert certain.variance.tolist() == [0, 0, 0]
    prior = prior_of(FAMILIES[name], settings.signal_length)
    ignorant = of_test_signals(settings, 1)
    assert ignorant.mean == pytest.approx(np.tile(prior.mean, (3, 1)), abs=1e-9)
    assert ignorant.variance == pytest.approx(prior.variance, rel=1e-9)


def test_signals_are_independent_of_their_neighbours() -> None:
    settings = DatasetSettings(n_test=250)
    _, signals, s = rescaled(settings, 0.2)
    together = posterior(FAMILIES["formula"], signals, s)
    alone = posterior(FAMILIES["formula"], signals[170:171], s)
    assert alone.mean[0] == pytest.approx(together.mean[170], abs=1e-6)


def test_signals_that_are_sampled_too_coarsely_are_refused() -> None:
    with pytest.raises(ValueError, match="signal_length 32: too short to sample the highest frequency"):
        posterior(FAMILIES["pictures"], np.zeros((1, 32)), 0.1)
