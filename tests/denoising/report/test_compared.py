"""What the page of several studies says, with known ratios."""

import numpy as np
import pytest

from denoising.report.blocks import Report, Section
from denoising.report.compared import comparison_report
from denoising.report.page import render_markdown, render_page
from denoising.study.differences import ComparedStudies
from denoising.study.results import Study
from tests.denoising.study.finished import finished, recorded

CELLS = [(depth, alpha, seed) for depth in (2, 4) for alpha in (0.1, 0.3) for seed in (0, 1, 2)]
ERRORS = {cell: 0.01 * cell[0] * cell[1] * (1 + 0.1 * cell[2]) for cell in CELLS}


def told(*studies: Study) -> Report:
    return comparison_report(ComparedStudies(studies), [])


def section(report: Report, name: str) -> Section:
    [found] = [block for block in report.blocks if isinstance(block, Section) and block.name == name]
    return found


def test_the_headline_says_what_differs_and_by_how_many_db() -> None:
    halved = {(d, a, s): mse / 2 if d == 2 else mse * 4 for (d, a, s), mse in ERRORS.items()}
    report = told(finished(ERRORS), finished(halved, epochs=60))
    assert report.headline == (
        "A and B differ in epochs. Of 4 pairs of depth and noise level in A and B: B has the lower test MSE "
        "at 2 (by 3.0 dB) and A has the lower test MSE at 2 (by 6.0 dB)."
    )
    assert section(report, "settings").cautions == ()


def test_errors_that_do_not_differ_are_told_too() -> None:
    report = told(finished(ERRORS), finished(ERRORS, epochs=60), finished(ERRORS, data_seed=1))
    assert report.headline == (
        "A, B and C differ in data_seed and epochs. Of 4 pairs of depth and noise level in A and B: at 4 the "
        "errors are the same. Of 4 pairs of depth and noise level in A and C: at 4 the two are not "
        "told apart."
    )


def test_cells_with_an_interval_and_without_are_told_apart() -> None:
    more = {cell: 2 * mse for cell, mse in ERRORS.items() if cell[:2] != (4, 0.3) or cell[2] == 0}
    assert told(finished(ERRORS), finished(more, epochs=60)).headline.endswith(
        "A has the lower test MSE at 3 (by 3.0 dB) and A has the lower test MSE at 1 (by 3.0 dB), without an "
        "interval that tells this from chance."
    )


def test_the_lowest_of_other_test_signals_is_not_called_lowest() -> None:
    halved = {cell: mse / 2 for cell, mse in ERRORS.items()}
    table = section(told(finished(ERRORS), finished(halved, data_seed=1)), "best").table
    assert table is not None
    assert not table.strong


def test_a_difference_without_an_interval_is_told_as_such() -> None:
    doubled = {cell: 2 * mse for cell, mse in ERRORS.items()}
    assert told(finished(ERRORS), finished(doubled, data_seed=1)).headline.endswith(
        "A has the lower test MSE at 4 (by 3.0 dB), without an interval that tells this from chance."
    )


def test_only_the_settings_that_differ_are_in_their_table() -> None:
    report = told(finished(ERRORS), finished(ERRORS, epochs=60, skips=True))
    table = section(report, "settings").table
    assert table is not None
    assert table.rows == (("skips", "False", "True"), ("epochs", "50", "60"))


def test_the_errors_stand_beside_each_other_with_their_interval_and_what_it_rests_on() -> None:
    errors = {**ERRORS, (2, 0.1, 0): 0.0023, (2, 0.1, 1): 0.0018}
    report = told(finished(ERRORS), finished({cell: 2 * mse for cell, mse in errors.items()}, epochs=60))
    block = section(report, "errors-b")
    assert block.table is not None
    assert block.table.columns == (
        "network", "noise level", "B over A (dB)", "A: test MSE", "B: test MSE", "rests on",
    )  # fmt: skip
    assert block.table.rows[0][3:5] == ("0.00220", "0.00460")
    assert block.table.rows[1] == (
        "depth 2", "alpha 0.3", "+3.0 [+3.0, +3.0]", "0.00660", "0.0132", "3 seeds in pairs",
    )  # fmt: skip
    assert {row for row, _ in block.table.strong} >= {1, 2, 3}
    assert "Student’s" in block.note


def test_the_lowest_errors_stand_beside_the_limits() -> None:
    report = told(finished(ERRORS), finished({cell: mse / 2 for cell, mse in ERRORS.items()}, epochs=60))
    table = section(report, "best").table
    assert table is not None
    assert table.rows[0] == (
        "alpha 0.1", "A", "depth 2", "0.00220", "+13.4", "0.0200", "0.00100", "0.000100",
    )  # fmt: skip
    assert table.rows[1][:4] == ("alpha 0.1", "B", "depth 2", "0.00110")
    assert table.strong == {(1, 3), (3, 3)}


@pytest.mark.parametrize(
    ("settings", "caution"),
    [
        ({"n_test": 20}, "A part of what differs may be due to these: n_test is 1000 in A and 20 in B."),
        ({"data_seed": 5}, "A part of what differs may be due to these: data_seed is 0 in A and 5 in B."),
        (
            {"signals": "pictures"},
            "All of what differs may be due to these: signals is formula in A and ",
        ),
    ],
)
def test_other_test_signals_are_told_before_anything_else(settings: dict[str, object], caution: str) -> None:
    report = told(finished(ERRORS), finished(ERRORS, **settings))
    [first] = section(report, "settings").cautions
    assert first.short == "A and B were measured on other test signals."
    assert first.more.startswith(caution)
    assert report.reservation == ""


def test_what_cannot_be_compared_cell_by_cell_is_compared_by_its_lowest_errors() -> None:
    second = {(6, alpha, seed): mse / 2 for (depth, alpha, seed), mse in ERRORS.items() if depth == 2}
    report = told(finished(ERRORS), finished(second))
    assert report.headline == (
        "A and B differ in depths. A and B have no variant, depth and noise level in common."
    )
    table = section(report, "best").table
    assert table is not None
    assert [row[:3] for row in table.rows[:2]] == [
        ("alpha 0.1", "A", "depth 2"), ("alpha 0.1", "B", "depth 6"),
    ]  # fmt: skip


def test_the_same_networks_are_not_counted_and_failed_cells_are_told() -> None:
    more = {**ERRORS, (6, 0.1, 0): np.nan}
    report = told(finished(ERRORS), finished(more))
    assert "in A and B: at 4 the errors are the same." in report.headline
    assert [failure.cell for failure in report.failures] == ["B: depth 6, alpha 0.1, seed 0"]
    assert report.reservation == ""


def test_of_recordings_there_are_no_limits() -> None:
    report = told(recorded([0.01, 0.02, 0.04], epochs=5), recorded([0.02, 0.05, 0.08], epochs=6))
    best, beside = section(report, "best").table, section(report, "errors-b").table
    assert best is not None
    assert beside is not None
    assert best.columns == ("noise level", "study", "lowest at", "test MSE")
    assert best.rows == (("5 dB in", "A", "depth 2", "0.0200"), ("5 dB in", "B", "depth 2", "0.0500"))
    assert beside.rows[0][-1] == "3 seeds in pairs"


def test_page_and_markdown_hold_it_all() -> None:
    report = told(finished(ERRORS), finished(ERRORS, data_seed=3), finished(ERRORS, epochs=7))
    page, brief = render_page(report, {"A": {"run": "today"}}), render_markdown(report)
    for text in ("C beside A", "other test signals", "What differs?"):
        assert text in page
        assert text in brief
    assert "today" in page
