"""What is measured of a denoiser, against what is known of it."""

import numpy as np
import pandas as pd
import pytest
import torch

from denoising.measure.metrics import Signals
from denoising.networks.autoencoder import Autoencoder, denoise
from denoising.signals.dataset import generate, keyed_generator
from denoising.signals.settings import DatasetSettings
from denoising.signals.sinusoids import FAMILIES, Array
from denoising.verdict.probe import (
    COLOURED,
    CONDITIONS,
    CORRELATION,
    HIGHER,
    LOWER,
    MOST_SIGNALS,
    TRAINED,
    band_of,
    best_linear,
    coloured_noise,
    conditions,
    error_map,
    errors,
    gain_by_frequency,
    jacobian,
    jacobian_of_linear,
    lines_of,
    local_gain,
)

LENGTH = 128
TAPS = np.array([0.5, 0.3, -0.1, 0.05])
DATASET = DatasetSettings(signals="pictures", n_signals=2, n_test=300)


def filtered(signals: Signals) -> Array:
    """Signals convolved with the taps, around their ends."""
    filtered: Array = np.fft.irfft(np.fft.rfft(signals) * np.fft.rfft(TAPS, signals.shape[-1]))
    return filtered


def response() -> Array:
    """The magnitude of that filter's frequency response."""
    return np.abs(np.fft.rfft(TAPS, LENGTH))


def network(**changes: object) -> Autoencoder:
    """A network of random weights."""
    settings = {"depth": 2, "channels": 3, "kernel_size": 3, "signal_length": LENGTH, **changes}
    return Autoencoder(**settings, generator=torch.Generator().manual_seed(1))  # type: ignore[arg-type]


def test_the_effective_filter_of_a_filter_is_that_filter() -> None:
    alpha = 0.2
    noisy = np.random.default_rng(0).standard_normal((400, LENGTH))
    found = gain_by_frequency(filtered(noisy / (1 - alpha)), noisy, alpha)
    assert found["frequency"].to_numpy() == pytest.approx(np.fft.rfftfreq(LENGTH))
    assert found["gain"].to_numpy() == pytest.approx(response(), abs=0.01)
    same = gain_by_frequency(noisy, noisy, alpha)
    assert same["gain"].to_numpy() == pytest.approx(1 - alpha)


def test_noise_of_its_own_is_no_gain() -> None:
    generator = np.random.default_rng(0)
    noisy, other = generator.standard_normal((2, 2000, LENGTH))
    assert gain_by_frequency(other, noisy, 0.5)["gain"].max() < 0.05


def test_the_local_gain_of_a_filter_is_its_frequency_response() -> None:
    slopes = jacobian_of_linear(filtered, LENGTH)
    assert slopes @ TAPS.repeat(LENGTH // 4) == pytest.approx(filtered(TAPS.repeat(LENGTH // 4)))
    found = local_gain(slopes / 0.8, alpha=0.2)
    assert found["frequency"].to_numpy() == pytest.approx(np.fft.rfftfreq(LENGTH))
    assert found["gain"].to_numpy() == pytest.approx(response())


@pytest.mark.parametrize("changes", [{}, {"normalisation": "batch", "depth": 3}, {"skips": True}])
def test_the_jacobian_tells_what_a_small_step_does(changes: dict[str, object]) -> None:
    model = network(**changes)
    generator = np.random.default_rng(0)
    noisy, step = generator.standard_normal((2, LENGTH))
    slopes = jacobian(model, noisy)
    assert model.training
    model.double()
    both = torch.from_numpy(np.stack([noisy + 1e-7 * step, noisy]))
    after, before = denoise(model, both).numpy()
    assert slopes @ step == pytest.approx((after - before) / 1e-7, abs=1e-4)


def test_the_best_linear_filter_is_that_of_the_covariance() -> None:
    family, alpha = FAMILIES["pictures"], 0.5
    generator = np.random.default_rng(0)
    clean = family.clean(family.draw_frequencies(generator, 20_000), 64)
    covariance = np.cov(clean.T)
    linear = best_linear(family, alpha, 64)
    slopes = jacobian_of_linear(linear, 64) * (1 - alpha)
    assert slopes == pytest.approx(covariance @ np.linalg.inv(covariance + np.eye(64)), abs=0.02)


@pytest.mark.parametrize("signals", ["pictures", "formula"])
def test_lines_lie_where_the_spectrum_has_them(signals: str) -> None:
    family = FAMILIES[signals]  # type: ignore[index]
    f = np.array([[family.low * 1.2, family.high * 0.9]])
    places = lines_of(family, f, 256)[0]
    spectra = [
        np.abs(np.fft.rfft(part, 8192)) for part in (family.sine(f[:, 0], 256), family.cosine(f[:, 1], 256))
    ]
    for line, spectrum in zip(places, spectra, strict=True):
        assert np.argmax(spectrum) / 8192 == pytest.approx(line, abs=0.0005)
    low, high = band_of(family, 256)
    assert low < places.min()
    assert places.max() < high < 0.5


def test_the_mean_of_the_error_map_is_the_test_error() -> None:
    family = FAMILIES["pictures"]
    n, seeds = 1000, 3
    f = family.draw_frequencies(np.random.default_rng(0), n)
    mse = np.random.default_rng(1).exponential(size=(seeds, n)) * f[:, 0]
    each = pd.concat(
        [
            pd.DataFrame({"signal_id": range(n), "f1": f[:, 0], "f2": f[:, 1], "mse": mse[seed]})
            for seed in range(seeds)
        ]
    )
    table = error_map(each, family)
    assert table["n"].sum() == seeds * n
    assert np.average(table["mse"], weights=table["n"]) == pytest.approx(mse.mean())
    assert len(table) == 64
    [one] = table.iloc[[0]].to_dict("records")
    half = (family.high - family.low) / 16
    inside = (np.abs(f - [one["f1"], one["f2"]]) <= half).all(axis=1)
    assert one["n"] == seeds * inside.sum()
    assert one["mse"] == pytest.approx(mse[:, inside].mean())
    assert len(error_map(each.iloc[:40], family)) == 4


def test_outside_frequencies_are_outside() -> None:
    for signals in FAMILIES:
        dataset = DATASET.model_copy(update={"signals": signals})
        family, sets = FAMILIES[signals], conditions(dataset, 0.2)
        assert tuple(sets) == CONDITIONS
        assert all(len(found) == DATASET.n_test for found in sets.values())
        lower, higher = sets[LOWER].frequencies, sets[HIGHER].frequencies
        assert lower.max() < family.low <= 2 * lower.min()
        assert family.high <= higher.min()
        assert higher.max() < family.high + (family.high - family.low) / 2
        assert lines_of(family, higher, 256).max() < 0.5
        assert sets[HIGHER].clean == pytest.approx(family.clean(higher, 256), abs=1e-6)


def test_signals_sampled_too_coarsely_are_left_out() -> None:
    short = DATASET.model_copy(update={"signal_length": 40})
    assert FAMILIES["pictures"].is_sampled(40)
    assert tuple(conditions(short, 0.2)) == (TRAINED, LOWER, COLOURED)


def test_training_conditions_are_the_first_test_signals() -> None:
    many = DATASET.model_copy(update={"n_test": MOST_SIGNALS + 100})
    test, own = generate(many, 0.2, "test"), conditions(many, 0.2)[TRAINED]
    assert len(own) == MOST_SIGNALS
    assert (own.noisy == test.noisy[:MOST_SIGNALS]).all()
    assert (own.signal_id == test.signal_id[:MOST_SIGNALS]).all()


@pytest.mark.parametrize("alpha", [0.2, 0.5])
def test_every_condition_has_noise_of_the_same_variance(alpha: float) -> None:
    sets = conditions(DATASET, alpha)
    noises = {name: (signals.noisy - (1 - alpha) * signals.clean) / alpha for name, signals in sets.items()}
    for name, noise in noises.items():
        assert noise.var() == pytest.approx(1, rel=0.1 if name == COLOURED else 0.02)
    for name in (TRAINED, LOWER, HIGHER):
        assert np.mean(noises[name][:, 1:] * noises[name][:, :-1]) == pytest.approx(0, abs=0.02)
    assert (sets[COLOURED].clean == sets[TRAINED].clean).all()
    assert not np.allclose(conditions(DATASET, 0.3)[LOWER].noisy, sets[LOWER].noisy)
    assert (conditions(DATASET, 0.3)[LOWER].clean == sets[LOWER].clean).all()


def test_coloured_noise_has_its_variance_and_correlation_at_every_sample() -> None:
    noise = coloured_noise(keyed_generator("a test"), 20_000, 64)
    covariance = np.cov(noise.T)
    lag = np.abs(np.subtract.outer(np.arange(64), np.arange(64)))
    assert covariance == pytest.approx(CORRELATION**lag, abs=0.05)


def test_errors_are_those_of_each_condition() -> None:
    sets = conditions(DATASET, 0.2)
    found = errors({name: signals.noisy for name, signals in sets.items()}, sets).set_index("condition")
    assert list(found.index) == list(CONDITIONS)
    for name, signals in sets.items():
        assert found.loc[name, "test_mse"] == pytest.approx(np.square(signals.noisy - signals.clean).mean())
        assert found.loc[name, "n"] == DATASET.n_test
