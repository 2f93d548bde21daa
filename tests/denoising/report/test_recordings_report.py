"""What the report of recordings says, and that it turns with the numbers."""

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from denoising.report.decided import decision_sentences, limits_of
from denoising.report.recordings import notes_on, recordings_report
from denoising.study.decision import Recommendation
from denoising.study.recorded import RecordedStudy
from denoising.study.trust import LOSSES, ranking, trust

DECISION = Recommendation(
    level="snr=10", measure="mse", depth=4, variant="skips=true", network_loss=0.01, network_db=11.3,
    denoiser="wavelet", classical_loss=0.02, classical_db=5.6, input_db=9.5, difference_db=5.7,
    low_db=5.0, high_db=6.4, n=10, winner="network",
)  # fmt: skip
NOTHING = pd.DataFrame()


def study_of(*decisions: Recommendation, **changes: Any) -> RecordedStudy:
    results = pd.DataFrame(
        {
            "status": ["done"],
            "failure": [None],
            "level": ["snr=10"],
            "depth": [4],
            "variant": ["skips=true"],
            "seed": [0],
        }
        | {name: [0.1] for name in ("validation_mse", "test_mse", "snr_improvement_db")}
        | {name: [0.1] for name in ("validation_second_mse", "second_mse", *LOSSES)}
    )
    baselines = results.assign(denoiser="wavelet", label="wavelet shrinkage", parameters="", snr=10.0).drop(
        columns=["depth", "variant"]
    )
    survey = pd.DataFrame(
        [("a.csv", "ECG", "mV", 360.0, 300.0, 0, 421, 0.007, True, "", 250, 80, 80, "a.csv")],
        columns=["file", "channel", "unit", "rate", "seconds", "n_missing", "n_windows", "noise_std",
                 "noise_looks_white", "notes", "n_train", "n_validation", "n_test", "group"],
    )  # fmt: skip
    tables = dict.fromkeys(
        ("history", "per_signal", "baseline_signals", "examples", "baseline_examples", "spectra",
         "baseline_spectra", "samples"), NOTHING,
    )  # fmt: skip
    made = RecordedStudy(
        name="recordings-1", settings={"signals": ["a.csv"], "vary": {"skips": [False, True]}}, rate=360,
        unit="mV", survey=survey, results=results, baselines=baselines, decisions=decisions,
        ranking=ranked([], []), **tables,
    )  # fmt: skip
    return replace(made, **changes)


def blind(study: RecordedStudy, **changes: Any) -> RecordedStudy:
    unknown = dict.fromkeys(("test_mse", "validation_mse", "second_mse", "snr_improvement_db"), np.nan)
    tables = {name: getattr(study, name).assign(**unknown) for name in ("results", "baselines")}
    return replace(study, settings={**study.settings, "signals": []}, **tables | changes)


@pytest.mark.parametrize(
    ("winner", "said"),
    [
        (
            "network",
            "At 10 dB in: depth 4 with skips (+11.3 dB); best classical: wavelet shrinkage (+5.6 dB)",
        ),
        (
            "classical",
            "At 10 dB in: wavelet shrinkage (+5.6 dB); best network: depth 4 with skips (+11.3 dB)",
        ),
        (
            "tie",
            "At 10 dB in: no clear difference between depth 4 with skips (+11.3 dB) and "
            "wavelet shrinkage (+5.6 dB)",
        ),
    ],
)
def test_the_first_line_is_the_decision_and_names_the_winner_first(winner: Any, said: str) -> None:
    difference = "difference +5.7 [+5.0, +6.4] dB, n 10."
    assert decision_sentences(study_of(replace(DECISION, winner=winner))) == [f"{said}; {difference}"]


def test_of_several_levels_those_that_agree_share_a_sentence() -> None:
    strong = replace(DECISION, level="snr=0", network_db=13.7, difference_db=3.4)
    classical = replace(DECISION, level="snr=20", winner="classical", classical_db=4.0, difference_db=-0.8)
    tie = replace(DECISION, level="snr=30", winner="tie")
    report = recordings_report(study_of(strong, DECISION, classical, tie), {})
    assert report.headline == (
        "At signal-to-noise ratios of 0 and 10 dB, use depth 4 with skips: it gains 11.3 to 13.7 dB and its "
        "error lies 3.4 to 5.7 dB below that of the best classical denoiser. "
        "At a signal-to-noise ratio of 20 dB, use wavelet shrinkage: it gains 4.0 dB and its error lies 0.8 "
        "dB below that of the best network. At a signal-to-noise ratio of 30 dB, there is no clear "
        "difference between the best network and the best classical denoiser."
    )


def test_a_study_without_results_recommends_nothing() -> None:
    report = recordings_report(study_of(), {})
    assert report.headline == "No network was measured, so nothing can be compared or recommended."
    assert report.reservation == ""
    [table] = [block.table for block in report.blocks if block.name == "denoisers"]
    assert "wavelet shrinkage" in {row[1] for row in table.rows}, "what was measured is shown"


BLIND = replace(
    DECISION, level="as-recorded", measure="j_invariant_loss", network_db=None, classical_db=None,
    input_db=None,
)  # fmt: skip


def test_without_truth_losses_are_told_and_no_gain() -> None:
    decision = replace(BLIND, winner="tie")
    report = recordings_report(blind(study_of(decision)), {})
    assert report.headline == (
        "As recorded: no clear difference between depth 4 with skips (hidden-sample loss 0.0100) and "
        "wavelet shrinkage (hidden-sample loss 0.0200); difference +5.7 [+5.0, +6.4] dB, n 10."
    )
    assert "hidden-sample loss on validation windows" in report.reservation
    words = repr(report.blocks)
    assert "gain (dB)" not in words
    assert "No clean signal is known" in words
    assert "do not run in the page" in words


def test_where_the_check_failed_nothing_is_recommended() -> None:
    study = blind(
        study_of(replace(BLIND, winner="unknown")), ranking=ranked([1.0, 1.1, 1.2], [0.3, 0.2, 0.1])
    )
    report = recordings_report(study, {})
    assert report.headline.startswith(
        "As recorded: nothing to recommend, as the check below failed; lowest are"
    )
    [section] = [block for block in report.blocks if block.name == "holds"]
    assert "so the ranking cannot be trusted" in section.sentences[-1]


def test_errors_against_a_second_recording_are_called_so_and_the_check_is_not() -> None:
    decision = replace(BLIND, measure="second_mse")
    report = recordings_report(blind(study_of(decision)), {})
    assert "depth 4 with skips (error against the second recording 0.0100)" in report.headline
    told = limits_of(blind(study_of(decision)))
    assert "whose noise is a part of each" in told[0]
    assert not any("check" in sentence for sentence in told)


def test_what_speaks_against_the_decision_is_told() -> None:
    study = study_of(DECISION)
    assert limits_of(study) == ()
    two = study.survey.assign(unit=["mV"])
    both = pd.concat([two, two.assign(channel="RESP", unit="ohm")])
    assert "several units (mV, ohm)" in limits_of(replace(study, survey=both))[0]
    capped = replace(study, notes=("There are more windows than n_test 100 allows",))
    assert limits_of(capped) == ("There are more windows than n_test 100 allows.",)
    hum = study.survey.assign(noise_looks_white=[False])
    assert limits_of(replace(study, survey=hum)) == ()
    said = limits_of(blind(study_of(BLIND), survey=hum))
    assert said[0].startswith("The noise of 1 recording does not look white, or the signal reaches")
    assert "--mask-width" in said[0]
    few = study_of(replace(DECISION, n=4))
    assert limits_of(few) == (
        "There are few parts for tests, so an interval can miss; give more or longer recordings.",
    )


def test_tests_on_one_of_many_recordings_are_told_to_speak_of_it_alone() -> None:
    study = study_of(DECISION)
    rows = [study.survey.assign(file=f"{i}.csv", group=f"{i}.csv", n_test=40 * (i == 3)) for i in range(4)]
    [said] = limits_of(replace(study, survey=pd.concat(rows)))
    assert said.startswith("Tests are of 3.csv alone, in stretches of time.")


def test_networks_that_do_harm_are_named() -> None:
    study = study_of(DECISION)
    worse = study.results.assign(depth=8, snr_improvement_db=-8.5, variant="base")
    [said] = limits_of(replace(study, results=pd.concat([study.results, worse])))
    assert said.startswith("1 network of 2 did worse than doing nothing: depth 8 without skips.")


def test_notes_on_many_recordings_are_cut_short() -> None:
    study = study_of(DECISION)
    many = pd.concat([study.survey.assign(file=f"{i}.csv", notes="it has 1 column") for i in range(20)])
    told = notes_on(replace(study, survey=many))
    assert told == ("0.csv and 19 more: it has 1 column.",)
    each = many.assign(notes=[f"it has {i + 2} columns" for i in range(20)])
    told = notes_on(replace(study, survey=each))
    assert (told[0], told[-1]) == ("0.csv: it has 2 columns.", "There are 12 further notes.")


def ranked(losses: list[float], errors: list[float]) -> pd.DataFrame:
    return pd.DataFrame(
        {"validation_j_invariant_loss": losses, "j_invariant_loss": losses, "check_mse": errors}
    )


def test_trust_is_the_rank_correlation_and_what_the_choice_costs() -> None:
    found = trust(ranked([1.0, 1.1, 1.2, 1.3], [0.1, 0.2, 0.3, 0.4]))
    assert found is not None
    assert (found.n, found.correlation, found.lost_db) == (4, pytest.approx(1), pytest.approx(0))
    wrong = trust(ranked([1.0, 1.1, 1.2, 1.3], [0.4, 0.3, 0.2, 0.1]))
    assert wrong is not None
    assert (wrong.correlation, wrong.lost_db) == (pytest.approx(-1), pytest.approx(10 * np.log10(4)))
    assert (found.holds, wrong.holds) == (True, False)
    costly = trust(ranked([1.0, 1.1, 1.2, 1.3, 1.4], [0.13, 0.1, 0.2, 0.3, 0.4]))
    assert costly is not None
    assert costly.correlation >= 0.5
    assert not costly.holds, "1.1 dB are lost"
    negative = trust(ranked([1.0, 1.1, 1.2], [0.1, -0.01, 0.2]))
    assert negative is not None
    assert (negative.n_negative, negative.holds) == (1, False)
    assert trust(ranked([1.0, 1.1], [0.1, 0.2])) is None, "too few to rank"


def test_what_does_nothing_counts_in_no_ranking() -> None:
    rows = pd.DataFrame(
        {"level": "noise-doubled", "depth": [2, 4], "variant": "base", "denoiser": ["identity", "pca"]}
        | {name: [3.0, 1.0] for name in LOSSES}
    )
    found = ranking(rows, rows)
    assert found["kind"].tolist() == ["network", "network", "classical"]
    assert found["denoiser"].tolist()[2] == "pca"
