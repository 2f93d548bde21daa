"""The grid of windows of a channel, and windows from anywhere in it."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from denoising.recordings import windowing
from denoising.recordings.windowing import grid_of, windows_at
from tests.denoising.recordings.made_up import channel_of


@pytest.fixture(autouse=True)
def small_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(windowing, "BLOCK_SAMPLES", 50)


@given(n=st.integers(1, 400), length=st.integers(8, 60), seed=st.integers(0, 10), gaps=st.integers(0, 8))
def test_the_grid_knows_gaps_and_the_range_however_it_is_read(
    n: int, length: int, seed: int, gaps: int
) -> None:
    chance = np.random.default_rng(seed)
    samples = chance.standard_normal(n)
    samples[chance.integers(0, n, gaps)] = np.nan
    grid = grid_of(channel_of(samples), length)
    whole = [bool(np.isfinite(samples[i : i + length]).all()) for i in range(0, n - length + 1, length)]
    assert grid.whole.tolist() == whole
    assert grid.missing == np.isnan(samples).sum()
    if grid.missing < n:
        assert (grid.lowest, grid.highest) == (np.nanmin(samples), np.nanmax(samples))


def test_a_channel_of_nothing_has_no_range() -> None:
    grid = grid_of(channel_of(np.full(100, np.nan)), 8)
    assert np.isnan([grid.lowest, grid.highest]).all()
    assert grid.missing == 100
    assert not grid.whole.any()


@given(starts=st.sets(st.integers(0, 380)), length=st.integers(1, 120))
def test_windows_are_the_samples_from_where_they_begin(starts: set[int], length: int) -> None:
    samples = np.random.default_rng(0).standard_normal(500)
    found = windows_at(channel_of(samples), np.array(sorted(starts), np.intp), length)
    assert found.shape == (len(starts), length)
    assert all(
        np.array_equal(own, samples[start : start + length])
        for own, start in zip(found, sorted(starts), strict=True)
    )
