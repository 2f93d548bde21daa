"""Noise that is made, and noise from recordings."""

from pathlib import Path

import numpy as np
import pytest
from scipy.io import wavfile
from scipy.signal import welch

from denoising.recordings.noises import cut_noises, standardised
from denoising.recordings.parts import SHARES
from denoising.recordings.settings import RecordingError, RecordingFile, RecordingsSettings
from denoising.signals.dataset import keyed_generator
from denoising.signals.noise import COLOURS, noise_of
from tests.denoising.recordings.made_up import RATE, told_apart

LENGTH = 64


@pytest.mark.parametrize(("colour", "slope"), [("white", 0), ("pink", -1), ("brown", -2)])
@pytest.mark.parametrize("length", [256, 1000])
def test_a_colour_has_unit_variance_and_its_slope(colour: str, slope: float, length: int) -> None:
    noise = noise_of(colour, keyed_generator(colour), 3000, length, RATE)
    assert noise.shape == (3000, length)
    assert np.square(noise).mean() == pytest.approx(1, rel=0.03)
    assert np.square(noise).mean(axis=0) == pytest.approx(np.ones(length), rel=0.2), "at every sample"
    # A Hann window keeps what is below from leaking into the band that the line is fitted to.
    frequency, power = welch(noise, nperseg=length, detrend="linear")
    band = (frequency > 8 / length) & (frequency < 0.4)
    line = np.polyfit(np.log(frequency[band]), np.log(power.mean(axis=0)[band]), 1)
    assert line[0] == pytest.approx(slope, abs=0.08)


@pytest.mark.parametrize("colour", COLOURS)
def test_signals_have_noise_of_their_own_which_the_key_decides(colour: str) -> None:
    noise = noise_of(colour, keyed_generator("a"), 4, 500, RATE)
    assert np.array_equal(noise, noise_of(colour, keyed_generator("a"), 4, 500, RATE))
    other = noise_of(colour, keyed_generator("b"), 4, 500, RATE)
    assert len(np.unique(np.concatenate([noise, other])[:, 0])) == 8


@pytest.mark.parametrize(("hertz", "heard"), [(50, (50, 150, 250)), (125, (125, 375)), (200, (200,))])
def test_mains_hums_at_its_frequency_and_odd_harmonics_below_half_the_rate(
    hertz: int, heard: tuple[int, ...]
) -> None:
    hum = noise_of(f"mains:{hertz}", keyed_generator(0), 50, 1000, RATE)  # 1 Hz a bin
    power = np.square(np.abs(np.fft.rfft(hum))).mean(axis=0)
    lines = power[list(heard)]
    assert power.sum() == pytest.approx(lines.sum())
    assert lines / lines[0] == pytest.approx([(hertz / each) ** 2 for each in heard])
    assert np.square(hum).mean(axis=1) == pytest.approx(np.ones(50))
    phases = np.angle(np.fft.rfft(hum)[:, hertz])
    assert abs(np.exp(1j * phases).mean()) < 0.35, "each signal has a phase of its own"


def recorded(folder: Path, *noises: np.ndarray, rate: int = int(RATE), **changes: object) -> tuple:
    files = []
    for number, samples in enumerate(noises):
        path = folder / f"{number}.wav"
        wavfile.write(path, rate, samples)
        files.append(RecordingFile(name=path.name, sha256="", path=str(path)))
    settings = RecordingsSettings(noise="recorded", noises=tuple(files), signal_length=LENGTH, **changes)
    return cut_noises(settings, RATE)


@pytest.mark.parametrize("n_files", [1, 3, 5])
def test_recorded_noise_is_split_too_and_has_unit_variance_in_training(tmp_path: Path, n_files: int) -> None:
    parts, notes = recorded(tmp_path, *(told_apart(50 * LENGTH, 100_000 * n) for n in range(n_files)))
    assert notes == ()
    assert parts.keys() == SHARES.keys()
    assert parts["train"].mean() == pytest.approx(0, abs=1e-9)
    assert parts["train"].std() == pytest.approx(1)
    samples = [set(windows.ravel()) for windows in parts.values()]
    assert len(set.union(*samples)) == sum(map(len, samples)), "no sample is in two parts"


def test_short_noise_is_repeated_in_every_part_and_that_is_told(tmp_path: Path) -> None:
    short = told_apart(100)
    parts, notes = recorded(tmp_path, short)
    assert notes == ("0.wav: noise of 100 samples is repeated, and the same in every part",)
    steps = np.append(np.diff(short), short[0] - short[-1])
    size = np.ptp(short) / np.ptp(parts["train"])
    for windows in parts.values():
        assert windows.shape[1] == LENGTH
        distance = np.abs(size * np.diff(windows)[:, :, None] - steps).min(axis=2)
        assert distance.max() < 1e-6, "one sample follows the other, and the first the last"


def test_long_noise_beside_short_noise_is_split_all_the_same(tmp_path: Path) -> None:
    parts, notes = recorded(tmp_path, told_apart(50 * LENGTH, 100_000), told_apart(100))
    assert [note.split(":")[0] for note in notes] == ["1.wav"]
    samples = [set(windows[windows > windows.mean()].round(9)) for windows in parts.values()]
    assert all(samples)
    assert len(set.union(*samples)) == sum(map(len, samples))


@pytest.mark.parametrize("n", [100, 50 * LENGTH])
@pytest.mark.parametrize("level", [0.0, 0.1])
def test_flat_noise_is_refused(tmp_path: Path, n: int, level: float) -> None:
    with pytest.raises(RecordingError, match=r"flat.*;"):
        recorded(tmp_path, np.full(n, level))


def test_noise_that_is_missing_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RecordingError, match=r"0\.wav: channel .* holds no number"):
        recorded(tmp_path, np.full(100, np.nan))


def test_standardised_noise_that_is_nearly_flat_is_no_longer() -> None:
    nearly = {part: 5 + 1e-6 * told_apart(100).reshape(2, 50) for part in SHARES}
    assert standardised(nearly)["test"].std() == pytest.approx(1)


def test_noise_of_another_rate_is_refused_with_the_remedy_which_helps(tmp_path: Path) -> None:
    noise = np.random.default_rng(0).standard_normal(100 * LENGTH)
    with pytest.raises(RecordingError, match=r"^0\.wav: noise has 500 .* 1000; .* --resample 500$"):
        recorded(tmp_path, noise, rate=500)
    parts, _ = recorded(tmp_path, noise, rate=500, resample=RATE)
    assert min(map(len, parts.values())) > 20
