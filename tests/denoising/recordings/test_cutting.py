"""Windows of recordings: no sample on two sides, no recording twice, and as many as allowed."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import combinations, pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from denoising.recordings.cutting import cut_windows
from denoising.recordings.pairs import with_partner
from denoising.recordings.parts import stretches
from denoising.recordings.settings import RecordingError
from denoising.recordings.survey import Signal
from denoising.recordings.windowing import WindowSet
from tests.denoising.recordings.made_up import LENGTH, signal_of, told_apart

MANY = (100_000, 100_000)


def noise(n: int, *key: int) -> np.ndarray:
    return np.random.default_rng(key).standard_normal(n)


def cut(signals: Sequence[Signal], group: str = "", seed: int = 0, most: tuple[int, int] = MANY) -> dict:
    return cut_windows(signals, LENGTH, group, seed, *most)


def times(windows: WindowSet) -> dict[str, set[int]]:
    """The numbers of the samples in windows, by recording."""
    found: dict[str, set[int]] = {}
    for file, offset in zip(windows.file, windows.offset, strict=True):
        found.setdefault(file, set()).update(range(offset, offset + LENGTH))
    return found


@settings(deadline=None, max_examples=40)
@given(
    lengths=st.lists(st.integers(8 * LENGTH, 60 * LENGTH), min_size=1, max_size=10),
    n_channels=st.integers(1, 2),
    seed=st.integers(0, 50),
)
def test_no_sample_is_in_two_parts_and_those_of_a_recording_are_a_window_apart(
    lengths: list[int], n_channels: int, seed: int
) -> None:
    signals = [
        signal_of(f"{number}", told_apart(n, 10_000 * number + 1_000_000 * c), f"{c}")
        for number, n in enumerate(lengths)
        for c in range(n_channels)
    ]
    parts = cut(signals, seed=seed)
    for windows in parts.values():
        for file, channel, offset, samples in zip(
            windows.file, windows.channel, windows.offset, windows.samples, strict=True
        ):
            first = 10_000 * int(file) + 1_000_000 * int(channel) + offset
            assert np.array_equal(np.floor(samples), first + np.arange(LENGTH))
    for one, other in combinations(parts, 2):
        first, second = times(parts[one]), times(parts[other])
        for file in first.keys() & second.keys():
            mine, theirs = np.sort([*first[file]]), np.sort([*second[file]])
            near = np.searchsorted(theirs, mine)
            after = theirs[near.clip(max=len(theirs) - 1)] - mine
            before = mine - theirs[(near - 1).clip(min=0)]
            gaps = np.concatenate([after[near < len(theirs)], before[near > 0]])
            assert gaps.min() > LENGTH
        if len(lengths) > 2:
            assert not first.keys() & second.keys()
    for part in ("validation", "test"):
        windows = parts[part]
        assert len(windows) * LENGTH == n_channels * sum(map(len, times(windows).values()))


def test_windows_to_train_on_begin_a_quarter_of_a_window_apart_within_their_block() -> None:
    windows = cut([signal_of("one", told_apart(200 * LENGTH))])["train"]
    for block in np.unique(windows.block):
        assert set(np.diff(windows.offset[windows.block == block])) == {LENGTH // 4}


def test_blocks_of_two_recordings_are_of_one_each_and_every_part_has_ten_of_both() -> None:
    parts = cut([signal_of(f"{n}", told_apart(100 * LENGTH, 10_000 * n)) for n in range(2)])
    for windows in parts.values():
        assert len({*zip(windows.block, windows.file, strict=True)}) == len(np.unique(windows.block)) == 20


def test_recordings_of_a_group_are_one_block() -> None:
    names = [f"s{subject}/{run}.wav" for subject in range(20) for run in range(2)]
    parts = cut([signal_of(name, noise(9 * LENGTH, n)) for n, name in enumerate(names)], r"s\d+")
    for windows in parts.values():
        subjects = [file.partition("/")[0] for file in windows.file]
        assert len({*zip(windows.block, subjects, strict=True)}) == len(set(subjects))
        assert len(np.unique(windows.block)) == len(set(subjects))


@pytest.mark.parametrize(("n_recordings", "n_windows", "n_blocks"), [(4, 100, 10), (4, 7, 2), (15, 20, 3)])
def test_tests_have_blocks_enough_for_an_interval(n_recordings: int, n_windows: int, n_blocks: int) -> None:
    parts = cut([signal_of(f"{n}", noise(n_windows * LENGTH, n)) for n in range(n_recordings)])
    windows = parts["test"]
    assert len(np.unique(windows.block)) == n_blocks
    for file in np.unique(windows.file.astype(str)):
        rows = windows.file == file
        ends = [windows.offset[rows & (windows.block == b)] for b in np.unique(windows.block[rows])]
        gaps = [after.min() - before.max() for before, after in pairwise(ends)]
        assert all(gap >= 2 * LENGTH for gap in gaps), "a window lies between two blocks"


@pytest.mark.parametrize("n", [1, 4])
def test_windows_with_a_missing_sample_are_left_out_whichever_of_the_two_lacks_it(n: int) -> None:
    signals = []
    for number in range(n):
        samples, partner = noise(100 * LENGTH, number), noise(100 * LENGTH, number, 1)
        samples[::333] = np.nan
        partner[7::451] = np.nan
        pair = with_partner(signal_of(f"{number}", samples), signal_of(f"{number}", partner), LENGTH)
        signals.append(replace(pair, file=f"{number}"))
    for windows in cut(signals).values():
        assert len(windows)
        assert windows.partner is not None
        assert np.isfinite(windows.samples).all()
        assert np.isfinite(windows.partner).all()


def test_a_part_of_gaps_alone_is_refused() -> None:
    samples = noise(8 * LENGTH)
    samples[4 * LENGTH :] = np.nan
    with pytest.raises(RecordingError, match="no whole window for validation; give more or longer"):
        cut([signal_of("one", samples)])


@given(n_signals=st.integers(2, 600), n_test=st.integers(1, 200))
@settings(deadline=None, max_examples=30)
def test_no_more_windows_are_taken_than_allowed_and_they_are_spread_evenly(
    n_signals: int, n_test: int
) -> None:
    signals = [signal_of("one", LONG)]
    every, some = cut(signals), cut(signals, most=(n_signals, n_test))
    assert len(some["train"]) + len(some["validation"]) <= n_signals
    assert len(some["test"]) == min(n_test, len(every["test"]))
    assert len(some["train"]) == pytest.approx(0.75 * n_signals, abs=1)
    assert len(some["validation"]) >= 1
    for part, windows in some.items():
        places = np.searchsorted(every[part].offset, windows.offset)
        assert np.array_equal(every[part].offset[places], windows.offset)
        assert len(places) < 2 or np.ptp(np.diff(places)) <= 1


LONG = noise(300 * LENGTH)


def copied(how: str, samples: np.ndarray, length: int) -> np.ndarray:
    return {
        "the same": samples,
        "another unit": samples * 1e-3 + 0.2,
        "single precision": samples.astype(np.float32).astype(float),
        "16 bits": np.round(samples / 8 * 2**15) / 2**15,
        "two digits": np.round(samples, 2),
        "later by windows": samples[3 * length :],
    }[how]


@pytest.mark.parametrize("length", [LENGTH, 256])
@pytest.mark.parametrize(
    "how", ["the same", "another unit", "single precision", "16 bits", "two digits", "later by windows"]
)
def test_a_recording_that_is_there_twice_is_a_leak_unless_both_are_on_one_side(how: str, length: int) -> None:
    refused = 0
    for seed in range(6):
        originals = [noise(40 * length, seed, number) for number in range(5)]
        signals = [signal_of(f"{n}.edf", own, length=length) for n, own in enumerate(originals)]
        cut_windows(signals, length, "", seed, *MANY)
        signals.append(signal_of("copy.wav", copied(how, originals[0], length), length=length))
        sizes = [len(signal.grid.whole) for signal in signals]
        split = stretches([signal.file for signal in signals], sizes, "", seed)
        if split[0][0].part == split[-1][0].part:
            cut_windows(signals, length, "", seed, *MANY)
            continue
        refused += 1
        with pytest.raises(
            RecordingError,
            match=r"hold the same window, from samples [\d,]+ and [\d,]+ on; leave one out[^\n]*$",
        ) as told:
            cut_windows(signals, length, "", seed, *MANY)
        assert {"0.edf", "copy.wav"} <= set(str(told.value).replace(",", "").split())
        names = {"0.edf": "twice a.edf", "copy.wav": "twice b.wav"}
        together = [replace(signal, file=names.get(signal.file, signal.file)) for signal in signals]
        cut_windows(together, length, r"twice|\d", seed, *MANY)
    assert refused


def sine(period: float, phase: float = 0.0, n: int = 60 * LENGTH) -> np.ndarray:
    return np.sin(2 * np.pi * np.arange(n) / period + phase)


def test_a_periodic_recording_is_no_leak_of_itself() -> None:
    cut([signal_of("one", sine(LENGTH))])
    cut([signal_of("one", sine(LENGTH)), signal_of("other", sine(LENGTH, 1.0))])


def test_periodic_recordings_are_a_leak_only_if_their_windows_are_the_same() -> None:
    cut([signal_of(f"{n}", sine(7.0 + n)) for n in range(6)])
    cut([signal_of(f"{n}", sine(LENGTH, 0.1 * n)) for n in range(6)])
    with pytest.raises(RecordingError, match="hold the same window"):
        cut([signal_of(f"{n}", sine(LENGTH, 0.25 * np.pi * n)) for n in range(6)])


def test_smooth_recordings_whose_windows_look_alike_by_chance_are_no_leak() -> None:
    """Such as breath at many samples a second, whose windows are nearly straight lines."""
    chance = np.random.default_rng(0)
    times = np.arange(200 * LENGTH) / (60 * LENGTH)
    breaths = [
        np.sin(2 * np.pi * (times + chance.uniform() + 0.02 * np.sin(times * (n + 1)))) for n in range(6)
    ]
    signals = [signal_of(f"{n}", breath) for n, breath in enumerate(breaths)]
    cut(signals)
    with pytest.raises(RecordingError, match="hold the same window"):
        cut([*signals, *(signal_of(f"copy {n}", breath) for n, breath in enumerate(breaths))], seed=1)


def test_a_copied_piece_is_a_leak_at_the_ends_of_recordings_too() -> None:
    pieces = [noise(12 * LENGTH, n) for n in range(8)]
    pieces[3] = np.concatenate([pieces[3][: 2 * LENGTH], pieces[0][: 10 * LENGTH]])
    sides = [
        {own[0].part for own in stretches([f"{n}" for n in range(8)], [12] * 8, "", 0)[n : n + 1]}
        for n in (0, 3)
    ]
    signals = [signal_of(f"{n}", piece) for n, piece in enumerate(pieces)]
    if sides[0] == sides[1]:
        cut(signals)
    else:
        with pytest.raises(RecordingError, match="hold the same window"):
            cut(signals)


def test_flat_windows_are_no_leak() -> None:
    signals = [signal_of(f"{n}", np.repeat(noise(40, n), LENGTH)) for n in range(6)]
    cut(signals)


def test_windows_are_the_same_for_a_seed_and_other_recordings_are_for_tests_with_another() -> None:
    signals = [signal_of(f"{n}", noise(40 * LENGTH, n)) for n in range(8)]
    tested = [frozenset(cut(signals, seed=seed)["test"].file) for seed in (0, 0, 1, 2, 3)]
    assert tested[0] == tested[1]
    assert len(set(tested)) > 1
