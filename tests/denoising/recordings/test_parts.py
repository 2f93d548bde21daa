"""The split of recordings, as numbers of windows."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from denoising.recordings.parts import LEAST_WINDOWS, SHARES, Stretch, group_of, stretches
from denoising.recordings.settings import RecordingError

LENGTHS = st.integers(LEAST_WINDOWS, 3000)


def shares(split: list[list[Stretch]]) -> dict[str, float]:
    sizes = {part: sum(s.stop - s.start for own in split for s in own if s.part == part) for part in SHARES}
    return {part: size / sum(sizes.values()) for part, size in sizes.items()}


def names_of(lengths: list[int]) -> list[str]:
    return [f"{number}.wav" for number in range(len(lengths))]


def check_apart(own: list[Stretch], length: int) -> None:
    """Stretches follow each other with a window or more between two, and lie within the recording."""
    assert own[0].start == 0
    assert own[-1].stop <= length
    assert all(stretch.start < stretch.stop for stretch in own)
    assert all(after.start > before.stop for before, after in pairwise(own))


@given(lengths=st.lists(LENGTHS, min_size=1, max_size=2))
def test_one_or_two_recordings_are_split_in_time_into_every_part(lengths: list[int]) -> None:
    split = stretches(names_of(lengths), lengths, "", 0)
    for own, length in zip(split, lengths, strict=True):
        check_apart(own, length)
        assert {stretch.part for stretch in own} == set(SHARES)
        n = len(own) // 3
        assert n == min(10, length // LEAST_WINDOWS)
        lost = length - sum(stretch.stop - stretch.start for stretch in own)
        assert lost <= 3 * n, "no more is lost than the gaps"
        usable = (length - lost) / n
        found = shares([own])
        for part, share in SHARES.items():
            assert found[part] == pytest.approx(share, abs=1.5 / usable + 1e-9)


@given(lengths=st.lists(LENGTHS, min_size=3, max_size=12), seed=st.integers(0, 100))
def test_more_recordings_are_on_one_side_each(lengths: list[int], seed: int) -> None:
    split = stretches(names_of(lengths), lengths, "", seed)
    sides = [{stretch.part for stretch in own} for own in split]
    assert all(len(side) == 1 for side in sides)
    assert set.union(*sides) == set(SHARES)
    longest = max(lengths)
    for part, share in SHARES.items():
        held = sum(length for side, length in zip(sides, lengths, strict=True) if part in side)
        assert share * sum(lengths) - 2 * longest <= held <= share * sum(lengths) + longest
    for own, side, length in zip(split, sides, lengths, strict=True):
        check_apart(own, length)
        if side != {"test"}:
            assert own == [Stretch(own[0].part, 0, length, own[0].block)]


@pytest.mark.parametrize(("n", "tolerance"), [(3, 0.28), (10, 0.05), (50, 0.02)])
def test_parts_have_their_shares_of_the_duration(n: int, tolerance: float) -> None:
    lengths = [500 + 2 * number + 1 for number in range(n)]
    split = stretches(names_of(lengths), lengths, "", 0)
    assert shares(split) == pytest.approx(dict(SHARES), abs=tolerance)


def test_the_seed_and_not_the_order_tells_who_is_for_tests() -> None:
    names, lengths = names_of([100] * 8), [100] * 8
    first = stretches(names, lengths, "", 0)
    assert stretches(names[::-1], lengths, "", 0) == first[::-1]
    assert any(stretches(names, lengths, "", seed) != first for seed in range(1, 5))


@given(of=st.lists(st.integers(0, 5), min_size=6, max_size=20), seed=st.integers(0, 20))
def test_recordings_of_a_group_stay_together(of: list[int], seed: int) -> None:
    names = [f"s{subject}/run{number}.edf" for number, subject in enumerate(of)]
    split = stretches(names, [50] * len(of), r"s(\d+)/", seed)
    sides: dict[int, set[str]] = {}
    for subject, own in zip(of, split, strict=True):
        sides.setdefault(subject, set()).update(stretch.part for stretch in own)
    if len(sides) >= 3:
        assert all(len(side) == 1 for side in sides.values())
        tested = [(subject, own) for subject, own in zip(of, split, strict=True) if own[0].part == "test"]
        if len({subject for subject, _ in tested}) >= 3:
            blocks = {(subject, stretch.block) for subject, own in tested for stretch in own}
            assert len(blocks) == len({block for _, block in blocks}) == len(dict(tested)), "a block a group"


@pytest.mark.parametrize(("pattern", "group"), [("", "ab12.wav"), ("[a-z]+", "ab"), ("([a-z])b", "a")])
def test_a_group_is_the_whole_match_or_its_bracket(pattern: str, group: str) -> None:
    assert group_of("ab12.wav", pattern) == group


def test_a_name_that_does_not_match_is_named() -> None:
    with pytest.raises(RecordingError, match=r"group s\\d: it does not match the name x\.wav; choose"):
        stretches(["s1.wav", "x.wav"], [9, 9], r"s\d", 0)


@pytest.mark.parametrize(("n", "words"), [(1, "1 window,"), (7, "7 windows,")])
def test_too_few_windows_are_refused_in_one_line(n: int, words: str) -> None:
    with pytest.raises(RecordingError, match=rf"^a\.wav has {words} .*lower --signal-length[^\n]*$"):
        stretches(["a.wav"], [n], "", 0)


@given(lengths=st.lists(st.integers(1, 500), min_size=3, max_size=12), seed=st.integers(0, 20))
def test_where_fewer_than_three_recordings_are_for_tests_each_is_divided(
    lengths: list[int], seed: int
) -> None:
    split = stretches(names_of(lengths), lengths, "", seed)
    tested = [(own, length) for own, length in zip(split, lengths, strict=True) if own[0].part == "test"]
    for own, length in tested:
        if len(tested) >= 3:
            assert len(own) == 1
        else:
            check_apart(own, length)
            assert len(own) <= 10
            assert len(own) >= (2 if length > 2 else 1)
            assert len(own) == 10 or length < 40
            assert length - sum(stretch.stop - stretch.start for stretch in own) == len(own) - 1
            sizes = [stretch.stop - stretch.start for stretch in own]
            assert np.ptp(sizes) <= 1
