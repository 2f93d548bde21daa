import json
from base64 import b64decode
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from numpy.typing import ArrayLike, NDArray

from denoising.recordings.channels import Channel
from denoising.report import looks
from denoising.report import looks_page as page
from denoising.report.looks import BLOCK, EXCERPT, MISSING, N_BINS, Look, taken
from denoising.report.looks_page import looks_page
from tests.denoising.report.test_page import Page, digest, ours

RATE = 250.0
LARGEST = 100_000  # bytes of a channel
HOSTILE = "</script><script>alert('x')</script> & \"quoted\""
Signal = NDArray[np.float64]


def channel_of(values: ArrayLike, **more: Any) -> Channel:
    signal = np.asarray(values, float)
    made = Channel("II", len(signal), RATE, lambda start, stop: signal[start:stop].copy(), "mV")
    return replace(made, **more)


def look_at(before: ArrayLike, after: ArrayLike, **more: Any) -> Look:
    return Look("a.edf", channel_of(before, **more), channel_of(after, **more), "depth 8", "11.2 dB")


def noise(n: int, seed: int = 0) -> Signal:
    return np.random.default_rng(seed).standard_normal(n)


def told(look: Look) -> dict[str, Any]:
    """What is taken, which JSON can hold, and which a page shows."""
    found = taken(look)
    assert len(json.dumps(found, allow_nan=False)) < LARGEST
    assert f'"channel":"{look.before.name}"' in looks_page("Title", "Lead", [found])
    return found


def unpacked(line: dict[str, Any]) -> Signal:
    steps = np.frombuffer(b64decode(line["steps"]), "<i2")
    return np.where(steps == MISSING, np.nan, line["zero"] + line["step"] * steps)


def assert_told(line: dict[str, Any], values: ArrayLike) -> None:
    """To half a step, which is the smaller the smaller the range."""
    expected = np.asarray(values, float)
    np.testing.assert_allclose(unpacked(line), expected, rtol=0, atol=0.51 * line["step"])
    if np.ptp(expected[~np.isnan(expected)]):
        assert line["step"] == pytest.approx(np.ptp(expected[~np.isnan(expected)]) / 65534)


@pytest.mark.parametrize("n", [EXCERPT + 1, 7 * N_BINS, 2 * BLOCK + 777])
def test_the_whole_recording_is_told_by_the_lowest_and_the_highest_of_each_bin(n: int) -> None:
    before, after = noise(n), 0.5 * noise(n, 1)
    whole = told(look_at(before, after))["views"][0]
    assert (whole["name"], whole["start"], whole["stop"]) == ("whole recording", 0, n)
    bins = [slice(i * n // N_BINS, (i + 1) * n // N_BINS) for i in range(N_BINS)]
    for name, line in (("before", before), ("after", after), ("removed", before - after)):
        low, high = whole["lines"][name]
        assert_told(low, [line[part].min() for part in bins])
        assert_told(high, [line[part].max() for part in bins])


def test_excerpts_are_the_samples_where_most_median_and_least_was_removed() -> None:
    n = 5 * EXCERPT + 100
    before, removed = 1000 + noise(n), 0.001 * noise(n, 1)
    for place, factor in enumerate((3, 1, 9, 2, 5)):
        removed[place * EXCERPT : (place + 1) * EXCERPT] *= factor
    removed[5 * EXCERPT :] *= 100  # less than a stretch
    views = told(look_at(before, before - removed))["views"][1:]
    assert [view["name"].removeprefix("excerpt with ") for view in views] == [
        "most removed", "median removed", "least removed"
    ]  # fmt: skip
    for view, place in zip(views, (2, 0, 1), strict=True):
        part = slice(place * EXCERPT, (place + 1) * EXCERPT)
        assert (view["start"], view["stop"]) == (part.start, part.stop)
        for name, line in (("before", before), ("after", before - removed), ("removed", removed)):
            assert_told(view["lines"][name][0], line[part])


def test_stretches_with_gaps_are_no_excerpts_unless_all_have_gaps() -> None:
    before = noise(4 * EXCERPT)
    before[[10, EXCERPT + 10, EXCERPT + 11, 3 * EXCERPT]] = np.nan
    shown = told(look_at(before, 0.5 * before))["views"][1:]
    assert [view["start"] for view in shown] == [2 * EXCERPT]
    before[2 * EXCERPT : 2 * EXCERPT + 50] = np.nan
    shown = told(look_at(before, 0.5 * before))["views"][1:]
    assert sorted(view["start"] for view in shown) == [0, 3 * EXCERPT]


def test_gaps_stay_gaps() -> None:
    before = noise(20_000)
    before[5_000:10_000] = np.nan
    before[12_345] = np.inf
    found = told(look_at(before, 0.5 * before))
    assert found["n_missing"] == 5_001
    for low, high in found["views"][0]["lines"].values():
        for line in (low, high):
            assert set(np.flatnonzero(np.isnan(unpacked(line)))) == set(range(500, 1000))
    short = before[4_000:6_000]
    lines = told(look_at(short, 0.5 * short))["views"][0]["lines"]
    assert_told(lines["before"][0], short)


def test_the_spectrum_of_a_hum_has_its_peak_there_and_it_is_told_what_took_it() -> None:
    n = 300_000
    clean = noise(n)
    before = clean + np.sin(2 * np.pi * 50 * np.arange(n) / RATE)
    found = told(look_at(before, clean))
    spectra = found["spectra"]
    hertz = spectra["step"] * np.arange(1, 513)
    density = {name: unpacked(spectra[name]) for name in ("before", "after", "removed")}
    for name in ("before", "removed"):
        assert hertz[np.nanargmax(density[name])] == pytest.approx(50, abs=spectra["step"])
    assert np.ptp(density["after"][1:-1]) < 3
    assert density["after"][1:-1].mean() == pytest.approx(10 * np.log10(2 / RATE), abs=0.2)
    assert found["removed_rms"] == pytest.approx(np.sqrt(0.5), rel=1e-3)
    assert found["removed_share"] == pytest.approx(0.5 / 1.5, rel=0.01)


def test_a_long_recording_is_read_in_blocks_and_its_spectra_from_a_part_all_over_it() -> None:
    n = 2**23
    asked: list[tuple[int, int]] = []

    def read(start: int, stop: int) -> Signal:
        asked.append((start, stop))
        return np.sin(0.1 * np.arange(start, stop))

    before = Channel("II", n, RATE, read)
    found = told(Look("a.edf", before, replace(before, read=lambda a, b: np.zeros(b - a)), "depth 8", ""))
    assert max(stop - start for start, stop in asked) <= BLOCK
    assert sum(stop - start for start, stop in asked) <= n + 2**20 + 3 * EXCERPT
    assert asked[-1][1] == n
    assert found["removed_share"] == pytest.approx(1, rel=1e-3)


@pytest.mark.parametrize("n", [0, 1, 2, 7, 8, 100, 1000, EXCERPT])
def test_short_recordings_are_told_by_all_of_their_samples(n: int) -> None:
    before = noise(n)
    found = told(look_at(before, 0.5 * before))
    (view,) = found["views"]
    if n:
        assert_told(view["lines"]["before"][0], before)
        assert_told(view["lines"]["removed"][0], 0.5 * before)
    assert (found["spectra"] is None) == (n < 8)


@pytest.mark.parametrize("value", [0.0, 3.0, -1e6, np.nan])
@pytest.mark.parametrize("n", [5, 500, 5_000])
def test_what_does_not_change_and_what_is_all_missing_has_no_share(value: float, n: int) -> None:
    found = told(look_at(np.full(n, value), np.full(n, value)))
    assert found["removed_share"] is None
    assert found["removed_rms"] == (None if np.isnan(value) else 0)
    assert found["n_missing"] == (n if np.isnan(value) else 0)
    low = found["views"][0]["lines"]["before"][0]
    np.testing.assert_array_equal(unpacked(low), np.full(min(n, N_BINS), value))
    if found["spectra"]:
        assert all(np.isnan(unpacked(found["spectra"][name])).all() for name in looks.NAMES)


def test_samples_far_from_zero_keep_their_digits() -> None:
    before = 1e9 + noise(50_000)
    assert told(look_at(before, before - 0.1 * noise(50_000, 1)))["removed_share"] == pytest.approx(
        0.01, rel=0.05
    )


def test_lengths_that_differ_are_refused() -> None:
    with pytest.raises(ValueError, match=r"^a\.edf: 3 samples before, but 2 after$"):
        taken(look_at([1, 2, 3], [1, 2]))


def test_names_units_and_warnings_are_only_text() -> None:
    look = replace(
        look_at(noise(100), noise(100), name=HOSTILE, unit=HOSTILE),
        file=HOSTILE, model=HOSTILE, noise=HOSTILE, warnings=(HOSTILE,),
    )  # fmt: skip
    shown = Page(looks_page(HOSTILE, HOSTILE, [taken(look)]))
    assert shown.open == []
    assert shown.text.count(HOSTILE) == 8  # title twice, lead, and the cells of a row
    run = [digest(source) for kind, source in shown.scripts if kind is None]
    assert run == ours("uplot/uPlot.iife.min.js", "looks.js", "tables.js") == shown.allowed_scripts()
    (data,) = [json.loads(source) for kind, source in shown.scripts if kind]
    assert data["channels"][0]["unit"] == HOSTILE


def test_every_channel_has_a_row_and_the_first_ones_that_fit_have_plots() -> None:
    found = taken(look_at(noise(20_000), 0.5 * noise(20_000)))
    channels = [found | {"channel": f"channel {i}"} for i in range(200)]
    html = looks_page("Title", "Lead", channels)
    assert len(html) < 8_200_000
    shown = Page(html)
    (data,) = [json.loads(source) for kind, source in shown.scripts if kind]
    n = len(data["channels"])
    assert 80 < n < 200
    assert f"Only the first {n} of 200 channels have plots" in " ".join(shown.text.split())
    assert [row["id"] for row in shown.all("tr") if "id" in row] == [f"look-{i}" for i in range(1, 201)]
    links = [link["href"] for link in shown.all("a") if "aria-label" in link]
    assert links == [f"#look-{i}" for i in range(1, n + 1)]


def test_fifty_long_channels_all_have_plots() -> None:
    found = taken(look_at(noise(10**6), 0.5 * noise(10**6)))
    assert page.fitting([found] * 50) == 50


def test_without_channels_the_table_is_empty() -> None:
    shown = Page(looks_page("Title", "Lead", []))
    assert shown.open == []
    assert "0 channels" in shown.text
