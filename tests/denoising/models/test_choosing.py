"""Which denoiser is taken for a signal, and what is said against it."""

from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from denoising.models.choosing import MOST_SAMPLES, Choice, choose, nearest, see, stretches
from denoising.models.describing import described
from denoising.models.model import Model, Models, reader
from denoising.models.model_file import ModelError
from denoising.models.overlapping import Array
from denoising.recordings.mixing import mixed, sizes
from denoising.recordings.opening import open_recording
from denoising.recordings.settings import NoiseSettings
from denoising.signals.dataset import generate
from denoising.signals.noise import COLOURS
from denoising.signals.settings import DatasetSettings
from tests.denoising.models.made_up import identity, model, noise
from tests.denoising.recordings.made_up import windows_from

ECG = Path(__file__).parents[3] / "examples" / "ecg.csv"
RATE, LENGTH = 360.0, 128
SNRS = (0.0, 5.0, 10.0)


@cache
def electrocardiogram() -> Array:
    channel = open_recording(ECG).channels[0]
    return channel.read(0, channel.n_samples)


def first_half() -> Array:
    whole = electrocardiogram()
    return whole[: len(whole) // 2 // LENGTH * LENGTH]


@cache
def of_recordings(colour: str = "white", gain: float = 1.0) -> tuple[Model, ...]:
    """Models for three levels of noise on the first half of the electrocardiogram; they change nothing.

    The other half has another shape: its spread is half as large, its standard deviation is not.
    """
    windows = windows_from(gain * first_half().reshape(-1, LENGTH))
    found = []
    for snr in SNRS:
        settings = NoiseSettings(noise=colour, data_seed=0, snr=snr)
        stds = {name: size / 10 ** (snr / 20) for name, size in sizes(windows).items()}
        data = settings.model_dump() | {"rate": RATE, "unit": "mV"}
        signals = mixed(windows, settings, "train", stds, RATE)
        card = described(signals, data, kind="classical", label="nothing", design={})
        found.append(Model(card, identity))
    return tuple(found)


def other_half(snr: float, colour: str = "white", seed: int = 1) -> Array:
    """The half that no model knows, with noise at a ratio in dB."""
    clean = electrocardiogram()[len(first_half()) :]
    std = clean.std() / 10 ** (snr / 20)
    made = COLOURS[colour](np.random.default_rng(seed), len(clean) // LENGTH + 1, LENGTH)
    noisy: Array = clean + std * made.ravel()[: len(clean)]
    return noisy


def chosen(models: tuple[Model, ...], signal: Array, snr: float | None = None) -> Choice:
    return choose(models, see(reader(signal), len(signal), models[0].card.window), snr)


@pytest.mark.parametrize("colour", ["white", "pink"])
@pytest.mark.parametrize("snr", SNRS)
def test_the_model_of_the_level_that_a_recording_has_is_taken(snr: float, colour: str) -> None:
    models = of_recordings(colour)
    for signal in (other_half(snr, colour), 1000 * other_half(snr, colour, 2) - 7e4):
        found = chosen(models, signal)
        assert found.model.card.snr == snr
        assert Models(models).at(signal) is found.model
    assert chosen(models, other_half(snr, colour)).warnings == ()
    assert chosen(models[::-1], other_half(snr, colour)).model.card.snr == snr


@pytest.mark.parametrize("snr", SNRS)
def test_white_noise_is_told_within_a_fraction_of_a_decibel(snr: float) -> None:
    signal = other_half(snr)
    assert see(reader(signal), len(signal), LENGTH).snr == pytest.approx(snr, abs=0.3)


def test_a_ratio_that_is_told_decides() -> None:
    models, quiet = of_recordings(), other_half(20)
    for asked, expected in ((-40, 0), (2.4, 0), (2.6, 5), (7.6, 10), (99, 10)):
        assert chosen(models, quiet, asked).model.card.snr == expected
    assert "noise" not in " ".join(chosen(models, quiet, 0).warnings)
    unknown = model(snr=None)
    assert nearest((unknown, *models), 3).card.snr == 5
    with pytest.raises(ModelError) as caught:
        nearest((unknown,), 3)
    assert str(caught.value).startswith("snr 3: ")


def test_a_model_of_many_levels_is_taken_for_noise_that_is_not_stronger_than_any_of_them() -> None:
    """Such a model of weak noise is none for strong noise, though another level has no model of many."""
    strong, middle, weak = of_recordings()

    def blind(model: Model) -> Model:
        return Model(replace(model.card, blind=True), identity)

    every = (blind(strong), middle, weak)
    assert [chosen(every, other_half(snr)).model for snr in (-9, 0, 5, 10, 30)] == [every[0]] * 5
    some = (strong, blind(middle), weak)
    assert [chosen(some, other_half(snr)).model for snr in (0, 5, 10, 30)] == [strong, *[some[1]] * 3]
    both = (strong, blind(strong))
    assert [chosen(both, other_half(snr)).model for snr in (-9, 0.5, 30)] == [both[1]] * 3
    for snr, warned in ((-9, True), (0, False), (30, False)):
        assert any("noise than what" in each for each in chosen(every, other_half(snr)).warnings) == warned


def test_noise_outside_of_all_levels_is_told() -> None:
    models = of_recordings()
    for snr, word, taken in ((-12, "more", 0), (30, "less", 10)):
        found = chosen(models, other_half(snr))
        assert found.model.card.snr == taken
        assert any(f"to have {word} noise than what was trained on" in warning for warning in found.warnings)


def test_levels_are_told_apart_where_most_samples_are_but_noise() -> None:
    """So the spread of each level is that of its noise alone."""
    spikes = 5.0 * (np.random.default_rng(0).random((300, LENGTH)) < 0.03)
    models = []
    for snr in (0.0, 10.0, 20.0):
        windows = windows_from(spikes[:200])
        settings = NoiseSettings(noise="white", data_seed=0, snr=snr)
        stds = {name: size / 10 ** (snr / 20) for name, size in sizes(windows).items()}
        data = settings.model_dump() | {"rate": RATE, "unit": ""}
        signals = mixed(windows, settings, "train", stds, RATE)
        models.append(Model(described(signals, data, kind="classical", label="x", design={}), identity))
    clean = spikes[200:].ravel()
    for used in models:
        assert used.card.snr is not None
        signal = clean + clean.std() / 10 ** (used.card.snr / 20) * noise(len(clean))
        assert chosen(tuple(models), signal).model is used


def test_another_spectrum_is_told() -> None:
    models = of_recordings()
    hum = other_half(10) + 2 * np.sin(2 * np.pi * 50 / RATE * np.arange(len(other_half(10))))
    slow = np.repeat(other_half(10), 8)
    for signal in (hum, slow):
        warnings = chosen(models, signal).warnings
        assert any("spectrum is unlike" in warning and "Hz" in warning for warning in warnings)


def test_another_unit_is_told() -> None:
    models = of_recordings()
    for factor in (1000, 1 / 1000):
        [warning] = chosen(models, factor * other_half(5)).warnings
        assert "see whether the units are the same" in warning
        assert "mV" in warning


def test_models_of_sinusoids_warn_of_anything() -> None:
    pool = generate(DatasetSettings(n_signals=60, n_test=8, signal_length=LENGTH), 0.2, "pool")
    data = {"signals": "formula", "alpha": 0.2}
    used = (Model(described(pool, data, kind="classical", label="nothing", design={}), identity),)
    for signal in (other_half(5), pool.noisy.ravel().astype(float)):
        warnings = chosen(used, signal).warnings
        assert sum("synthetic sinusoids" in warning for warning in warnings) == 1
    assert not any("units" in warning for warning in chosen(used, 1e6 * other_half(5)).warnings)


def test_the_card_of_sinusoids_knows_their_ratio() -> None:
    """That of the signal brought back to its own size: 10 log10((1 - alpha)^2 P / alpha^2)."""
    pool = generate(DatasetSettings(n_signals=400, n_test=8, signal_length=LENGTH), 0.2, "pool")
    card = described(pool, {"signals": "formula", "alpha": 0.2}, kind="classical", label="x", design={})
    power = np.square(pool.clean.astype(float)).mean()
    assert card.snr == pytest.approx(10 * np.log10(0.8**2 * power / 0.2**2), abs=0.1)
    assert card.portrait["noise"] * card.reference == pytest.approx(0.2, rel=0.05)


DEGENERATE: dict[str, Array] = {
    "empty": np.empty(0),
    "one": np.ones(1),
    "two": np.array([1.0, 2.0]),
    "short": noise(LENGTH - 1),
    "constant": np.full(1000, 0.1),
    "missing": np.full(1000, np.nan),
    "nearly all missing": np.where(np.arange(1000) == 500, 1.0, np.nan),
    "a gap in each window": np.where(np.arange(1000) % 100, noise(1000), np.nan),
    "infinite": np.where(np.arange(1000) % 300, noise(1000), np.inf),
    "two values": np.sign(noise(1000)),
    "one other value": (np.arange(1000) == 500) * 1.0,
    "tiny": 1e-200 * noise(1000),
    "huge": 1e150 * noise(1000),
}


@pytest.mark.parametrize("signal", DEGENERATE.values(), ids=DEGENERATE)
def test_some_model_is_taken_for_any_signal(signal: Array) -> None:
    found = chosen(of_recordings(), signal)
    assert found.model in of_recordings()
    assert found.noise_in_words
    assert all(len(warning.splitlines()) == 1 for warning in found.warnings)
    again = Models(of_recordings()).denoise(signal, RATE)
    assert np.allclose(again, signal, equal_nan=True), "and these models change nothing"


def test_what_is_chosen_does_not_depend_on_unit_and_zero() -> None:
    signal = other_half(5)
    seen = [see(reader(each), len(each), LENGTH) for each in (signal, 1e-6 * signal, 250 * signal + 1e6)]
    assert [each.noise for each in seen[1:]] == pytest.approx([seen[0].noise] * 2, rel=1e-6)


def test_of_a_long_signal_stretches_are_looked_at_from_its_begin_to_its_end() -> None:
    asked: list[tuple[int, int]] = []
    n = 10**9

    def read(start: int, stop: int) -> Array:
        assert 0 <= start < stop <= n
        asked.append((start, stop))
        return np.arange(start, stop, dtype=float)

    rows = stretches(read, n, LENGTH)
    assert rows.shape[1] % LENGTH == 0
    assert MOST_SAMPLES / 2 < rows.size <= MOST_SAMPLES
    assert (asked[0][0], asked[-1][1]) == (0, n)
    assert np.ptp(np.diff([start for start, _ in asked])) <= 1
    one: Any = stretches(lambda start, stop: np.zeros(stop - start), MOST_SAMPLES + 1, 65_536)
    assert one.shape == (MOST_SAMPLES // 65_536, 65_536)
