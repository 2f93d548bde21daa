from dataclasses import replace

import numpy as np
import pandas as pd

from denoising.report.summary import best_depth_sentences, failures, headline, reservation
from denoising.report.tables import best_depth_table, results_table
from denoising.study import Study
from tests.denoising.figures.studies import REASON, make_study


def with_mse(study: Study, **mse_by_depth: float) -> Study:
    values = {int(name.removeprefix("d")): mse for name, mse in mse_by_depth.items()}
    results = study.results.assign(test_mse=study.results["depth"].map(pd.Series(values)))
    return replace(study, results=results)


def test_the_headline_names_the_winner_and_follows_the_numbers() -> None:
    study = make_study(depths=(2, 4))
    assert (
        headline(with_mse(study, d2=0.1, d4=0.2)) == "Depth 2 has the lowest test MSE at every noise level."
    )
    assert (
        headline(with_mse(study, d2=0.2, d4=0.1)) == "Depth 4 has the lowest test MSE at every noise level."
    )
    assert headline(with_mse(study, d2=0.1, d4=0.1)).startswith("Depths 2 and 4 share")


def test_the_headline_tells_where_the_winner_changes() -> None:
    study = make_study(depths=(2, 4), alphas=(0.1, 0.2, 0.3), failed={(2, 0.3, 0), (4, 0.3, 0)})
    results = study.results.copy()
    results["test_mse"] = [0.1, 0.4, np.nan, 0.2, 0.3, np.nan]
    assert headline(replace(study, results=results)) == (
        "The best depth depends on the noise level: "
        "depth 2 at alpha 0.1; depth 4 at alpha 0.2; no result at alpha 0.3."
    )


def test_a_sentence_gives_the_distances() -> None:
    study = make_study(depths=(2, 4), alphas=(0.1,))
    (sentence,) = best_depth_sentences(with_mse(study, d2=0.002, d4=0.004))
    assert sentence == (
        "At alpha 0.1, depth 2 is best with a test MSE of 0.00200, "
        "3.0 dB below depth 4 (0.00400) and 10.0 dB below the noisy signal (0.0200)."
    )


def test_a_tie_is_called_a_tie() -> None:
    study = make_study(depths=(2, 4), alphas=(0.1,))
    (sentence,) = best_depth_sentences(with_mse(study, d2=0.01, d4=0.01))
    assert "depths 2 and 4 tie at a test MSE of 0.0100" in sentence
    assert best_depth_table(with_mse(study, d2=0.01, d4=0.01)).rows[0][1] == "2, 4 (tie)"


def test_a_best_depth_that_does_harm_is_said_to() -> None:
    (sentence,) = best_depth_sentences(make_study(depths=(6, 8), alphas=(0.1,)))
    assert "no better than the noisy signal itself (0.0200)" in sentence


def test_overlapping_seeds_leave_the_order_open() -> None:
    study = make_study(depths=(2, 4), alphas=(0.1,), seeds=(0, 1))
    apart = replace(study, results=study.results.assign(test_mse=[0.1, 0.2, 0.3, 0.4]))
    mixed = replace(study, results=study.results.assign(test_mse=[0.1, 0.3, 0.29, 0.4]))
    assert "each of its seeds beats every seed of the others" in best_depth_sentences(apart)[0]
    assert "the order is not settled" in best_depth_sentences(mixed)[0]


def test_the_reservation_is_about_the_seeds() -> None:
    assert "one seed" in reservation(make_study())
    assert "median over 3 seeds" in reservation(make_study(seeds=(0, 1, 2)))
    assert reservation(make_study(failed=None)) == ""


def test_one_depth_has_no_rival() -> None:
    assert headline(make_study(depths=(4,))) == (
        "Depth 4, the only one studied, has a test MSE of 0.0140 at alpha 0.1 and 0.130 at alpha 0.4."
    )
    assert "best" not in best_depth_sentences(make_study(depths=(4,)))[0]


def test_nothing_measured_is_said_so() -> None:
    study = make_study(failed=None)
    assert headline(study) == "No cell was measured, so there is no best depth."
    assert best_depth_sentences(study)[0] == "At alpha 0.1, no cell was measured."
    assert len(failures(study)) == 16


def test_failures_are_named_with_their_reason() -> None:
    (failure,) = failures(make_study(failed={(8, 0.3, 0)}))
    assert failure.cell == "depth 8 at alpha 0.3, seed 0"
    assert failure.reason == REASON


def test_tables_print_sensible_digits_and_dashes() -> None:
    table = results_table(make_study(depths=(2,), alphas=(0, 0.1), failed={(2, 0.1, 0)}))
    rows = [dict(zip(table.columns, row, strict=True)) for row in table.rows]
    assert rows[0]["input SNR (dB)"] == "–"
    assert rows[0]["parameters"] == "1,600"
    assert rows[1]["status"] == "failed"
    assert rows[1]["test MSE"] == "–"
    assert "variant" not in table.columns


def test_the_best_depths_stand_out() -> None:
    table = best_depth_table(make_study())
    assert table.rows[0][:5] == ("0.1", "2", "0.0200", "0.00600", "0.0140 (+3.7 dB)")
    assert table.strong == {(row, 3) for row in range(4)}
