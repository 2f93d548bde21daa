"""The loss that needs no clean signal, against the error that does."""

from dataclasses import replace
from functools import partial
from itertools import permutations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.ndimage import uniform_filter1d

from denoising.measure.evaluation import evaluate, evaluate_blindly
from denoising.measure.j_invariance import MOST_PASSES, bridged, j_invariant_loss, masks
from denoising.signals.dataset import SignalSet

N, LENGTH, STD = 400, 128, 0.5
CLEAN = np.sin(np.arange(LENGTH) / 5 + np.random.default_rng(0).uniform(0, 6, (N, 1)))
NOISY = CLEAN + STD * np.random.default_rng(1).standard_normal((N, LENGTH))


def moving_average(noisy: np.ndarray, width: int) -> np.ndarray:
    return uniform_filter1d(noisy, width, mode="nearest")


def beside(noisy: np.ndarray) -> np.ndarray:
    """The mean of both neighbours, which does not look at the sample itself."""
    longer = np.pad(noisy, [(0, 0), (1, 1)], mode="reflect")
    return (longer[:, 2:] + longer[:, :-2]) / 2


@given(length=st.integers(2, 300), width=st.integers(1, 300))
def test_a_sample_counts_at_most_once_with_its_neighbours_hidden(length: int, width: int) -> None:
    hidden, counted = map(np.array, zip(*masks(length, width), strict=True))
    assert len(hidden) <= 2 * MOST_PASSES
    assert counted.any()
    assert counted.sum(axis=0).max() == 1
    assert not hidden.all(axis=1).any(), "something is always shown"
    if width == 1:
        assert np.array_equal(counted, hidden)
        assert counted.sum(axis=0).min() == 1
    together = min(width, length // 4)
    for row, place in zip(*np.nonzero(counted), strict=True):
        near = np.arange(place - together // 2, place + (together - 1) // 2 + 1)
        assert hidden[row, near[(near >= 0) & (near < length)]].all()


@given(length=st.integers(2, 60), width=st.integers(1, 60), seed=st.integers(0, 5))
def test_hidden_samples_are_bridged_by_lines_that_do_not_depend_on_them(
    length: int, width: int, seed: int
) -> None:
    signals = np.random.default_rng(seed).standard_normal((3, length))
    for hidden, _ in masks(length, width):
        shown = np.flatnonzero(~hidden)
        expected = np.array([np.interp(np.arange(length), shown, own[shown]) for own in signals])
        assert bridged(signals, hidden) == pytest.approx(expected)
        moved = signals + 1e3 * hidden
        assert np.array_equal(bridged(moved, hidden), bridged(signals, hidden))


def test_the_loss_is_the_error_plus_the_noise_of_what_is_told_from_hidden_samples() -> None:
    """Of a denoiser that does not look at the sample itself, but at samples that are all shown."""
    errors = np.square(beside(NOISY) - CLEAN).mean(axis=1)
    difference = j_invariant_loss(beside, NOISY) - errors
    assert difference.mean() == pytest.approx(STD**2, abs=4 * difference.std() / np.sqrt(N))


def test_a_wide_mask_ranks_rightly_where_neighbours_share_noise() -> None:
    """Of noise that is a sum of three neighbours', width 5 hides all that tells of the middle sample's."""
    white = STD * np.random.default_rng(2).standard_normal((N, LENGTH + 2))
    noisy = CLEAN + (white[:, 2:] + white[:, 1:-1] + white[:, :-2]) / np.sqrt(3)
    averages = [partial(moving_average, width=width) for width in (1, 3, 5, 9)]
    truth = np.argsort([np.square(denoise(noisy) - CLEAN).mean() for denoise in averages])
    losses = {width: [j_invariant_loss(each, noisy, width).mean() for each in averages] for width in (1, 7)}
    assert truth[0] == np.argmin(losses[7]) != np.argmin(losses[1])


def test_of_known_noise_the_loss_of_a_constant_is_its_error_plus_the_variance_of_the_noise() -> None:
    loss = j_invariant_loss(np.zeros_like, NOISY)
    assert loss == pytest.approx(np.square(NOISY).mean(axis=1))
    assert loss.mean() == pytest.approx(0.5 + STD**2, rel=0.02)


def test_the_identity_has_no_advantage_from_seeing_the_noise() -> None:
    blind = np.square(beside(NOISY) - NOISY).mean()
    assert j_invariant_loss(lambda noisy: noisy, NOISY).mean() == pytest.approx(blind, rel=0.03)
    assert j_invariant_loss(lambda noisy: noisy, NOISY).mean() > STD**2


@pytest.mark.parametrize("std", [0.3, 1.0])
@pytest.mark.parametrize("period", [25, 60, 120])
def test_denoisers_are_ranked_as_their_true_errors_rank_them(std: float, period: float) -> None:
    """Where one is clearly better; and the one that is chosen is nearly the best."""
    phase = np.random.default_rng(2).uniform(0, 6, (N, 1))
    clean = np.sin(2 * np.pi * np.arange(LENGTH) / period + phase)
    noisy = clean + std * np.random.default_rng(3).standard_normal(clean.shape)
    widths = range(3, 32, 4)
    true = [float(np.square(moving_average(noisy, w) - clean).mean()) for w in widths]
    blind = [float(j_invariant_loss(partial(moving_average, width=w), noisy).mean()) for w in widths]
    pairs = list(zip(true, blind, strict=True))
    clear = [(one, other) for one, other in permutations(pairs, 2) if one[0] < other[0] / 1.5]
    assert len(clear) >= 7, "the case needs different errors"
    assert all(one[1] < other[1] for one, other in clear)
    assert true[int(np.argmin(blind))] < 1.25 * min(true)


def test_hiding_neighbours_together_takes_from_the_identity_what_correlated_noise_tells() -> None:
    white = np.random.default_rng(4).standard_normal((N, LENGTH + 2))
    coloured = white[:, 2:] + white[:, 1:-1] + white[:, :-2]
    one, nine = (j_invariant_loss(lambda noisy: noisy, coloured, width).mean() for width in (1, 9))
    assert one < 0.5 * 3, "sample by sample, its neighbours tell half of the noise and more"
    assert nine > 3


def signals_of(clean: np.ndarray, noisy: np.ndarray, file: str) -> SignalSet:
    n = len(noisy)
    names = {"file": np.full(n, file, object), "channel": np.full(n, "1", object)}
    covariates = {**names, "block": np.arange(n) // 10}
    float32 = (part.astype(np.float32) for part in (clean, noisy))
    return SignalSet(np.arange(n) + 7, covariates, *float32, np.full(n, 0.1), np.full(n, 2.0))


def test_a_blind_evaluation_does_not_look_at_clean_signals_and_tells_its_losses() -> None:
    validation, test = (signals_of(np.nan * CLEAN[s], NOISY[s], "x") for s in (slice(100), slice(100, 300)))
    denoised = moving_average(test.noisy, 9)
    result = evaluate_blindly(lambda some: moving_average(some.noisy, 9), denoised, validation, test, 2)
    loss = partial(j_invariant_loss, partial(moving_average, width=9), width=2)
    assert result.metrics == {
        "validation_j_invariant_loss": pytest.approx(loss(validation.noisy).mean()),
        "j_invariant_loss": pytest.approx(loss(test.noisy).mean()),
    }
    each = result.per_signal
    assert each["j_invariant_loss"].to_numpy() == pytest.approx(loss(test.noisy))
    assert each["signal_id"].tolist() == test.signal_id.tolist()
    assert each["block"].tolist() == test.covariates["block"].tolist()
    assert result.spectra[["clean", "noise", "error"]].isna().all(axis=None)
    removed = test.noisy.astype(float) - moving_average(test.noisy, 9)
    power = result.spectra["removed"].sum() * result.spectra["frequency"][1]
    assert power == pytest.approx(np.square(removed).mean(), rel=1e-5)
    for row in result.examples.itertuples():
        own = int(np.flatnonzero(test.signal_id == row.signal_id)[0])
        assert np.isnan(row.clean).all()
        assert np.array_equal(row.noisy, test.noisy[own])
        power = np.square(test.noisy - test.noisy.mean()).mean(axis=1)
        by = each["j_invariant_loss"].to_numpy() if row.rule == "denoised" else power
        assert (by < by[own]).sum() == round(row.percentile / 100 * 199)


def test_ratios_of_recordings_are_about_the_mean_of_the_clean_ones_and_errors_are_not() -> None:
    at_zero = signals_of(CLEAN, NOISY, "x")
    moved = replace(at_zero, clean=at_zero.clean + 50, noisy=at_zero.noisy + 50, centre=at_zero.centre + 50)
    here, there = (evaluate(lambda s: moving_average(s.noisy, 5), s, s).metrics for s in (at_zero, moved))
    assert there == pytest.approx(here, rel=1e-3)
    power = at_zero.clean.var()
    assert here["input_snr_db"] == pytest.approx(10 * np.log10(power / STD**2), abs=0.1)
