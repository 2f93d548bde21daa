"""The posterior covariance against the posterior mean's own differences, and what must hold of it."""

import numpy as np
import pytest

from denoising.signals.dataset import generate
from denoising.signals.scaling import rescale, rescaled_noise_std, rescaling_gain
from denoising.signals.settings import DatasetSettings, FamilyName
from denoising.signals.sinusoids import FAMILIES, Array
from denoising.theory.covariance import covariance, posterior_slopes, where_likely
from denoising.theory.posterior import posterior

LENGTH, N = 96, 4
PLACES = [(family, alpha) for family in ("formula", "pictures") for alpha in (0.05, 0.2, 0.5, 0.8)]


def noisy(name: FamilyName, alpha: float) -> tuple[Array, Array, float]:
    """Rescaled noisy signals, the frequencies of the clean ones, and the deviation of the noise."""
    settings = DatasetSettings(signals=name, signal_length=LENGTH, n_signals=2, n_test=N)
    test = generate(settings, alpha, "test")
    return rescale(test.noisy, rescaling_gain(alpha)), test.frequencies, rescaled_noise_std(alpha)


@pytest.mark.parametrize(("name", "alpha"), PLACES)
def test_the_slopes_are_the_differences_of_the_posterior_mean(name: FamilyName, alpha: float) -> None:
    family = FAMILIES[name]
    rescaled, frequencies, s = noisy(name, alpha)
    slopes = posterior_slopes(family, rescaled, s)
    _, tangent, _ = family.tangent(frequencies, LENGTH)
    anywhere = np.random.default_rng(0).standard_normal(rescaled.shape)
    for direction in (tangent, anywhere):
        step = 1e-4 * s * direction / np.linalg.norm(direction, axis=1, keepdims=True)
        ahead, behind = (posterior(family, rescaled + side * step, s).mean for side in (1, -1))
        found = np.einsum("nij,nj->ni", slopes, 2 * step)
        assert found == pytest.approx(ahead - behind, abs=0.01 * np.abs(ahead - behind).max())


@pytest.mark.parametrize(("name", "alpha"), PLACES)
def test_they_are_a_covariance(name: FamilyName, alpha: float) -> None:
    rescaled, _, s = noisy(name, alpha)
    slopes = posterior_slopes(FAMILIES[name], rescaled, s)
    assert slopes == pytest.approx(slopes.transpose(0, 2, 1))
    assert np.linalg.eigvalsh(slopes).min() > -1e-12
    variance = s**2 * np.trace(slopes, axis1=1, axis2=2) / LENGTH
    assert variance == pytest.approx(posterior(FAMILIES[name], rescaled, s).variance, rel=0.02)


@pytest.mark.parametrize("name", ["formula", "pictures"])
def test_nothing_lies_outside_of_where_it_is_looked_for(name: FamilyName) -> None:
    family = FAMILIES[name]
    rescaled, _, s = noisy(name, 0.2)
    everywhere = ((family.low, family.high), (family.low, family.high))
    for signal, bounds in zip(rescaled, where_likely(family, rescaled, s), strict=True):
        assert bounds != everywhere
        of_all = covariance(family, signal, s, everywhere)
        assert covariance(family, signal, s, bounds) == pytest.approx(of_all, abs=1e-9 * np.abs(of_all).max())


@pytest.mark.parametrize("name", ["formula", "pictures"])
def test_with_little_noise_they_project_on_the_tangents(name: FamilyName) -> None:
    rescaled, frequencies, s = noisy(name, 0.01)
    slopes = posterior_slopes(FAMILIES[name], rescaled, s)
    _, *tangents = FAMILIES[name].tangent(frequencies, LENGTH)
    for signal, (first, second) in zip(slopes, zip(*tangents, strict=True), strict=True):
        basis, _ = np.linalg.qr(np.column_stack([first, second]))
        assert signal == pytest.approx(basis @ basis.T, abs=0.02)


def test_alone_the_noise_leaves_the_prior() -> None:
    family = FAMILIES["formula"]
    drawn = family.clean(family.draw_frequencies(np.random.default_rng(0), 40_000), LENGTH)
    [slopes] = posterior_slopes(family, drawn[:1], 1e3)
    assert 1e6 * slopes == pytest.approx(np.cov(drawn.T), abs=0.03)
