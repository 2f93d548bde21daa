"""What denoises recordings best, and how sure that is."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from denoising.signals.level_names import NOISE_DOUBLED
from denoising.study.decision import (
    COLUMNS,
    Best,
    Measure,
    Recommendation,
    best_of_levels,
    decide,
    interval,
    winner,
)

LEVEL = "snr=10"


def tables(
    networks: dict[tuple[int, int], tuple[float, float, list[list[float]]]],
    others: dict[str, tuple[float, float, list[list[float]]]],
    measure: Measure = "mse",
    level: str = LEVEL,
) -> list[pd.DataFrame]:
    """Tables of networks by depth and seed, and of others by name.

    Each has a validation loss, a test loss, and the losses of the windows of each block.
    """
    validation, loss = COLUMNS[measure]
    columns = [name for pair in COLUMNS.values() for name in pair]
    empty = dict.fromkeys([*columns, "snr_improvement_db", "input_snr_db"], np.nan)
    rows = {"networks": [], "others": [], "of_networks": [], "of_others": []}  # type: ignore[var-annotated]
    cells = [({"depth": d, "variant": "base", "seed": s}, *own) for (d, s), own in networks.items()]
    named = [({"denoiser": name}, *own) for name, own in others.items()]
    for kind, entries in (("networks", cells), ("others", named)):
        for axes, on_validation, on_test, blocks in entries:
            axes = {"level": level, **axes}
            db = -10 * np.log10(on_test) if measure == "mse" else np.nan
            rows[kind].append(
                empty
                | axes
                | {validation: on_validation, loss: on_test, "snr_improvement_db": db, "input_snr_db": 4.0}
            )
            rows[f"of_{kind}"] += [
                dict.fromkeys(COLUMNS, np.nan) | axes | {"block": number, measure: each}
                for number, windows in enumerate(blocks)
                for each in windows
            ]
    return [pd.DataFrame(each) for each in rows.values()]


def one(*arguments: object, **more: str) -> Recommendation:
    (decision,) = decide(*tables(*arguments, **more))  # type: ignore[arg-type]
    return decision


BLOCKS = [[1.0, 3.0], [2.0], [4.0, 4.0, 1.0]]
HALF = [[each / 2 for each in block] for block in BLOCKS]


@pytest.mark.parametrize("measure", COLUMNS)
def test_the_interval_is_students_over_the_means_of_blocks(measure: Measure) -> None:
    theirs = [[2.0, 2.2], [3.0], [7.0, 9.0, 1.0]]
    found = one({(2, 0): (1, 2.5, BLOCKS)}, {"wavelet": (1, 4.0, theirs)}, measure=measure)
    by_hand = [10 * np.log10(np.mean(b) / np.mean(a)) for a, b in zip(BLOCKS, theirs, strict=True)]
    low, high = stats.t.interval(0.95, 2, np.mean(by_hand), stats.sem(by_hand))
    assert found.difference_db == pytest.approx(np.mean(by_hand))
    assert (found.low_db, found.high_db) == (pytest.approx(low), pytest.approx(high))
    assert found.n == 3
    assert (found.network_loss, found.classical_loss, found.measure) == (2.5, 4.0, measure)
    known = None if measure != "mse" else 4.0
    assert (found.network_db is None, found.classical_db is None) == (known is None, known is None)
    assert found.input_db == known


def test_a_ranking_that_cannot_be_trusted_names_no_winner_and_one_by_errors_needs_no_trust() -> None:
    better, worse = {(2, 0): (1, 1.0, HALF)}, {"pca": (1, 1.0, BLOCKS)}
    for measure, who in (("mse", "network"), ("second_mse", "network"), ("j_invariant_loss", "unknown")):
        [found] = decide(*tables(better, worse, measure), is_trusted=False)  # type: ignore[arg-type]
        assert found.winner == who


def test_errors_against_a_second_recording_decide_before_hidden_samples_do() -> None:
    second = tables({(2, 0): (1, 1.0, HALF)}, {"pca": (1, 1.0, BLOCKS)}, "second_mse")
    hidden = tables({(2, 0): (1, 1.0, BLOCKS)}, {"pca": (1, 1.0, HALF)}, "j_invariant_loss")
    both = [one.combine_first(other) for one, other in zip(second, hidden, strict=True)]
    [found] = decide(*both)
    assert (found.measure, found.winner) == ("second_mse", "network")


def test_who_is_better_on_every_block_wins_and_else_nobody_does() -> None:
    better, worse = {(2, 0): (1, 1.0, HALF)}, {(2, 0): (1, 1.0, BLOCKS)}
    assert one(better, {"pca": (1, 1.0, BLOCKS)}).winner == "network"
    assert one(better, {"pca": (1, 1.0, BLOCKS)}).difference_db == pytest.approx(10 * np.log10(2))
    assert one(worse, {"pca": (1, 1.0, HALF)}).winner == "classical"
    assert one(worse, {"pca": (1, 1.0, BLOCKS)}).winner == "tie"
    mixed = [HALF[0], [3.0], HALF[2]]
    assert one({(2, 0): (1, 1.0, mixed)}, {"pca": (1, 1.0, BLOCKS)}).winner == "tie"


def test_one_block_decides_nothing() -> None:
    found = one({(2, 0): (1, 1.0, HALF[:1])}, {"pca": (1, 1.0, BLOCKS[:1])})
    assert (found.n, found.low_db, found.high_db, found.winner) == (1, None, None, "tie")
    assert found.difference_db == pytest.approx(10 * np.log10(2))


def test_the_best_are_chosen_by_validation_and_not_by_tests() -> None:
    found = one(
        {(2, 0): (1.0, 9.0, BLOCKS), (4, 0): (2.0, 1.0, HALF)},
        {"pca": (5.0, 1.0, HALF), "wavelet": (3.0, 7.0, BLOCKS)},
    )
    assert (found.depth, found.network_loss) == (2, 9.0)
    assert (found.denoiser, found.classical_loss) == ("wavelet", 7.0)


def test_seeds_count_as_one_network_and_by_their_median() -> None:
    """One lucky seed of depth 4 does not make it better than depth 2."""
    networks = {(2, s): (v, v, HALF) for s, v in enumerate((2.0, 2.1, 2.2))}
    lucky = {(4, s): (v, v, BLOCKS) for s, v in enumerate((0.1, 5.0, 6.0))}
    found = one(networks | lucky, {"pca": (1, 1.0, BLOCKS)})
    assert (found.depth, found.network_loss, found.n) == (2, 2.1, 3)
    alone = one({(2, 0): (2.0, 2.1, HALF)}, {"pca": (1, 1.0, BLOCKS)})
    assert (found.low_db, found.high_db) == (pytest.approx(alone.low_db), pytest.approx(alone.high_db))


def test_n_counts_blocks_however_many_windows_they_hold() -> None:
    many = [block * 50 for block in BLOCKS]
    theirs = [[3.0], [5.0], [8.0]]
    some, more = (one({(2, 0): (1, 1.0, own)}, {"pca": (1, 1.0, theirs)}) for own in (BLOCKS, many))
    assert some == more


def test_blocks_without_a_defined_ratio_are_left_out_and_no_block_is_no_decision() -> None:
    found = one({(2, 0): (1, 1.0, [[0.0], *HALF[1:]])}, {"pca": (1, 1.0, BLOCKS)})
    assert found.n == 2
    assert decide(*tables({(2, 0): (1, 1.0, [[0.0]])}, {"pca": (1, 1.0, [[1.0]])})) == []


def test_levels_are_decided_each_by_itself_and_those_with_nothing_to_compare_are_left_out() -> None:
    levels = [
        tables({(2, 0): (1, 1.0, HALF)}, {"pca": (1, 1.0, BLOCKS)}, level="snr=0"),
        tables({(2, 0): (np.nan, np.nan, [])}, {"pca": (1, 1.0, BLOCKS)}, level="snr=5"),
        tables({(4, 0): (1, 1.0, BLOCKS)}, {"wavelet": (1, 1.0, HALF)}, level="snr=20"),
        tables({(4, 0): (1, 1.0, HALF)}, {"pca": (1, 1.0, BLOCKS)}, "j_invariant_loss", "as-recorded"),
        tables({(4, 0): (1, 1.0, HALF)}, {"pca": (1, 1.0, BLOCKS)}, level="noise-doubled"),
    ]
    found = decide(*(pd.concat(each, ignore_index=True) for each in zip(*levels, strict=True)))
    told = [(one.level, one.measure, one.depth, one.denoiser, one.winner) for one in found]
    assert told == [
        ("snr=0", "mse", 2, "pca", "network"),
        ("snr=20", "mse", 4, "wavelet", "classical"),
        ("as-recorded", "j_invariant_loss", 4, "pca", "network"),
    ]


def test_an_interval_covers_its_mean_as_often_as_it_says() -> None:
    drawn = np.random.default_rng(0).normal(1, 2, (4000, 5))
    inside = [low <= 1 <= high for _, low, high in map(interval, drawn)]  # type: ignore[operator]
    assert np.mean(inside) == pytest.approx(0.95, abs=0.012)


@pytest.mark.parametrize(
    ("low", "high", "who"),
    [(0.1, 2, "network"), (-2, -0.1, "classical"), (-1, 1, "tie"), (0, 1, "tie"), (None, None, "tie")],
)
def test_an_interval_with_0_in_it_is_a_tie(low: float | None, high: float | None, who: str) -> None:
    assert winner(low, high) == who


# The best denoiser of each level


def best(
    networks: dict[tuple[int, int], tuple[float, float]],
    others: dict[str, tuple[float, float]],
    measure: Measure = "mse",
) -> Best | None:
    """The best of networks by depth and seed and of others by name, by their validation and test losses."""
    results, baselines, _, _ = tables(
        {cell: (*losses, []) for cell, losses in networks.items()},
        {name: (*losses, []) for name, losses in others.items()},
        measure,
    )
    found = best_of_levels(results, baselines)
    return found[0] if found else None


NAN = float("nan")


@pytest.mark.parametrize("measure", COLUMNS)
@pytest.mark.parametrize(
    ("networks", "others", "expected"),
    [
        ({(2, 0): (1, 9), (4, 0): (2, 1)}, {"pca": (3, 1), "wavelet": (4, 1)}, (True, 0)),
        ({(2, 0): (5, 1), (4, 0): (6, 1)}, {"pca": (3, 9), "wavelet": (4, 1)}, (False, 0)),
        ({(2, 0): (3, 9)}, {"pca": (3, 1)}, (True, 0)),  # of equals the network
        ({(2, 0): (3, 1), (4, 0): (3, 1)}, {"pca": (9, 1)}, (True, 0)),  # and the shallower one
        ({(2, 0): (1, 1), (2, 1): (5, 5), (2, 2): (4, 4), (4, 0): (3, 3)}, {"pca": (3.5, 1)}, (True, 3)),
        ({(2, 0): (1, 1), (2, 1): (5, 5), (2, 2): (4, 4)}, {"pca": (3.5, 9)}, (False, 0)),  # one lucky seed
        ({(2, 0): (3, 1), (2, 1): (1, 9), (2, 2): (2, 1)}, {"pca": (2.5, 1)}, (True, 1)),  # the best seed
        ({(2, 0): (NAN, NAN), (4, 0): (2, 2)}, {"pca": (3, 3), "wavelet": (NAN, NAN)}, (True, 1)),
        ({(2, 0): (NAN, NAN), (2, 1): (2, 2)}, {"pca": (NAN, NAN)}, (True, 1)),
        ({(2, 0): (NAN, NAN)}, {"pca": (NAN, NAN), "wavelet": (7, 7)}, (False, 1)),
        ({(2, 0): (NAN, NAN)}, {"pca": (NAN, NAN)}, None),
    ],
)  # fmt: skip
def test_the_best_of_a_level_is_that_of_the_lowest_validation_loss(
    networks: dict[tuple[int, int], tuple[float, float]],
    others: dict[str, tuple[float, float]],
    expected: tuple[bool, int] | None,
    measure: Measure,
) -> None:
    found = best(networks, others, measure)
    assert (found and (found.is_network, found.row)) == expected


def test_a_level_at_which_every_network_or_every_other_failed_has_a_best_all_the_same() -> None:
    results, baselines, _, _ = tables({(2, 0): (1, 1, [])}, {"pca": (3, 3, [])})
    nobody = results.drop(columns=[name for name in results if "j_invariant" in name or "second" in name])
    nobody = nobody.assign(validation_mse=np.nan, test_mse=np.nan)
    lean = baselines.drop(columns=[name for name in baselines if "j_invariant" in name or "second" in name])
    assert best_of_levels(nobody, lean) == [Best(LEVEL, False, 0)]
    assert best_of_levels(results, baselines.iloc[:0]) == [Best(LEVEL, True, 0)]
    assert best_of_levels(results.iloc[:0], baselines) == [Best(LEVEL, False, 0)]
    assert best_of_levels(results.iloc[:0], baselines.iloc[:0]) == []


def test_each_level_has_its_own_best_and_doubled_noise_none() -> None:
    at = {
        level: tables({(2, 0): (network, 1, [])}, {"pca": (2, 1, [])}, level=level)
        for level, network in (("snr=0", 1), ("snr=10", 3), (NOISE_DOUBLED, 1))
    }
    results, baselines = (
        pd.concat([frames[number] for frames in at.values()], ignore_index=True) for number in (0, 1)
    )
    assert best_of_levels(results, baselines) == [Best("snr=0", True, 0), Best("snr=10", False, 1)]
