"""What is told of the best networks follows the numbers."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from denoising.verdict.conduct import (
    BEST,
    LINEAR,
    ORIGINALS,
    RESCALED,
    does_harm,
    growth,
    is_broken,
    measured_conditions,
    passed,
    places,
    spreads,
)
from denoising.verdict.conduct_sections import conduct_sections
from denoising.verdict.evidence import Evidence
from denoising.verdict.probe import COLOURED, HIGHER, LOWER, TRAINED
from denoising.verdict.sections import sections_of
from tests.denoising.verdict.evidences import make_evidence
from tests.denoising.verdict.probed import probed

EVIDENCE = probed(make_evidence())


def said(evidence: Evidence, name: str) -> tuple[str, ...]:
    """The sentences of a section."""
    [sentences] = [sentences for section, sentences in conduct_sections(evidence) if section.name == name]
    return sentences


def with_errors(denoiser: str, condition: str, factor: float) -> Evidence:
    """The evidence in which a denoiser's error in a condition is a multiple of what it was."""
    rows = EVIDENCE.elsewhere
    chosen = (rows["denoiser"] == denoiser) & (rows["condition"] == condition)
    mse = rows["test_mse"] * np.where(chosen, factor, 1.0)
    return replace(EVIDENCE, elsewhere=rows.assign(test_mse=mse))


def test_a_network_that_passes_the_lines_alone_picks_them_out() -> None:
    found = list(passed(EVIDENCE))
    assert [one.place for one in found] == places(EVIDENCE)
    for one in found:
        assert one.selects
        assert one.lines == pytest.approx((0.9, 1.0))
        assert one.beside == pytest.approx((0.05, 1.0))
        assert one.band == pytest.approx((1.0, 1.0))
        assert one.above == pytest.approx((0.01, 0.01))
    assert all("it picks out the signal’s own lines" in sentence for sentence in said(EVIDENCE, "passes"))


def test_a_network_that_is_the_linear_filter_does_not() -> None:
    rows = EVIDENCE.local_filters
    linear = rows[rows["denoiser"] == LINEAR].set_index(["signals", "alpha", "frequency"])["gain"]
    key = pd.MultiIndex.from_frame(rows[["signals", "alpha", "frequency"]])
    same = replace(EVIDENCE, local_filters=rows.assign(gain=linear.reindex(key).to_numpy()))
    assert not any(one.selects for one in passed(same))
    assert all("it does not pick out" in sentence for sentence in said(same, "passes"))


def test_the_error_map_tells_its_range() -> None:
    for one in spreads(EVIDENCE):
        assert one.most - one.least == pytest.approx(10 * np.log10(2))
        assert one.worst[0] == max(one.worst)
        assert one.edges == pytest.approx(0, abs=1e-9), "the middle bins are as good as the outer ones"


def test_what_is_lost_elsewhere_is_what_was_measured() -> None:
    for place in places(EVIDENCE):
        assert growth(EVIDENCE, place, BEST, HIGHER) == pytest.approx(10 * np.log10(8))
        assert growth(EVIDENCE, place, LINEAR, LOWER) == pytest.approx(10 * np.log10(20))
        assert growth(EVIDENCE, place, RESCALED, COLOURED) == pytest.approx(0)
        assert growth(EVIDENCE, place, next(iter(ORIGINALS)), LOWER) == pytest.approx(10 * np.log10(2))


def test_what_does_more_harm_than_nothing_is_broken() -> None:
    lower, higher, coloured = said(with_errors(BEST, HIGHER, 1000.0), "elsewhere")
    assert lower.startswith("Lower frequencies do not break the best network: its error changes by +6.0 dB")
    assert higher.startswith("Higher frequencies break the best network: its error changes by +39.0 dB")
    assert "It lies above that of the rescaled noisy signal in 4 of 4 cases" in higher
    assert coloured.startswith("Coloured noise does not break the best network")
    useless = with_errors(BEST, TRAINED, 1000.0)
    place = places(useless)[0]
    assert does_harm(useless, place, BEST, TRAINED)
    assert not is_broken(useless, place, BEST, HIGHER)


def test_what_was_not_measured_is_left_out() -> None:
    nothing = probed(make_evidence(failed=None))
    assert not list(conduct_sections(nothing))
    names = [section.name for section, _ in sections_of(nothing)]
    assert "practice" in names
    assert "elsewhere" not in names
    rows = EVIDENCE.elsewhere
    less = replace(EVIDENCE, elsewhere=rows[(rows["condition"] != HIGHER) & (rows["denoiser"] != LINEAR)])
    assert list(measured_conditions(less)) == [LOWER, COLOURED]
    assert len(said(less, "elsewhere")) == 2
    assert LINEAR not in " ".join(said(less, "elsewhere"))
