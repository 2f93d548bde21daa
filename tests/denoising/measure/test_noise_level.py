from pathlib import Path

import numpy as np
import pytest

from denoising.measure.noise_level import noise_level
from denoising.signals.sinusoids import Array

ECG = Path(__file__).parents[3] / "examples" / "ecg.csv"
N, LENGTH = 400, 256


def white() -> Array:
    return np.random.default_rng(1).standard_normal((N, LENGTH))


def coloured(exponent: float) -> Array:
    """Return noise whose power falls with this power of the frequency, with standard deviation 1."""
    spectrum = np.fft.rfft(np.random.default_rng(2).standard_normal(N * LENGTH))
    spectrum[1:] *= np.arange(1, len(spectrum)) ** (-exponent / 2)
    spectrum[0] = 0
    noise = np.fft.irfft(spectrum)
    return (noise / noise.std()).reshape(N, LENGTH)


@pytest.mark.parametrize("std", [1e-9, 0.3, 1e12])
def test_of_noise_alone_it_is_the_standard_deviation(std: float) -> None:
    found = noise_level(std * white() + 7 * std)
    assert found.std == pytest.approx(std, rel=0.02)
    assert found.looks_white


@pytest.mark.parametrize("offset", [1e5, 3e7, 1e9])
def test_an_offset_hides_no_noise(offset: float) -> None:
    assert noise_level(0.01 * white() + offset).std == pytest.approx(0.01, rel=0.02)


@pytest.mark.parametrize("length", [8, 16, 31, 64, 256, 1000])
@pytest.mark.parametrize("std", [0.02, 0.2])
def test_of_a_smooth_signal_it_is_that_of_its_noise(std: float, length: int) -> None:
    rng, x = np.random.default_rng(3), np.arange(length)
    clean = 2 + np.sin(x * rng.uniform(0.02, 0.1, (N, 1))) + np.cos(x * rng.uniform(0.02, 0.1, (N, 1)))
    found = noise_level(clean + std * rng.standard_normal(clean.shape))
    assert found.std == pytest.approx(std, rel=0.05)
    assert found.looks_white


def test_of_a_heartbeat_it_is_that_of_its_noise() -> None:
    clean = np.loadtxt(ECG, skiprows=4)[: N * LENGTH].reshape(N, LENGTH)
    assert noise_level(clean + 0.1 * white()).std == pytest.approx(0.1, rel=0.05)
    assert noise_level(clean).std < 0.01  # mV


@pytest.mark.parametrize("exponent", [1, 2], ids=["pink", "brown"])
def test_pink_and_brown_noise_do_not_look_white(exponent: float) -> None:
    assert not noise_level(coloured(exponent)).looks_white


@pytest.mark.parametrize("rate", [200, 250, 360, 500])
def test_mains_do_not_look_white(rate: int) -> None:
    phase = np.random.default_rng(4).uniform(0, 2 * np.pi, (N, 1))
    mains = np.sin(2 * np.pi * 50 * np.arange(LENGTH) / rate + phase)
    assert not noise_level(mains + 0.01 * white()).looks_white


@pytest.mark.parametrize("value", [0.0, 0.1, -3e5, 1e-30])
def test_constant_signals_have_no_noise(value: float) -> None:
    found = noise_level(np.full((9, LENGTH), value))
    assert (found.std, found.looks_white) == (0, True)


def test_a_single_window_has_its_level_too() -> None:
    assert noise_level(white()[:1]).std == pytest.approx(1, rel=0.25)
