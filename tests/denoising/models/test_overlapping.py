"""Windows that overlap, held against plain loops."""

from collections.abc import Callable
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from denoising.models.overlapping import BLOCK_SAMPLES, Overlapping, pieces
from tests.denoising.models.made_up import Array, bending, identity, model, network, noise


def by_hand(denoise: Callable[[Array], Array], window: int, hop: int, signal: Array) -> Array:
    """Every window of every run without gaps, one after the other, and the weighted mean of all."""
    n, found = len(signal), signal.copy()
    curve = np.array([np.sin(np.pi * (i + 0.5) / window) ** 2 for i in range(window)])
    begin = 0
    while begin < n:
        if not np.isfinite(signal[begin]):
            begin += 1
            continue
        end = begin
        while end < n and np.isfinite(signal[end]):
            end += 1
        longer = np.pad(signal[begin:end], window, mode="reflect")  # begins at sample begin - window
        total, weight = np.zeros((2, len(longer)))
        for start in range(-(-(begin - window + 1) // hop) * hop, end, hop):
            here = slice(start - begin + window, start - begin + 2 * window)
            total[here] += curve * denoise(longer[here][None])[0]
            weight[here] += curve
        found[begin:end] = (total / np.where(weight, weight, 1))[window : window + end - begin]
        begin = end
    return found


def read_within(signal: Array) -> Callable[[int, int], Array]:
    """Reads samples, and refuses to be asked for others."""

    def read(start: int, stop: int) -> Array:
        assert 0 <= start <= stop <= len(signal)
        return signal[start:stop]

    return read


def whole(overlapping: Overlapping, signal: Array, *cuts: int) -> Array:
    ends = sorted({0, len(signal), *cuts})
    read = read_within(signal)
    parts = [overlapping.between(read, len(signal), start, stop) for start, stop in pairwise(ends)]
    return np.concatenate(parts)


@settings(max_examples=60)
@given(
    n=st.integers(1, 3000),
    window=st.integers(1, 64),
    overlap=st.floats(0, 0.9),
    gaps=st.lists(st.tuples(st.integers(0, 2999), st.integers(1, 90)), max_size=5),
    cuts=st.lists(st.integers(1, 2999), max_size=6),
)
@example(n=1, window=64, overlap=0.5, gaps=[], cuts=[])
@example(n=2, window=7, overlap=0.9, gaps=[], cuts=[1])
@example(n=300, window=64, overlap=0.5, gaps=[(3, 1), (5, 1), (100, 150)], cuts=[4, 5, 99, 251])
def test_any_pieces_of_any_signal_are_what_plain_loops_make_of_the_whole(
    n: int, window: int, overlap: float, gaps: list[tuple[int, int]], cuts: list[int]
) -> None:
    signal = np.cumsum(noise(n)) / 5
    for start, length in gaps:
        signal[start : start + length] = np.nan
    overlapping = Overlapping(bending, window, overlap)
    expected = by_hand(bending, window, overlapping.hop, signal)
    found = whole(overlapping, signal, *[cut for cut in cuts if cut < n])
    assert np.allclose(found, expected, rtol=1e-9, atol=1e-9, equal_nan=True)


@pytest.mark.parametrize("overlap", [0.0, 0.3, 0.5, 0.75, 0.9])
def test_what_changes_nothing_gives_every_signal_back(overlap: float) -> None:
    overlapping = Overlapping(identity, 256, overlap)
    for n in (*range(1, 20), 127, 128, 129, 255, 256, 257, 383, 1000, 9_999, 100_000):
        signal = noise(n)
        assert np.allclose(whole(overlapping, signal), signal, rtol=0, atol=1e-12), n


def test_pieces_follow_each_other_from_the_first_sample_to_the_last() -> None:
    for n in (0, 1, BLOCK_SAMPLES - 1, BLOCK_SAMPLES, BLOCK_SAMPLES + 1, 3 * BLOCK_SAMPLES + 5):
        assert [place for ends in pieces(n) for place in range(*ends)] == list(range(n))


def test_a_network_gives_as_many_samples_as_it_gets_whatever_its_own_window() -> None:
    used = model(network(256), window=256)
    for n in (*range(1, 9), 100, 255, 256, 257, 999, 1000, 1001, 1008, 2345):
        assert used.denoise(noise(n)).shape == (n,)


@pytest.mark.parametrize("denoiser", ["a step for each window", "network"])
def test_nothing_shows_where_a_window_begins_or_ends(denoiser: str) -> None:
    """The same denoiser leaves steps there if windows do not overlap."""
    window, n = 64, 6400
    signal = np.sin(np.arange(n) / 150) + 0.3 * np.cos(np.arange(n) / 211)
    net = network(window, seed=3)

    def of_windows(windows: Array) -> Array:
        if denoiser == "network":
            return net(windows)
        return windows + 0.2 * np.sin(1000 * windows.mean(axis=1, keepdims=True))

    def second_differences(overlap: float) -> tuple[float, float]:
        overlapping = Overlapping(of_windows, window, overlap)
        found = np.abs(np.diff(whole(overlapping, signal), 2))[window:-window]
        number = np.arange(window + 1, window + 1 + len(found)) % overlapping.hop  # of the middle sample
        seam = (number <= 1) | (number >= overlapping.hop - 1)
        return found[seam].max(), found[~seam].max()

    at_seams, elsewhere = second_differences(0.5)
    assert at_seams <= 1.01 * elsewhere
    if denoiser != "network":
        steps, between = second_differences(0.0)
        assert steps > 10 * between
