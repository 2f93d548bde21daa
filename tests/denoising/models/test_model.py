"""Denoisers in use: shapes, types, units, gaps, and what they refuse."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from denoising.models.model import Models
from denoising.models.model_file import ModelError
from denoising.signals.scaling import robust
from tests.denoising.models.made_up import WINDOW, Array, identity, model, network, noise

INTEGERS = [np.int8, np.int16, np.int32, np.int64, np.uint8, np.uint16, np.uint32, np.uint64]
NETWORK = network(WINDOW)


def loud(windows: Array) -> Array:
    return 100 * windows


@pytest.mark.parametrize("dtype", [*INTEGERS, np.float16, np.float32, np.float64, ">i2", ">f4"])
@pytest.mark.parametrize("shape", [(100,), (1, 100), (3, 100), (3, 1), (1,)])
def test_signals_come_back_in_their_shape_and_type(shape: tuple[int, ...], dtype: Any) -> None:
    signals = (40 + 20 * np.random.default_rng(0).standard_normal(shape)).astype(dtype)
    before = signals.copy()
    found = model().denoise(signals)
    assert (found.shape, found.dtype) == (shape, np.dtype(dtype))
    assert np.array_equal(signals, before), "and are left alone"


def test_channels_are_denoised_each_by_itself() -> None:
    channels = np.array([[1.0], [50.0], [-3.0]]) * noise(300).reshape(3, 100) + [[0.0], [1e3], [5.0]]
    alone = [model().denoise(channel) for channel in channels]
    assert np.array_equal(model().denoise(channels), alone)
    assert np.array_equal(model().denoise(np.asfortranarray(channels)), alone)
    assert np.array_equal(model().denoise(np.repeat(channels, 2, axis=1)[:, ::2]), alone)


@pytest.mark.parametrize("dtype", INTEGERS)
def test_integers_are_rounded_and_stay_within_their_range(dtype: Any) -> None:
    limits = np.iinfo(dtype)
    middle = (int(limits.max) + int(limits.min)) // 2
    signal = (middle + np.round(limits.max / 4 * np.tanh(noise(400)))).astype(dtype)
    exact = model(loud).denoise(signal.astype(np.float64))
    found = model(loud).denoise(signal)
    assert (found.min(), found.max()) == (limits.min, limits.max)
    inside = (exact > limits.min) & (exact < limits.max)
    apart = np.abs(found[inside].astype(np.float64) - exact[inside])
    assert np.all(apart <= 0.5 + 1e-15 * float(limits.max))
    assert np.all(found[exact >= limits.max] == limits.max)
    assert np.all(found[exact <= limits.min] == limits.min)
    small = model().denoise((100 + 9 * np.sin(np.arange(90))).astype(dtype))
    assert np.abs(small - 100.0).max() > 1


@settings(max_examples=40)
@given(
    c=st.floats(1e-5, 1e6), b=st.floats(-1e6, 1e6), n=st.integers(2, 150), seed=st.integers(0, 99),
    steps=st.sampled_from([0, 1, 3]),
)  # fmt: skip
def test_another_unit_and_another_zero_change_nothing_else(
    c: float, b: float, n: int, seed: int, steps: int
) -> None:
    """Also of signals that have few values, so that the percentiles of most are equal."""
    signal = np.round(noise(n, seed) * steps) if steps else noise(n, seed)
    expected = c * model().denoise(signal) + b
    precision = 1e-9 * c + 1e-13 * abs(b)
    assert np.abs(model().denoise(c * signal + b) - expected).max() <= precision


@pytest.mark.parametrize(("c", "b"), [(1e-6, 0), (3.7, -2), (1e6, 1e6), (1, 1e6), (1e-3, 1e3)])
def test_a_network_does_not_mind_another_unit_and_another_zero(c: float, b: float) -> None:
    signal, used = noise(500), model(NETWORK)
    assert np.abs(used.denoise(c * signal + b) - (c * used.denoise(signal) + b)).max() < 1e-5 * c
    whole = np.round(1000 * signal).astype(np.int32)
    apart = used.denoise(7 * whole + 10_000) - (7 * used.denoise(whole.astype(float)) + 10_000)
    assert np.abs(apart).max() <= 0.51


@settings(max_examples=60)
@given(
    value=st.floats(-1e9, 1e9) | st.sampled_from([0.0, 0.1, 1e6 + 0.1, 1e9 / 7, -1 / 3]),
    n=st.integers(1, 2000),
    dtype=st.sampled_from([np.float64, np.float32, np.int32]),
)
def test_a_constant_stays_that_constant_to_its_last_digit(value: float, n: int, dtype: Any) -> None:
    signal = np.full(n, value).astype(dtype)
    assert np.array_equal(model().denoise(signal), signal)
    assert robust(signal)[1] == 0


def test_a_large_offset_takes_no_digits() -> None:
    signal = noise(1000)
    near, far = (model(NETWORK).denoise(signal + offset) for offset in (0, 1e6))
    assert np.abs(far - 1e6 - near).max() < 1e-5


@pytest.mark.parametrize("shape", [(0,), (2, 0), (0, 5), (0, 0)])
def test_of_no_samples_none_come_back(shape: tuple[int, ...]) -> None:
    for used in (model(), Models((model(), model()))):
        for dtype in (np.float32, np.int16):
            found = used.denoise(np.zeros(shape, dtype))
            assert (found.shape, found.dtype) == (shape, dtype)


def test_missing_and_infinite_samples_stay_as_they_are_and_touch_no_other_run() -> None:
    signal = noise(500)
    gaps = [10, 11, 100, 250, 499]
    signal[gaps] = [np.nan, np.inf, -np.inf, np.nan, np.nan]
    found = model().denoise(signal, centre=0.1, scale=1.2)
    assert np.array_equal(found[gaps], signal[gaps], equal_nan=True)
    for run in (slice(0, 10), slice(12, 100), slice(101, 250), slice(251, 499)):
        assert np.isfinite(found[run]).all()
        other = np.full(500, np.nan)
        other[run] = signal[run]
        assert np.allclose(model().denoise(other, centre=0.1, scale=1.2)[run], found[run])
    nothing = np.full(50, np.nan)
    assert np.array_equal(model().denoise(nothing), nothing, equal_nan=True)


def test_the_denoiser_sees_what_it_saw_in_training() -> None:
    """Its input has the reference's spread and, times the gains, comes back at the signal's own size."""
    seen: list[Array] = []

    def remember(windows: Array) -> Array:
        seen.append(windows)
        return 2 * windows

    signal = 7 + 5 * noise(WINDOW * 40)
    used = model(remember, input_gain=3.0, output_gain=0.25, reference=1.5)
    found = used.denoise(signal)
    centre, _ = robust(signal)
    assert np.allclose(found, centre + 3 * 0.25 * 2 * (signal - centre))
    assert robust(np.concatenate(seen))[1] == pytest.approx(3 * 1.5, rel=0.02)
    given = used.denoise(signal, centre=1.0, scale=10.0)
    assert np.allclose(given, 1 + 3 * 0.25 * 2 * (signal - 1))


def test_a_signal_may_be_a_list() -> None:
    assert np.array_equal(model(identity).denoise([3, 1, 2]), [3, 1, 2])  # type: ignore[arg-type]


BAD: dict[str, tuple[Any, dict[str, Any]]] = {
    "no axis": (np.float64(3), {}),
    "three axes": (np.zeros((1, 2, 3)), {}),
    "complex": (np.zeros(5, complex), {}),
    "bool": (np.zeros(5, bool), {}),
    "object": (np.array([1, None, 2]), {}),
    "text": (np.array(["a", "b"]), {}),
    "time": (np.zeros(5, "datetime64[s]"), {}),
    "no rate": (noise(99), {}),
    "rate": (noise(99), {"rate": 250}),
    "rate nan": (noise(99), {"rate": np.nan}),
    "overlap 1": (noise(99), {"rate": 360, "overlap": 1.0}),
    "overlap below 0": (noise(99), {"rate": 360, "overlap": -0.1}),
    "overlap nan": (noise(99), {"rate": 360, "overlap": np.nan}),
    "scale nan": (noise(99), {"rate": 360, "scale": np.nan}),
    "scale below 0": (noise(99), {"rate": 360, "scale": -1.0}),
    "centre inf": (noise(99), {"rate": 360, "centre": np.inf}),
}


@pytest.mark.parametrize(("signal", "more"), BAD.values(), ids=BAD)
def test_one_line_tells_what_cannot_be_denoised(signal: Any, more: dict[str, Any]) -> None:
    used = model(rate=360.0, signals="recordings")
    with pytest.raises(ModelError) as caught:
        used.denoise(signal, **more)
    [line] = str(caught.value).splitlines()
    assert line.startswith(("signals", list(more or ["rate"])[-1]))


def test_a_stream_refuses_the_same() -> None:
    used = model(rate=360.0, signals="recordings")
    for more in [more for _, more in BAD.values() if more] + [{}]:
        with pytest.raises(ModelError):
            used.stream(**more)


def test_a_rate_that_is_the_same_but_for_its_last_digits_is_the_same() -> None:
    used = model(rate=360.0, signals="recordings")
    signal = noise(99)
    assert np.array_equal(used.denoise(signal, 360), used.denoise(signal, 359.99))
    assert np.array_equal(model().denoise(signal), model().denoise(signal, rate=17))
