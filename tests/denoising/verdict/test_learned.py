"""The score and the directions of denoisers of which both are known."""

import numpy as np
import pytest
from scipy.special import logsumexp

from denoising.denoisers.linear_mmse import LinearMMSE
from denoising.signals.dataset import generate
from denoising.signals.settings import DatasetSettings, FamilyName
from denoising.signals.sinusoids import FAMILIES, Array, Sinusoids
from denoising.theory.posterior import posterior
from denoising.theory.prior import prior_of
from denoising.verdict.learned import (
    MOST_SCORED,
    MOST_SLOPES,
    Exact,
    alignment,
    directions,
    effective_rank,
    exact_of,
    score,
    score_error,
)
from denoising.verdict.probe import best_linear, jacobian_of_linear

LENGTH, ALPHA = 48, 0.4
S = ALPHA / (1 - ALPHA)


def exact(name: FamilyName = "formula", alpha: float = ALPHA, n: int = 300) -> Exact:
    """Test signals with their posterior means."""
    settings = DatasetSettings(signals=name, signal_length=LENGTH, n_signals=2, n_test=n)
    return exact_of(generate(settings, alpha, "test"), FAMILIES[name], alpha)


def log_evidence(family: Sinusoids, signals: Array, s: float) -> Array:
    """The log density of noisy signals but for a constant, by a plain sum over a grid of both frequencies."""
    f = np.linspace(family.low, family.high, 321)
    f = (f[1:] + f[:-1]) / 2
    clean = family.clean(np.stack(np.meshgrid(f, f), axis=-1).reshape(-1, 2), signals.shape[1])
    square = np.square(clean).sum(axis=1) + np.square(signals).sum(axis=1)[:, None] - 2 * signals @ clean.T
    found: Array = logsumexp(-square / (2 * s**2), axis=1)
    return found


@pytest.mark.parametrize("name", ["formula", "pictures"])
def test_the_score_of_the_posterior_mean_is_the_slope_of_the_log_evidence(name: FamilyName) -> None:
    family, s = FAMILIES[name], 1.5
    signals = exact(name, 0.6, n=3).rescaled
    found = score(posterior(family, signals, s).mean, signals, s)
    generator = np.random.default_rng(0)
    for _ in range(2):
        step = 1e-4 * generator.standard_normal(signals.shape)
        ahead, behind = (log_evidence(family, signals + side * step, s) for side in (1, -1))
        assert (found * 2 * step).sum(axis=1) == pytest.approx(ahead - behind, rel=1e-3, abs=1e-6)


def test_the_score_of_the_best_linear_filter_is_that_of_a_gaussian() -> None:
    prior = prior_of(FAMILIES["formula"], LENGTH)
    covariance = (prior.directions.T * prior.variances) @ prior.directions + S**2 * np.eye(LENGTH)
    filtered: LinearMMSE = best_linear(FAMILIES["formula"], ALPHA, LENGTH)
    known = exact(n=5)
    expected = -np.linalg.solve(covariance, (known.rescaled - prior.mean).T).T
    found = score(filtered(known.signals.noisy), known.rescaled, S)
    assert found == pytest.approx(expected, abs=1e-9)


def test_its_error_is_the_distance_from_the_posterior_mean() -> None:
    known = exact()
    denoised = known.mean + np.random.default_rng(0).standard_normal(known.mean.shape)
    errors = score(denoised, known.rescaled, S) - score(known.mean, known.rescaled, S)
    assert np.square(errors).sum() * S**4 == pytest.approx(np.square(denoised - known.mean).sum())
    row = score_error(denoised, known).iloc[0]
    changed = np.square(known.mean - known.rescaled).sum()
    assert row["share"] == pytest.approx(np.square(denoised - known.mean).sum() / changed)


def test_a_share_of_the_error_follows_from_mean_squared_errors() -> None:
    # What the posterior mean is off by is at right angles to all that is made of the noisy signal.
    known = exact()
    denoised = best_linear(known.family, ALPHA, LENGTH)(known.signals.noisy)
    linear, least = (np.square(found - known.signals.clean).mean() for found in (denoised, known.mean))
    share = score_error(denoised, known).iloc[0]["share"]
    assert share == pytest.approx((linear - least) / (S**2 - least), rel=0.1)


def test_the_scores_of_what_is_exact_and_of_what_does_nothing() -> None:
    known = exact()
    own = score_error(known.mean, known).iloc[0]
    assert own["n"] == MOST_SCORED
    assert own["share"] == 0
    assert own["cosine"] == pytest.approx(1)
    nothing = score_error(known.rescaled, known).iloc[0]
    assert nothing["share"] == pytest.approx(1)
    assert np.isnan(nothing["cosine"])
    backward = score_error(2 * known.rescaled - known.mean, known).iloc[0]
    assert backward["share"] == pytest.approx(4)
    assert backward["cosine"] == pytest.approx(-1)


def test_the_effective_rank_counts_equal_values() -> None:
    assert effective_rank(np.array([2.0, 2, 2, 0, 0])) == pytest.approx(3)
    assert effective_rank(np.array([1.0, 1e-6])) == pytest.approx(1, abs=1e-5)
    assert effective_rank(np.zeros(3)) == 0


def test_the_rank_of_a_filter_is_the_number_of_directions_that_it_keeps() -> None:
    known = exact()
    basis, _ = np.linalg.qr(np.random.default_rng(0).standard_normal((LENGTH, 7)))
    slopes = jacobian_of_linear(lambda signals: signals @ basis @ basis.T, LENGTH)
    table, values = directions(np.stack([slopes] * MOST_SLOPES), known)
    assert table["rank"].to_numpy() == pytest.approx(7)
    assert values["value"].to_numpy() == pytest.approx([1] * 7 + [0] * (len(values) - 7), abs=1e-6)
    assert values["order"].tolist() == list(range(1, len(values) + 1))
    # No direction that it keeps is of the one signal: two of so many are as near as two at random.
    assert table["alignment"].mean() < 0.3


def test_what_projects_on_the_tangents_is_aligned_with_them() -> None:
    known = exact()
    _, first, second = known.family.tangent(known.few.frequencies, LENGTH)
    tangents = np.stack([first, second], axis=-1)
    bases = [np.linalg.qr(tangent)[0] for tangent in tangents]
    table, _ = directions(np.stack([basis @ basis.T for basis in bases]), known)
    assert table["alignment"].to_numpy() == pytest.approx(1)
    assert table["rank"].to_numpy() == pytest.approx(2)
    assert table["signal_id"].tolist() == known.few.signal_id.tolist()
    assert table[["f1", "f2"]].to_numpy() == pytest.approx(known.few.frequencies)
    away = [np.eye(LENGTH) - basis @ basis.T for basis in bases]
    assert directions(np.stack(away), known)[0]["alignment"].to_numpy() == pytest.approx(0, abs=1e-9)


def test_of_two_spans_that_share_one_direction_half_is_aligned() -> None:
    columns = np.eye(5)
    assert alignment(columns[:, :2], columns[:, [1, 2]]) == pytest.approx(0.5)
    assert alignment(columns[:, :2], columns[:, :2] @ [[1, 3], [2, 5]]) == pytest.approx(1)


def test_what_passes_nothing_has_no_direction() -> None:
    table, values = directions(np.zeros((MOST_SLOPES, LENGTH, LENGTH)), exact())
    assert (table["rank"] == 0).all()
    assert table["alignment"].isna().all()
    assert (values["value"] == 0).all()
