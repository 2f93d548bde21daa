"""What is made from the training signals themselves, against plain loops and closed forms."""

from dataclasses import replace
from math import exp

import numpy as np
import pytest

from denoising.denoisers.denoiser import Known
from denoising.denoisers.empirical_bayes import EmpiricalBayes
from denoising.denoisers.fitted_linear import FittedLinear
from denoising.denoisers.gain import BestGain
from denoising.denoisers.linear_mmse import LinearMMSE
from denoising.denoisers.noisy_linear import NoisyLinear
from denoising.denoisers.noisy_pca import NoisyPCA
from denoising.measure.metrics import mse, mse_per_signal
from denoising.signals.dataset import SignalSet, generate, split_pool
from denoising.signals.settings import DatasetSettings, FamilyName
from denoising.signals.sinusoids import FAMILIES


def known_at(alpha: float, settings: DatasetSettings) -> Known:
    parts = split_pool(generate(settings, alpha, "pool"), settings)
    return Known(alpha, FAMILIES[settings.signals], parts["train"], parts["validation"])


@pytest.mark.parametrize("alpha", [0.3, 0.8])
def test_the_empirical_posterior_mean_is_the_weighted_mean_of_the_examples(alpha: float) -> None:
    settings = DatasetSettings(n_signals=40, n_test=5, signal_length=16)
    known, test = known_at(alpha, settings), generate(settings, alpha, "test")
    s = alpha / (1 - alpha)
    for noisy, denoised in zip(test.noisy, EmpiricalBayes.fit(known)(test.noisy), strict=True):
        total, weights = np.zeros(16), 0.0
        for clean in known.train.clean.astype(float):
            likelihood = exp(-sum((noisy / (1 - alpha) - clean) ** 2) / (2 * s**2))
            total += likelihood * clean
            weights += likelihood
        assert denoised == pytest.approx(total / weights, abs=1e-6)


def test_at_the_ends_it_is_the_nearest_example_and_the_mean_of_all() -> None:
    settings = DatasetSettings(n_signals=40, n_test=30, signal_length=32)
    test = generate(settings, 0, "test")
    for alpha in (0, 1e-3):
        known = known_at(alpha, settings)
        clean = known.train.clean.astype(float)
        nearest = np.square(test.clean[:, None].astype(float) - clean).sum(axis=2).argmin(axis=1)
        assert EmpiricalBayes.fit(known)((1 - alpha) * test.clean) == pytest.approx(clean[nearest], abs=1e-6)
    known = known_at(1, settings)
    everywhere = np.tile(known.train.clean.mean(axis=0), (30, 1))
    assert EmpiricalBayes.fit(known)(test.noisy) == pytest.approx(everywhere, abs=1e-6)


def test_none_does_better_on_the_examples_themselves() -> None:
    known = known_at(0.5, DatasetSettings(n_signals=200))
    noise = np.random.default_rng(0).standard_normal(known.train.clean.shape)
    noisy = 0.5 * known.train.clean + 0.5 * noise
    ours, other = (kind.fit(known)(noisy) for kind in (EmpiricalBayes, NoisyPCA))
    assert mse(ours, known.train.clean) < 1e-2 * mse(other, known.train.clean)


def test_no_clean_signal_is_seen_and_the_projection_is_one() -> None:
    settings = DatasetSettings(signals="pictures", n_signals=300, n_test=20, signal_length=64)
    known, test = known_at(0.3, settings), generate(settings, 0.3, "test")
    fitted = NoisyPCA.fit(known)
    blind = replace(known, train=replace(known.train, clean=np.full_like(known.train.clean, np.nan)))
    assert np.array_equal(NoisyPCA.fit(blind)(test.noisy), fitted(test.noisy))
    assert fitted.components @ fitted.components.T == pytest.approx(np.eye(len(fitted.components)))
    once = fitted(test.noisy)
    assert replace(fitted, gain=1.0)(once) == pytest.approx(once)


@pytest.mark.parametrize(("n", "length"), [(500, 50), (1400, 256), (100, 200)])
def test_of_noise_alone_hardly_a_component_is_kept(n: int, length: int) -> None:
    generator = np.random.default_rng(n)
    empty = np.zeros((n, length), np.float32)
    counts = []
    for _ in range(5):
        noisy = (0.5 * generator.standard_normal((n, length))).astype(np.float32)
        train = SignalSet(np.arange(n), {}, empty, noisy)
        counts.append(len(NoisyPCA.fit(Known(0.5, FAMILIES["formula"], train, train)).components))
    assert max(counts) <= 2
    assert np.mean(counts) <= 1


def test_components_that_stand_out_of_the_noise_are_kept() -> None:
    """A clean variance of more than s^2 sqrt(length / n) stands out (Baik & Silverstein 2006)."""
    n, length, s = 1000, 100, 1.0
    generator = np.random.default_rng(0)
    strengths = np.sqrt([4.0, 2.0, 1.0, 0.5, 0.1, 0.05])  # the threshold is 0.32
    directions = np.linalg.qr(generator.standard_normal((length, 6)))[0].T
    clean = (generator.standard_normal((n, 6)) * strengths @ directions).astype(np.float32)
    noisy = (0.5 * clean + 0.5 * s * generator.standard_normal(clean.shape)).astype(np.float32)
    train = SignalSet(np.arange(n), {}, clean, noisy)
    fitted = NoisyPCA.fit(Known(0.5, FAMILIES["formula"], train, train))
    assert len(fitted.components) == 4


@pytest.mark.parametrize(("alpha", "gain_db"), [(0.2, 8.3), (0.5, 5.9)])
def test_without_any_clean_signal_it_gains_much_over_the_best_gain(alpha: float, gain_db: float) -> None:
    settings = DatasetSettings(signals="pictures", n_signals=3000, n_test=500)
    known, test = known_at(alpha, settings), generate(settings, alpha, "test")
    ours, other = (mse(kind.fit(known)(test.noisy), test.clean) for kind in (NoisyPCA, BestGain))
    assert 10 * np.log10(other / ours) > gain_db


@pytest.mark.parametrize("alpha", [0.05, 0.3, 1])
def test_the_fitted_filter_solves_the_normal_equations_of_the_examples(alpha: float) -> None:
    settings = DatasetSettings(n_signals=300, n_test=20, signal_length=64)
    known, test = known_at(alpha, settings), generate(settings, alpha, "test")
    clean = known.train.clean.astype(float)
    mean, covariance = clean.mean(axis=0), np.cov(clean.T)
    noise = alpha**2 * np.eye(64)
    weights = np.linalg.pinv((1 - alpha) ** 2 * covariance + noise) @ ((1 - alpha) * covariance)
    expected = mean + (test.noisy - (1 - alpha) * mean) @ weights
    assert FittedLinear.fit(known)(test.noisy) == pytest.approx(expected, abs=1e-4)


def test_the_fitted_filter_comes_near_the_best_one_and_not_below_it() -> None:
    settings = DatasetSettings(signals="pictures", n_signals=30_000, n_test=2_000, signal_length=64)
    known, test = known_at(0.3, settings), generate(settings, 0.3, "test")
    fitted, exact = (mse(kind.fit(known)(test.noisy), test.clean) for kind in (FittedLinear, LinearMMSE))
    assert 0.999 < fitted / exact < 1.02


def test_the_filter_of_noisy_signals_sees_no_clean_one_and_shrinks_what_the_projection_keeps() -> None:
    settings = DatasetSettings(signals="pictures", n_signals=2_000, n_test=500, signal_length=64)
    known, test = known_at(0.4, settings), generate(settings, 0.4, "test")
    blind = replace(known, train=replace(known.train, clean=np.full_like(known.train.clean, np.nan)))
    fitted, projection = NoisyLinear.fit(blind), NoisyPCA.fit(blind)
    assert np.count_nonzero(fitted.factors) == len(projection.components)
    assert (fitted.factors < 1).all()
    errors = [mse(denoiser(test.noisy), test.clean) for denoiser in (fitted, projection)]
    assert mse(FittedLinear.fit(known)(test.noisy), test.clean) < errors[0] < errors[1]


@pytest.mark.parametrize("name", ["formula", "pictures"])
def test_one_training_signal_is_enough_to_run(name: FamilyName) -> None:
    settings = DatasetSettings(signals=name, n_signals=2, n_test=3, signal_length=20)
    known, test = known_at(0.2, settings), generate(settings, 0.2, "test")
    for kind in (EmpiricalBayes, NoisyPCA, NoisyLinear, FittedLinear):
        assert np.isfinite(mse_per_signal(kind.fit(known)(test.noisy), test.clean)).all()
    assert EmpiricalBayes.fit(known)(test.noisy) == pytest.approx(np.tile(known.train.clean, (3, 1)))
