from functools import partial

import numpy as np
import pytest
from pydantic import ValidationError

from denoising.networks.objective import gain_ratio, gains, pose
from denoising.networks.settings import TrainingSettings
from denoising.signals.dataset import SignalSet, generate, generate_fresh
from denoising.signals.settings import DatasetSettings

ALPHA = 0.4
DATASET = DatasetSettings(n_signals=300, signal_length=64)
COPY = partial(generate, DATASET, ALPHA, "pool")
SIGNALS = COPY(0)


def posed(objective: str = "denoising", blind: bool = False, data_seed: int = 0) -> SignalSet:
    return pose(COPY, TrainingSettings(objective=objective, blind=blind), ALPHA, data_seed)


def test_a_denoiser_is_given_noisy_signals_and_makes_clean_ones_of_them() -> None:
    assert np.array_equal(posed().noisy, SIGNALS.noisy)
    assert np.array_equal(posed().clean, SIGNALS.clean)


def test_a_plain_autoencoder_gives_back_what_it_is_given() -> None:
    assert np.array_equal(posed("plain").noisy, SIGNALS.noisy)
    assert np.array_equal(posed("plain").clean, SIGNALS.noisy)
    assert np.array_equal(posed("plain_on_clean").noisy, SIGNALS.clean)
    assert np.array_equal(posed("plain_on_clean").clean, SIGNALS.clean)


def test_noise2noise_aims_at_other_noise_that_is_nothing_on_average() -> None:
    pair = posed("noise2noise")
    assert np.array_equal(pair.noisy, SIGNALS.noisy)
    error = pair.clean - SIGNALS.clean
    s = ALPHA / (1 - ALPHA)
    assert abs(error.mean()) < 4 * s / error.size**0.5
    assert error.std() == pytest.approx(s, rel=0.03)
    noise = SIGNALS.noisy - (1 - ALPHA) * SIGNALS.clean
    assert abs(np.corrcoef(error.ravel(), noise.ravel())[0, 1]) < 4 / error.size**0.5


def test_a_linear_denoiser_learns_the_same_from_noise_as_from_clean_signals() -> None:
    many = DATASET.model_copy(update={"n_signals": 20_000, "signal_length": 16})
    copy = partial(generate, many, ALPHA, "pool")
    fits = []
    for objective in ("denoising", "noise2noise"):
        pair = pose(copy, TrainingSettings(objective=objective), ALPHA, 0)
        fits.append(np.linalg.lstsq(pair.noisy.astype(float), pair.clean.astype(float), rcond=None)[0])
    assert np.abs(fits[0] - fits[1]).max() < 0.05 < np.abs(fits[0]).max()


def test_blind_signals_have_the_same_noise_at_levels_of_their_own() -> None:
    mixed = posed(blind=True)
    assert np.array_equal(mixed.clean, SIGNALS.clean)
    noise = (SIGNALS.noisy - (1 - ALPHA) * SIGNALS.clean.astype(float)) / ALPHA
    direction = noise - SIGNALS.clean
    moved = mixed.noisy - SIGNALS.clean.astype(float)
    levels = (moved * direction).sum(axis=1) / (direction**2).sum(axis=1)
    assert np.allclose(moved, levels[:, None] * direction, atol=1e-5)
    assert (levels >= 0).all()
    assert (levels <= ALPHA).all()
    expected = np.quantile(levels, [0.25, 0.5, 0.75])
    assert expected == pytest.approx([ALPHA / 4, ALPHA / 2, 3 * ALPHA / 4], abs=0.05)


def test_the_levels_of_blind_signals_depend_on_the_dataset_alone() -> None:
    assert np.array_equal(posed(blind=True).noisy, posed(blind=True).noisy)
    assert not np.array_equal(posed(blind=True).noisy, posed(blind=True, data_seed=1).noisy)
    epochs = [
        pose(partial(generate_fresh, DATASET, ALPHA, 300, 0, epoch), TrainingSettings(blind=True), ALPHA, 0)
        for epoch in (0, 1)
    ]
    ratios = [np.std(e.noisy - e.clean, axis=1) for e in epochs]
    assert abs(np.corrcoef(*ratios)[0, 1]) < 0.3, "each epoch has levels of its own"


def test_without_noise_there_is_one_level() -> None:
    quiet = pose(partial(generate, DATASET, 0.0, "pool"), TrainingSettings(blind=True), 0.0, 0)
    assert np.array_equal(quiet.noisy, quiet.clean)


def test_a_perfect_autoencoder_denoises_nothing_whatever_it_was_trained_on() -> None:
    """Its gains bring the noisy signal to the scale of the clean one, as rescaling alone does."""
    for objective in ("plain", "plain_on_clean"):
        of_input, of_output = gains(objective, ALPHA)
        given_back = SIGNALS.noisy * of_input * of_output
        assert np.allclose(given_back, SIGNALS.noisy / (1 - ALPHA))
    assert gains("denoising", ALPHA) == gains("noise2noise", ALPHA) == (1, 1)
    assert gains("plain", 1.0) == (1, 0), "nothing of the signal is left"


def test_a_signal_at_another_level_is_brought_to_the_size_that_a_network_knows() -> None:
    other = generate(DATASET, 0.1, "pool")
    rescaled = other.noisy * gain_ratio(ALPHA, 0.1)
    clean_part = rescaled - (other.noisy - 0.9 * other.clean) * gain_ratio(ALPHA, 0.1)
    assert np.allclose(clean_part, (1 - ALPHA) * other.clean, atol=1e-6)


@pytest.mark.parametrize("objective", ["plain", "plain_on_clean"])
def test_a_blind_model_cannot_be_one_that_needs_the_noise_level(objective: str) -> None:
    with pytest.raises(ValidationError, match=f"blind true: objective {objective} needs the gain"):
        TrainingSettings(objective=objective, blind=True)
