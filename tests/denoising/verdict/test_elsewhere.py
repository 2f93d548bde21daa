"""What is told of the best networks follows the numbers."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from denoising.report.blocks import Table
from denoising.verdict.account import sections_of
from denoising.verdict.conduct import (
    BEST,
    LINEAR,
    ORIGINALS,
    RESCALED,
    places,
)
from denoising.verdict.contrasts import estimate
from denoising.verdict.elsewhere import does_harm, growth, is_broken
from denoising.verdict.evidence import Evidence
from denoising.verdict.figures import error_map, filters
from denoising.verdict.practice import choice
from denoising.verdict.probe import COLOURED, HIGHER, LOWER, TRAINED
from tests.denoising.verdict.evidences import make_evidence
from tests.denoising.verdict.probed import probed

EVIDENCE = probed(make_evidence())


def table_of(evidence: Evidence, name: str) -> Table:
    """The table of a section."""
    [table] = [section.table for section in sections_of(evidence) if section.name == name]
    assert table is not None
    return table


def column(evidence: Evidence, name: str, heading: str) -> list[str]:
    """A column of the table of a section."""
    table = table_of(evidence, name)
    return [row[table.columns.index(heading)] for row in table.rows]


def with_errors(denoiser: str, condition: str, factor: float) -> Evidence:
    """The evidence in which a denoiser's error in a condition is a multiple of what it was."""
    rows = EVIDENCE.elsewhere
    chosen = (rows["denoiser"] == denoiser) & (rows["condition"] == condition)
    mse = rows["test_mse"] * np.where(chosen, factor, 1.0)
    return replace(EVIDENCE, elsewhere=rows.assign(test_mse=mse))


def test_a_network_that_passes_the_lines_alone_is_told_from_a_filter() -> None:
    assert filters.title(EVIDENCE) == (
        "Beside one signal the best networks pass its lines at a gain of 0.90 and the rest of the band at "
        "0.05, the best linear filter at 1.00"
    )
    rows = EVIDENCE.local_filters
    linear = rows[rows["denoiser"] == LINEAR].set_index(["signals", "alpha", "frequency"])["gain"]
    key = pd.MultiIndex.from_frame(rows[["signals", "alpha", "frequency"]])
    same = replace(EVIDENCE, local_filters=rows.assign(gain=linear.reindex(key).to_numpy()))
    assert "its lines at a gain of 1.00 and the rest of the band at 1.00, the best" in filters.title(same)


def test_the_error_map_tells_its_range() -> None:
    assert error_map.title(EVIDENCE).endswith("varies by 3.0 dB")  # twice as high at the highest f1


def test_what_is_lost_elsewhere_is_what_was_measured() -> None:
    for place in places(EVIDENCE):
        assert growth(EVIDENCE, place, BEST, HIGHER) == pytest.approx(10 * np.log10(8))
        assert growth(EVIDENCE, place, LINEAR, LOWER) == pytest.approx(10 * np.log10(20))
        assert growth(EVIDENCE, place, RESCALED, COLOURED) == pytest.approx(0)
        assert growth(EVIDENCE, place, next(iter(ORIGINALS)), LOWER) == pytest.approx(10 * np.log10(2))


def test_what_does_more_harm_than_nothing_is_broken() -> None:
    harmed = with_errors(BEST, HIGHER, 1000.0)
    table = table_of(harmed, "elsewhere")
    of_best = [row for row, values in enumerate(table.rows) if values[2] == BEST]
    strong = {(row, column) for row, column in table.strong if row in of_best}
    assert strong == {(row, table.columns.index(HIGHER)) for row in of_best}
    assert len(of_best) == 4
    assert all(table.rows[row][table.columns.index(HIGHER)].endswith("(+39.0)") for row in of_best)
    assert all(table.rows[row][table.columns.index(LOWER)].endswith("(+6.0)") for row in of_best)
    useless = with_errors(BEST, TRAINED, 1000.0)
    place = places(useless)[0]
    assert does_harm(useless, place, BEST, TRAINED)
    assert not is_broken(useless, place, BEST, HIGHER)


def test_what_was_not_measured_is_left_out() -> None:
    nothing = probed(make_evidence(failed=None))
    assert filters.title(nothing) == "Which frequencies the best networks pass"
    names = [section.name for section in sections_of(nothing)]
    assert "practice" in names
    assert "elsewhere" not in names
    rows = EVIDENCE.elsewhere
    less = replace(EVIDENCE, elsewhere=rows[(rows["condition"] != HIGHER) & (rows["denoiser"] != LINEAR)])
    assert not any("–" in column(less, "elsewhere", condition) for condition in (LOWER, COLOURED))
    assert set(column(less, "elsewhere", HIGHER)) == {"–"}
    assert LINEAR.removeprefix("the ") not in column(less, "elsewhere", "denoiser")


@pytest.mark.parametrize(
    ("differences", "chosen"),
    [([], "–"), ([-3.0, 3.02], "either"), ([1.0] * 13, "the network"), ([-1.0] * 13, "wavelet shrinkage"),
     ([-1.0] * 6 + [1.0] * 7, "either")],
)  # fmt: skip
def test_a_denoiser_is_chosen_only_where_an_interval_tells_it_apart(
    differences: list[float], chosen: str
) -> None:
    assert choice(estimate(differences), "wavelet shrinkage") == chosen
