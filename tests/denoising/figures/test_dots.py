"""Rows of marks, and panels that stand one below the other on phones."""

import numpy as np
import pandas as pd
import pytest

from denoising.figures.dots import Dots, draw_dots
from denoising.figures.recordings.gains import CLASSICAL, NETWORKS, rows_of
from denoising.figures.style import NARROW, WIDTH, grid_of_panels, look, new_figure


def test_the_denoiser_of_the_highest_mean_gain_comes_first() -> None:
    gains = pd.DataFrame(
        [
            ("snr=0", CLASSICAL, "PCA", 3.0),
            ("snr=0", NETWORKS, "depth 2", 5.0),
            ("snr=10", CLASSICAL, "PCA", 2.0),
            ("snr=10", NETWORKS, "depth 2", -1.0),
        ],
        columns=["level", "kind", "name", "db"],
    )
    first, second = rows_of(gains)
    assert (first.name, first.db) == ("PCA", {"snr=0": 3.0, "snr=10": 2.0})
    assert (second.name, second.db) == ("depth 2", {"snr=0": 5.0, "snr=10": -1.0})


@look()
def test_each_row_has_a_mark_a_level_that_it_has_and_a_line_over_them() -> None:
    axes = new_figure(2).subplots()
    rows = [Dots("one", {1: 4.0, 2: 6.0, 3: 5.0}, "#000000", "o"), Dots("other", {2: 1.0}, "#bb3488", "D")]
    draw_dots(axes, rows, [1, 2, 3])
    marks = [line for line in axes.lines if line.get_gid() == "one"]
    assert [float(np.ravel(line.get_xdata())[0]) for line in marks] == [4.0, 6.0, 5.0]
    assert len({line.get_fillstyle() for line in marks}) == 3, "levels differ without any colour"
    assert len([line for line in axes.lines if line.get_gid() == "other"]) == 1
    assert [label.get_text() for label in axes.get_yticklabels()] == ["one", "other"]
    top, bottom = axes.transData.transform([(0, 0), (0, 1)])[:, 1]
    assert top > bottom


@look()
@pytest.mark.parametrize(("width", "n_beside"), [(WIDTH, 3), (NARROW, 1)])
def test_panels_of_a_narrow_figure_stand_one_below_the_other(width: float, n_beside: int) -> None:
    figure, panels = grid_of_panels(width, 2, 3, 1.0, 0.5, sharex=True, sharey="row")
    assert panels.shape == (2, 3)
    assert len({round(axes.get_position().x0, 3) for axes in panels.flat}) == n_beside
    assert figure.get_figheight() == 1.0 * 6 / n_beside + 0.5
    panels[1, 0].set_ylim(0, 7)
    assert [axes.get_ylim()[1] for axes in panels.flat] == [1, 1, 1, 7, 7, 7]
