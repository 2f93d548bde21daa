"""Noise on recordings, and the centre and scale at which networks see them."""

from dataclasses import replace

import numpy as np
import pytest

from denoising.recordings.cutting import cut_windows
from denoising.recordings.mixing import centre_and_scale, mixed, own_stds, remixed, sizes
from denoising.recordings.settings import NoiseSettings
from denoising.recordings.windowing import WindowSet
from denoising.signals.dataset import SignalSet
from denoising.signals.recording import recording
from denoising.signals.scaling import robust
from tests.denoising.recordings.made_up import RATE, filtered, signal_of, windows_from

LENGTH = 128


def drawn(n: int, *key: int) -> np.ndarray:
    return np.random.default_rng(key).standard_normal((n, LENGTH))


def joined(*all_windows: WindowSet) -> WindowSet:
    names = ("file", "channel", "offset", "block", "samples")
    return WindowSet(*(np.concatenate([getattr(w, name) for w in all_windows]) for name in names))


def of_unit_variance(noise: np.ndarray) -> np.ndarray:
    return noise / noise.std()


def settings(snr: float | None, noise: str = "white", data_seed: int = 0, **more: bool) -> NoiseSettings:
    return NoiseSettings(noise=noise, data_seed=data_seed, snr=snr, **more)


def stds_at(windows: WindowSet, snr: float) -> dict[str, float]:
    """As the stage `mix` computes them."""
    return {name: size / 10 ** (snr / 20) for name, size in sizes(windows).items()}


def ratios(windows: WindowSet, signals: SignalSet) -> list[float]:
    """The signal-to-noise ratio of each channel in dB."""
    rows = [(windows.channel == name, size) for name, size in sizes(windows).items()]
    return [float(20 * np.log10(size / noise_in(signals)[own].std())) for own, size in rows]


CHANNELS = joined(
    windows_from(3 + 2 * drawn(150, 0), "a", "I"),
    windows_from(-100 + 0.5 * drawn(50, 1), "a", "II"),
    windows_from(40 + drawn(100, 2), "b", "I"),
)


def noise_in(signals: SignalSet) -> np.ndarray:
    return signals.noisy.astype(float) - signals.clean


ONES = {"I": 1.0, "II": 1.0}


def test_the_size_of_a_channel_is_about_the_mean_of_each_recording_that_has_it() -> None:
    expected = {"I": np.sqrt((150 * 4 + 100 * 1) / 250), "II": 0.5}
    assert sizes(CHANNELS) == pytest.approx(expected, rel=0.03)
    moved = replace(CHANNELS, samples=CHANNELS.samples + 1000.0)
    assert sizes(moved) == pytest.approx(sizes(CHANNELS))


@pytest.mark.parametrize("snr", [-10.0, 0.0, 20.0])
@pytest.mark.parametrize("noise", ["white", "pink", "brown", "mains:50", "recorded"])
def test_the_ratio_of_each_channel_over_the_training_split_is_the_one_asked_for(
    snr: float, noise: str
) -> None:
    recorded = of_unit_variance(drawn(500, 9)) if noise == "recorded" else None
    signals = mixed(CHANNELS, settings(snr, noise), "train", stds_at(CHANNELS, snr), RATE, recorded)
    # Brown noise has one degree of freedom or two a window, so that its power is known to some 20% only.
    steady = noise in ("white", "mains:50", "recorded")
    assert ratios(CHANNELS, signals) == pytest.approx([snr, snr], abs=0.3 if steady else 1.5)
    assert np.array_equal(signals.clean, CHANNELS.samples), "no factor on clean"


def test_noise_differs_between_levels_parts_and_seeds_while_the_clean_signals_stay() -> None:
    cases = [
        (settings(10), "train"), (settings(20), "train"), (settings(10), "test"),
        (settings(10), "validation"), (settings(10, data_seed=1), "train"),
    ]  # fmt: skip
    made = [mixed(CHANNELS, own, part, ONES, RATE) for own, part in cases]  # type: ignore[arg-type]
    assert all(np.array_equal(own.clean, made[0].clean) for own in made)
    correlations = np.corrcoef([noise_in(own).ravel() for own in made])
    assert np.abs(correlations - np.eye(5)).max() < 4 / np.sqrt(CHANNELS.samples.size)
    again = mixed(CHANNELS, settings(10), "train", ONES, RATE)
    assert np.array_equal(again.noisy, made[0].noisy)
    ids = np.concatenate([own.signal_id for own in (made[0], made[2], made[3])])
    assert len(np.unique(ids)) == 3 * len(CHANNELS)


def test_fresh_noise_is_new_in_every_epoch_and_as_strong() -> None:
    stds = {"I": 2.0, "II": 0.1}
    of = CHANNELS.channel == "I"
    for noise in ("white", "recorded"):
        own, recorded = settings(5, noise), of_unit_variance(drawn(500, 9)) if noise == "recorded" else None
        signals = mixed(CHANNELS, own, "train", stds, RATE, recorded)
        sets = [signals, *(remixed(signals, own, stds, RATE, s, e) for s, e in ((0, 0), (0, 1), (1, 0)))]
        assert all(np.array_equal(one.clean, signals.clean) for one in sets)
        assert all(np.array_equal(one.scale, signals.scale) for one in sets)
        assert [noise_in(one)[of].std() for one in sets] == pytest.approx([2.0] * 4, rel=0.03)
        assert [noise_in(one)[~of].std() for one in sets] == pytest.approx([0.1] * 4, rel=0.05)
        noises = [noise_in(one).ravel() for one in sets]
        assert np.abs(np.corrcoef(noises) - np.eye(4)).max() < 0.1


def test_as_recorded_the_input_and_target_are_the_pair_or_the_signal_itself() -> None:
    one, two = drawn(5, 0), drawn(5, 1)
    pair = windows_from(one, partner=two)
    for given, has_clean, clean, noisy in (
        (pair, True, one, two), (pair, False, two, one), (windows_from(one), False, one, one),
    ):  # fmt: skip
        signals = mixed(given, settings(None, has_clean=has_clean), "train", {"1": 1.0}, RATE)
        assert np.array_equal(signals.clean, clean)
        assert np.array_equal(signals.noisy, noisy)
        assert signals.centre == pytest.approx(np.full(5, np.median(noisy)))


def test_doubled_noise_makes_an_input_and_a_target_whose_noises_are_independent() -> None:
    """So the error against the target is the one against the unknown signal plus twice the noise's power."""
    unknown, std = np.sin(np.arange(200 * LENGTH) / 9).reshape(-1, LENGTH), 0.4
    recorded = unknown + std * drawn(200, 0)
    own = settings(None, has_clean=False, doubled=True)
    signals = mixed(windows_from(recorded), own, "test", {"1": std}, RATE)
    of_input, of_target = signals.noisy - unknown, signals.clean - unknown
    assert (signals.noisy + signals.clean) / 2 == pytest.approx(recorded, abs=1e-6)
    assert abs(np.corrcoef(of_input.ravel(), of_target.ravel())[0, 1]) < 4 / np.sqrt(recorded.size)
    for gain in (0.3, 1.0):
        told = gain * signals.noisy
        excess = np.square(told - signals.clean).mean() - np.square(told - unknown).mean()
        assert excess == pytest.approx(2 * std**2, rel=0.05)


def test_the_noise_that_recordings_have_is_measured_or_estimated() -> None:
    clean = np.sin(np.arange(300 * LENGTH) / 9).reshape(-1, LENGTH)
    noisy = clean + 0.2 * drawn(300, 0)
    other = clean + 0.2 * drawn(300, 1)
    assert own_stds(windows_from(clean, partner=noisy), True) == {"1": pytest.approx(0.2, rel=0.02)}
    assert own_stds(windows_from(noisy, partner=other), False) == {"1": pytest.approx(0.2, rel=0.02)}
    assert own_stds(windows_from(noisy), False) == {"1": pytest.approx(0.2, rel=0.05)}
    both = joined(windows_from(noisy, "a", "I"), windows_from(9 * noisy, "a", "II"))
    assert own_stds(both, False) == pytest.approx({"I": 0.2, "II": 1.8}, rel=0.05)


def test_centre_and_scale_are_those_of_the_noisy_recording_in_use() -> None:
    """Windows to train on overlap and are some of all; a user has the whole noisy recording."""
    heart = recording()[:18_000] * 0.3 + 2
    parts = cut_windows([signal_of("heart", heart, length=LENGTH)], LENGTH, "", 0, 20_000, 5_000)
    train = parts["train"]
    stds = stds_at(train, 0)
    signals = mixed(train, settings(0), "train", stds, RATE)
    assert signals.centre is not None
    assert signals.scale is not None
    noisy = train.samples + noise_in(signals)
    assert np.allclose(centre_and_scale(train, noisy), [signals.centre, signals.scale], rtol=1e-5)
    used = heart + stds["1"] * np.random.default_rng(0).standard_normal(len(heart))
    centre, spread = robust(used)
    assert signals.centre == pytest.approx(np.full(len(train), centre), abs=0.1 * spread)
    assert signals.scale == pytest.approx(np.full(len(train), spread), rel=0.1)


def test_centre_and_scale_do_not_look_at_the_clean_signals() -> None:
    noisy = drawn(50, 0)
    sets = [
        mixed(windows_from(drawn(50, key), partner=noisy), settings(None), "train", {"1": 1.0}, RATE)
        for key in (1, 2)
    ]
    assert np.array_equal(sets[0].scale, sets[1].scale)
    assert np.array_equal(sets[0].centre, sets[1].centre)


def test_each_recording_and_channel_has_its_own_centre_and_scale() -> None:
    centre, spread = centre_and_scale(CHANNELS, CHANNELS.samples)
    for rows, mean, std in ((slice(150), 3, 2), (slice(150, 200), -100, 0.5), (slice(200, 300), 40, 1)):
        assert centre[rows] == pytest.approx(np.full_like(centre[rows], mean), abs=0.05 * std)
        assert spread[rows] == pytest.approx(np.full_like(spread[rows], std), rel=0.03)


@pytest.mark.parametrize(("factor", "offset"), [(1e-4, 0.0), (250.0, 0.0), (1.0, 30.0), (0.02, -0.5)])
def test_networks_see_the_same_whatever_the_unit_of_a_recording(factor: float, offset: float) -> None:
    samples = filtered([1, -0.9], drawn(100, 3).ravel()).reshape(100, LENGTH) + drawn(100, 4)
    seen = []
    for own in (samples, factor * samples + offset):
        windows = windows_from(own)
        signals = mixed(windows, settings(3), "train", stds_at(windows, 3), RATE)
        seen.append(signals.standardised())
        assert signals.restored(seen[-1].noisy) == pytest.approx(signals.noisy, rel=1e-4, abs=1e-4 * factor)
        assert signals.restored(seen[-1].clean) == pytest.approx(signals.clean, rel=1e-4, abs=1e-4 * factor)
        assert signals.level(signals.noisy) == pytest.approx(np.full((100, 1), signals.noisy.mean()))
    assert seen[1].noisy == pytest.approx(seen[0].noisy, abs=1e-4)
    assert seen[1].clean == pytest.approx(seen[0].clean, abs=1e-4)


@pytest.mark.parametrize("offset", [101_325.0, 3e7, 1e9])
def test_an_offset_of_the_recording_rounds_nothing(offset: float) -> None:
    """Such as that of the pressure of air in Pa."""
    small = 0.01 * drawn(100, 3)
    own, moved = (windows_from(small + by) for by in (0.0, offset))
    here, there = (mixed(w, settings(20), "train", stds_at(own, 20), RATE) for w in (own, moved))
    assert noise_in(there) == pytest.approx(noise_in(here), abs=1e-5)
    assert there.standardised().noisy == pytest.approx(here.standardised().noisy, abs=1e-4)


def test_sinusoids_are_seen_as_they_are() -> None:
    some = drawn(3, 0).astype(np.float32)
    signals = SignalSet(np.arange(3), {}, some, some)
    assert signals.standardised() is signals
    assert signals.restored(some) is some
    assert np.array_equal(signals.level(some), np.zeros((3, 1)))


def test_taking_rows_takes_their_centre_and_scale() -> None:
    signals = mixed(CHANNELS, settings(10), "test", ONES, RATE)
    rows = np.array([299, 0, 160])
    some = signals.take(rows)
    assert np.array_equal(some.standardised().noisy, signals.standardised().noisy[rows])
    assert some.covariates["file"].tolist() == ["b", "a", "a"]


def test_outliers_hardly_move_the_scale_and_a_signal_at_rest_still_has_one() -> None:
    samples = drawn(100, 0)
    centre, spread = robust(samples)
    assert spread == pytest.approx(samples.std(), rel=0.02)
    hit = samples.copy()
    hit[0] = 1e6
    assert robust(hit) == (pytest.approx(centre, abs=0.03), pytest.approx(spread, rel=0.03))
    pulses = np.zeros((10, LENGTH))
    pulses[:, ::20] = 5
    assert robust(pulses) == (0, pytest.approx(pulses.std()))
    assert robust(np.full((1, 9), 7.0)) == (7, 0)
