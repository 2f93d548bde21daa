from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.signal import resample_poly

from denoising.recordings.channels import Channel
from denoising.recordings.rates import common_rate, rate_of, resampled
from denoising.recordings.settings import RecordingError
from denoising.signals.sinusoids import Array


def channel_of(samples: Array, rate: float | None = None) -> Channel:
    return Channel("a", len(samples), rate, lambda start, stop: samples[start:stop])


def in_blocks(channel: Channel, bounds: Sequence[int]) -> Array:
    edges = sorted({0, channel.n_samples, *(bound % channel.n_samples for bound in bounds)})
    return np.concatenate([channel.read(*edge) for edge in pairwise(edges)])


@given(
    n=st.integers(1, 3000),
    ratio=st.sampled_from([(2, 1), (1, 2), (25, 36), (36, 25), (7, 64), (64, 7), (101, 99), (1, 100)]),
    bounds=st.lists(st.integers(0, 10**6), max_size=8),
    gaps=st.lists(st.integers(0, 2999), max_size=3),
)
def test_blocks_are_those_of_the_whole_by_scipys_filter(
    n: int, ratio: tuple[int, int], bounds: list[int], gaps: list[int]
) -> None:
    samples = 100 + np.cumsum(np.random.default_rng(n).standard_normal(n))
    samples[[gap for gap in gaps if gap < n]] = np.nan
    up, down = ratio
    channel = resampled(channel_of(samples), 36.0 * down, 36.0 * up)
    whole = resample_poly(samples, up, down, padtype="edge")
    assert (channel.n_samples, channel.rate) == (len(whole), 36 * up)
    assert np.allclose(in_blocks(channel, bounds), whole, rtol=1e-12, atol=1e-10, equal_nan=True)


@pytest.mark.parametrize(("rate", "new_rate"), [(360, 250), (360, 360), (44_100, 16_000), (100, 333.3)])
def test_a_sinusoid_keeps_its_frequency(rate: float, new_rate: float) -> None:
    wave = lambda r, n: 3 + np.sin(2 * np.pi * 11 * np.arange(n) / r + 0.5)  # noqa: E731
    channel = resampled(channel_of(wave(rate, int(2 * rate))), rate, new_rate)
    assert channel.rate == new_rate
    assert channel.n_samples / new_rate == pytest.approx(2, abs=1 / new_rate)
    margin = int(new_rate / 4)
    found = channel.read(0, channel.n_samples)
    expected = wave(new_rate, channel.n_samples)
    assert found[margin:-margin] == pytest.approx(expected[margin:-margin], abs=5e-3)


def test_a_missing_sample_costs_its_neighbours_alone() -> None:
    samples = np.zeros(5000)
    samples[2000] = np.nan
    found = resampled(channel_of(samples), 360, 250).read(0, 3472)
    missing = np.flatnonzero(np.isnan(found))
    assert 0 < len(missing) < 25
    assert abs(missing / 250 - 2000 / 360).max() < 0.05


def test_far_less_than_the_rate_is_refused() -> None:
    with pytest.raises(RecordingError, match=r"44100 .* and 20 is less .*; choose a higher --resample"):
        resampled(channel_of(np.zeros(10)), 44_100, 20)


def test_the_rate_is_told_by_the_file_or_given_and_never_both_ways() -> None:
    silent, telling = channel_of(np.zeros(1)), channel_of(np.zeros(1), 360.0)
    assert rate_of(silent, 250) == 250
    assert rate_of(telling, None) == rate_of(telling, 360.1) == 360
    with pytest.raises(RecordingError, match="give it with --rate, in samples a second"):
        rate_of(silent, None)
    with pytest.raises(RecordingError, match=r"rate 250 contradicts the 360 .* leave --rate out"):
        rate_of(telling, 250)


def test_two_rates_name_both_recordings_and_the_remedy() -> None:
    assert common_rate({"a": 360, "b": 360.01}) == 360
    told = "a has 360 samples a second and c 250; bring all to one rate with --resample 250"
    with pytest.raises(RecordingError, match=told):
        common_rate({"a": 360, "b": 360, "c": 250})
