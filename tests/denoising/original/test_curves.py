"""The original's curves and the distance to them."""

import numpy as np
import pandas as pd
import pytest

from denoising.original.curves import Curves, compare, distance, first_below, theirs


def scaled(curves: Curves, factor: float) -> Curves:
    return {cell: factor * curve for cell, curve in curves.items()}


def test_the_original_has_a_curve_for_every_cell() -> None:
    original = theirs()
    assert set(original) == {(alpha, depth) for alpha in (0.1, 0.2, 0.3, 0.4) for depth in (2, 4, 6, 8)}
    assert original[0.1, 2][0] == 0.9389
    assert original[0.4, 2].index[-1] == 40
    for curve in original.values():
        assert not set(range(32, 37)) & set(curve.index), "the legend lies there"
        assert (np.abs(np.diff(np.log10(curve))) < 0.4).all(), "no curve jumps"
    assert [first_below(original[alpha, 8]) for alpha in (0.1, 0.2, 0.3, 0.4)] == [15, 23, 35, 16]


def test_the_distance_is_that_of_the_logarithms() -> None:
    original = theirs()
    assert distance(compare(original, original)) == 0
    for factor in (2, 0.5):
        cells = compare(scaled(original, factor), original)
        assert distance(cells) == pytest.approx(np.log10(2))
        assert [cell.log_ratio for cell in cells] == pytest.approx([np.log10(factor)] * 16)


def test_cells_are_compared_at_the_last_epoch_that_both_have() -> None:
    original = theirs()
    ours = {(0.4, 2): pd.Series(np.linspace(1, 0.1, 50)), (0.5, 2): pd.Series([1.0])}
    (cell,) = compare(ours, original)
    assert cell.epoch == 40
    assert cell.ours == pytest.approx(1 - 0.9 * 40 / 49)
    assert cell.theirs == 0.1269
    assert cell.our_exit == 3
    assert first_below(pd.Series([1.0, 0.96])) is None


def test_a_cell_without_a_common_epoch_is_left_out() -> None:
    original = {(0.1, 2): pd.Series([0.5, 0.4], index=[3, 4]), (0.2, 2): pd.Series([0.5])}
    ours = {(0.1, 2): pd.Series([1.0, 0.9]), (0.2, 2): pd.Series([1.0, 0.9])}
    assert [(cell.alpha, cell.depth) for cell in compare(ours, original)] == [(0.2, 2)]
