"""The figures of several studies show their numbers, and names that can be read."""

import numpy as np
import pytest
from matplotlib.axes import Axes

from denoising.figures.drawing import to_svg
from denoising.figures.overlaid import apart, over_levels
from denoising.study.differences import ComparedStudies
from tests.denoising.study.finished import finished, recorded

CELLS = [(depth, alpha, seed) for depth in (2, 4) for alpha in (0.1, 0.3) for seed in (0, 1)]
ERRORS = {cell: 0.01 * cell[0] * cell[1] * (1 + 0.1 * cell[2]) for cell in CELLS}


@pytest.fixture
def compared() -> ComparedStudies:
    """Two studies, of which the second has half the error of the first."""
    second = {cell: mse / 2 for cell, mse in ERRORS.items()}
    return ComparedStudies((finished(ERRORS), finished(second, epochs=60)))


def lines(axes: Axes, gid: str) -> np.ndarray:
    [line] = [line for line in axes.lines if line.get_gid() == gid]
    return np.column_stack(line.get_data())


def names(axes: Axes) -> list[str]:
    return [text.get_text() for text in axes.texts]


def test_differences_are_drawn_in_db_with_a_line_a_depth(compared: ComparedStudies) -> None:
    drawing = apart.draw(compared)
    [axes] = [axes for axes in drawing.figure.axes if axes.get_visible()]
    for depth in (2, 4):
        assert lines(axes, f"depth {depth}")[:, 1] == pytest.approx([-10 * np.log10(2)] * 2)
    assert sorted(names(axes)) == ["depth 2", "depth 4"]
    assert list(drawing.data["rests"]) == ["seeds"] * 4
    assert drawing.alt == "B over A: −3.0 dB"


def test_errors_are_drawn_side_by_side_with_a_line_a_study_and_the_limits(compared: ComparedStudies) -> None:
    drawing = over_levels.draw(compared)
    panels = {axes.get_title(loc="left"): axes for axes in drawing.figure.axes if axes.get_visible()}
    assert list(panels) == ["depth 2", "depth 4"]
    for depth in (2, 4):
        axes = panels[f"depth {depth}"]
        expected = np.array([[alpha, 0.01 * depth * alpha * 1.05] for alpha in (0.1, 0.3)])
        assert lines(axes, "A") == pytest.approx(expected)
        assert lines(axes, "B") == pytest.approx(expected / [1, 2])
        assert lines(axes, "mmse")[:, 1] == pytest.approx([1e-4] * 2)
        assert sorted(names(axes)) == ["A", "B"]


def test_a_line_that_ends_early_is_named_in_the_legend_alone() -> None:
    short = finished({cell: mse for cell, mse in ERRORS.items() if cell[1] == 0.1}, epochs=60)
    panels = over_levels.draw(ComparedStudies((finished(ERRORS), short))).figure.axes
    assert [names(axes) for axes in panels] == [["A"], ["A"]]
    assert lines(panels[0], "B") == pytest.approx(np.array([[0.1, 0.0021]]))


def test_no_limits_are_drawn_where_the_signals_differ() -> None:
    drawing = over_levels.draw(ComparedStudies((finished(ERRORS), finished(ERRORS, signals="pictures"))))
    assert {line.get_gid() for axes in drawing.figure.axes for line in axes.lines} == {"A", "B"}
    assert "signals differ, and so do their limits" in drawing.caption


def test_a_depth_of_one_study_alone_has_a_panel_and_no_difference() -> None:
    alone = ComparedStudies((finished({(2, 0.1, 0): 0.01}), finished({(3, 0.1, 0): 0.02})))
    assert not any(alone.differences.values())
    panels = over_levels.draw(alone).figure.axes
    assert [names(axes) for axes in panels] == [["A"], ["B"]]


def test_one_level_of_a_variant_can_be_drawn_and_so_can_its_differences() -> None:
    many = ComparedStudies(
        (finished({(1, 0.1, 0): 0.01}, "skips=true"), finished({(1, 0.1, 0): 0.02}, "skips=true", epochs=9))
    )
    for drawing in (over_levels.draw(many), apart.draw(many)):
        assert to_svg(drawing).startswith(b"<?xml")
        assert to_svg(drawing, narrow=True).startswith(b"<?xml")


def test_recordings_are_drawn_over_the_ratio_and_without_limits() -> None:
    both = ComparedStudies((recorded([0.01, 0.02], epochs=5), recorded([0.02, 0.05], epochs=6)))
    drawing = over_levels.draw(both)
    [axes] = drawing.figure.axes
    assert axes.get_xlabel() == "ratio of signal to noise (dB)"
    assert {line.get_gid() for line in axes.lines} == {"A", "B"}
    assert lines(axes, "B").tolist() == [[5.0, pytest.approx(0.035)]]
    assert apart.draw(both).data["rests"].tolist() == ["seeds"]
