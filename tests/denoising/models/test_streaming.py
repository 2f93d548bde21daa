"""Signals that are denoised as they come."""

from collections.abc import Iterable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from denoising.models.model import Model, Models
from denoising.models.model_file import ModelError
from denoising.models.streaming import FIRST_WINDOWS, Stream
from denoising.signals.scaling import robust
from tests.denoising.models.made_up import WINDOW, Array, bending, identity, model, network, noise, portrait

FIRST = FIRST_WINDOWS * WINDOW
GIVEN = {"centre": 0.3, "scale": 1.7}


def signal_of(n: int) -> Array:
    return np.cumsum(noise(n)) / 7 + noise(n, 1)


def streamed(stream: Stream, signal: Array, chunks: Iterable[int]) -> Array:
    """What a stream gives of a signal in chunks of these sizes, and of the rest at the end."""
    found, start = [], 0
    for size in chunks:
        found.append(stream.push(signal[start : start + size]))
        start = min(start + size, len(signal))
        if stream.first <= start:
            given = sum(map(len, found))
            assert given == max(0, start - stream.delay), "the delay is what it says"
    found += [stream.push(signal[start:]), stream.finish()]
    return np.concatenate(found)


@pytest.mark.parametrize("size", [1, 2, 7, 31, 32, 33, 100, 1000, 9_999, 10_000])
def test_chunks_of_any_size_give_what_the_whole_gives(size: int) -> None:
    signal = signal_of(1500 if size < 5 else 25_000)
    found = streamed(model().stream(**GIVEN), signal, [size] * (len(signal) // size))
    assert np.allclose(found, model().denoise(signal, **GIVEN), rtol=0, atol=1e-12)


@settings(max_examples=40)
@given(
    n=st.integers(0, 4000),
    chunks=st.lists(st.integers(0, 900), max_size=12),
    overlap=st.sampled_from([0.0, 0.5, 0.8]),
    gaps=st.lists(st.tuples(st.integers(0, 3999), st.integers(1, 200)), max_size=4),
    known=st.booleans(),
)
def test_chunks_of_random_sizes_give_what_the_whole_gives_with_or_without_a_known_scale(
    n: int, chunks: list[int], overlap: float, gaps: list[tuple[int, int]], known: bool
) -> None:
    signal = signal_of(n)
    for start, length in gaps:
        signal[start : start + length] = np.nan
    first = signal[:FIRST]
    centre, scale = robust(first[np.isfinite(first)])
    scaling = GIVEN if known else {"centre": centre, "scale": scale}
    found = streamed(model().stream(overlap=overlap, **(GIVEN if known else {})), signal, chunks)
    expected = model().denoise(signal, overlap=overlap, **scaling)
    assert np.allclose(found, expected, rtol=0, atol=1e-11, equal_nan=True)


@pytest.mark.parametrize("size", [1, 100, FIRST - 1, FIRST, FIRST + 1, 10_000])
def test_without_a_scale_it_begins_after_its_first_stretch_and_goes_by_that_alone(size: int) -> None:
    """However large the chunks are, and though the signal grows louder afterwards."""
    signal = signal_of(FIRST + 1500)
    signal[FIRST:] *= 10
    stream = model().stream()
    for start in range(0, FIRST - 1, size):
        assert start + size >= FIRST or len(stream.push(signal[start : start + size])) == 0
    found = streamed(model().stream(), signal, [size] * (len(signal) // size))
    centre, scale = robust(signal[:FIRST])
    assert np.allclose(found, model().denoise(signal, centre=centre, scale=scale), rtol=0, atol=1e-11)


def test_several_models_are_chosen_from_by_the_first_stretch() -> None:
    """The first stretch is quiet, and what follows is not."""
    quiet, loud = (named(noise) for noise in (0.01, 1.0))
    signal = np.r_[np.sin(np.arange(FIRST) / 9), 3 * noise(4000)]
    models = Models((loud, quiet))
    centre, scale = robust(signal[:FIRST])
    expected = quiet.denoise(signal, centre=centre, scale=scale)
    for size in (50, 10_000):
        found = streamed(models.stream(), signal, [size] * (len(signal) // size))
        assert np.allclose(found, expected, rtol=0, atol=1e-11)
        given = streamed(models.stream(centre=centre, scale=scale), signal, [size] * (len(signal) // size))
        assert np.allclose(given, expected, rtol=0, atol=1e-11)


def named(noise_std: float) -> Model:
    """A model for noise of this strength, which gives itself away."""
    return model(lambda windows: bending(windows) + noise_std, portrait=portrait(noise_std))


@pytest.mark.parametrize("n", [0, 1, 2, WINDOW - 1, WINDOW])
def test_a_signal_shorter_than_a_window_comes_at_the_end(n: int) -> None:
    signal = signal_of(n)
    for scaling in ({}, GIVEN):
        stream = model().stream(**scaling)
        pushed = stream.push(signal)
        found = np.concatenate([pushed, stream.finish()])
        assert len(pushed) == (max(0, n - stream.delay) if scaling else 0)
        assert np.allclose(found, model().denoise(signal, **scaling), rtol=0, atol=1e-12)
        assert len(stream.finish()) == 0


def test_a_stream_that_begins_constant_passes_as_it_is() -> None:
    signal = np.r_[np.full(FIRST, 0.1), noise(500)]
    found = streamed(model().stream(), signal, [64] * 20)
    assert np.array_equal(found, signal)


def test_a_network_streams_what_it_gives_of_the_whole() -> None:
    used = model(network(64), window=64)
    signal = signal_of(2000)
    for size in (500, 999):
        found = streamed(used.stream(**GIVEN), signal, [size] * (len(signal) // size))
        assert np.allclose(found, used.denoise(signal, **GIVEN), rtol=0, atol=1e-5)


def test_memory_stays_bounded() -> None:
    stream = model(identity).stream(centre=0.0, scale=1.0)
    for number in range(300):
        stream.push(noise(100, number))
        assert len(stream._kept) <= 2 * WINDOW + 100


@pytest.mark.parametrize("chunk", [np.zeros((2, 5)), np.float64(1), np.zeros(3, complex)])
def test_chunks_of_another_shape_or_type_are_refused_in_a_line(chunk: Array) -> None:
    with pytest.raises(ModelError):
        model().stream().push(chunk)
