import re

import numpy as np
import pytest

from denoising.report.blocks import failures
from denoising.report.summary import answer, best, nearest, reservation
from denoising.report.sweep import best_depths, sections_of
from denoising.report.tables import best_depth_table, results_table
from denoising.study.results import Study
from tests.denoising.figures.studies import REASON, make_study, with_mse


def by_depth(study: Study, **mse_by_depth: float) -> Study:
    values = {int(name.removeprefix("d")): mse for name, mse in mse_by_depth.items()}
    return with_mse(study, [values[depth] for depth in study.results["depth"]])


def test_the_headline_of_one_seed_speaks_of_these_networks_and_follows_the_numbers() -> None:
    study = make_study(depths=(2, 4))
    said = "Of the networks trained here, that of depth {} has the lowest test MSE at every noise level."
    assert best(by_depth(study, d2=0.1, d4=0.2)) == said.format(2)
    assert best(by_depth(study, d2=0.2, d4=0.1)) == said.format(4)
    assert best(by_depth(study, d2=0.1, d4=0.1)).startswith("Depths 2 and 4 tie")


def test_the_headline_of_several_seeds_names_the_best_depth_or_a_tie() -> None:
    study = make_study(depths=(2, 4), alphas=(0.1,), seeds=(0, 1, 2))
    assert best(with_mse(study, [0.1, 0.11, 0.1, 0.2, 0.2, 0.21])) == "Depth 2 denoises best at alpha 0.1."
    assert best(with_mse(study, [0.2, 0.2, 0.21, 0.1, 0.11, 0.1])) == "Depth 4 denoises best at alpha 0.1."
    assert best(with_mse(study, [0.1, 0.2, 0.3, 0.3, 0.1, 0.21])) == (
        "Depths 2 and 4 tie for the lowest test MSE at alpha 0.1."
    )


def test_the_headline_tells_where_the_winner_changes() -> None:
    study = make_study(depths=(2, 4), alphas=(0.1, 0.2, 0.3), failed={(2, 0.3, 0), (4, 0.3, 0)})
    assert best(with_mse(study, [0.1, 0.4, np.nan, 0.2, 0.3, np.nan])) == (
        "Which of the networks trained here is best depends on the noise level: "
        "depth 2 at alpha 0.1; depth 4 at alpha 0.2; no result at alpha 0.3."
    )


def test_the_answer_follows_the_errors_beside_doing_nothing() -> None:
    study = make_study(depths=(2, 4), alphas=(0.1,))
    every = "here: all 2 autoencoders that were trained"
    assert answer(by_depth(study, d2=0.001, d4=0.002)) == f"Yes, {every} removed noise."
    assert answer(by_depth(study, d2=0.9, d4=0.9)) == f"No, not {every} did worse than doing nothing."
    assert answer(by_depth(study, d2=0.001, d4=0.9)) == (
        "Not all: of the 2 autoencoders that were trained here, 1 removed noise and 1 did worse than doing "
        "nothing."
    )
    one = make_study(depths=(2,), alphas=(0, 0.1))
    assert answer(with_mse(one, [0.9, 0.001])) == "Yes, here: it removed noise."
    assert answer(make_study(failed=None)) == "No network was measured."


def test_how_far_the_lowest_errors_lie_above_the_exact_answer() -> None:
    study = make_study(depths=(2, 4), alphas=(0.1, 0.4))
    above = study.results.groupby("alpha")["db_above_mmse"].min()
    assert nearest(study) == (
        f"The lowest errors lie {above.min():.1f} to {above.max():.1f} dB above the exact answer’s, "
        "which no denoiser can beat on average."
    )
    assert nearest(make_study(failed=None)) == ""


def first_row(study: Study) -> dict[str, str]:
    """The row of the lowest noise level in the table of the best depths."""
    table = best_depth_table(study)
    return dict(zip(table.columns, table.rows[0], strict=True))


def test_the_best_depth_stands_beside_the_next_the_noisy_signal_and_the_posterior_mean() -> None:
    row = first_row(by_depth(make_study(depths=(2, 4), alphas=(0.1,)), d2=0.002, d4=0.004))
    assert row["depth 2"] == "0.00200"
    assert row["depth 4"] == "0.00400 (+3.0 dB)"
    assert row["below nothing (dB)"] == "+8.6"
    assert row["above Bayes (dB)"] == "+9.1"
    told = re.fullmatch(r"4: \+3\.0 \[\+(\d\.\d), \+(\d\.\d)\]", row["next depth (dB)"])
    assert told
    assert 2.5 < float(told[1]) < 3.0 < float(told[2]) < 3.5


def test_over_several_seeds_the_interval_is_students() -> None:
    study = make_study(depths=(2, 4), alphas=(0.1,), seeds=(0, 1, 2))
    row = first_row(with_mse(study, [0.1, 0.1, 0.1, 0.2, 0.21, 0.22]))
    db = 10 * np.log10([2, 2.1, 2.2])
    low, high = db.mean() + np.array([-1, 1]) * 4.302653 * db.std(ddof=1) / np.sqrt(3)
    assert row["next depth (dB)"] == f"4: +{db[1]:.1f} [+{low:.1f}, +{high:.1f}]"
    assert "interval of that over the seeds" in best_depths(study).note


def test_a_tie_is_called_a_tie() -> None:
    row = first_row(by_depth(make_study(depths=(2, 4), alphas=(0.1,)), d2=0.01, d4=0.01))
    assert row["best depth"] == "2, 4 (tie)"
    assert row["depth 2"] == row["depth 4"] == "0.0100"
    assert row["next depth (dB)"] == "–"


def test_a_best_depth_that_does_harm_lies_above_doing_nothing() -> None:
    row = first_row(make_study(depths=(6, 8), alphas=(0.1,)))
    assert row["doing nothing"] == "0.0146"
    assert row["below nothing (dB)"] == "−13.8"


def test_the_reservation_is_about_the_seeds() -> None:
    assert "one seed: it shows what happened once and claims nothing" in reservation(make_study())
    assert "median over 3 seeds" in reservation(make_study(seeds=(0, 1, 2)))
    assert reservation(make_study(failed=None)) == ""


def test_one_depth_has_no_rival() -> None:
    assert best(make_study(depths=(4,))) == (
        "Depth 4, the only one studied, has a test MSE of 0.0140 at alpha 0.1 and 0.130 at alpha 0.4."
    )


def test_nothing_measured_is_said_so() -> None:
    study = make_study(failed=None)
    assert best(study) == "No cell was measured, so there is no best depth."
    assert set(first_row(study).values()) == {"0.1", "–", "0.0146"}
    assert len(failures(study)) == 16


def test_failures_are_named_with_their_reason() -> None:
    (failure,) = failures(make_study(failed={(8, 0.3, 0)}))
    assert failure.cell == "depth 8 at alpha 0.3, seed 0"
    assert failure.reason == REASON


def test_tables_print_sensible_digits_and_dashes() -> None:
    table = results_table(make_study(depths=(2,), alphas=(0, 0.1), failed={(2, 0.1, 0)}))
    rows = [dict(zip(table.columns, row, strict=True)) for row in table.rows]
    assert rows[0]["output SNR (dB)"] == "–"
    assert rows[0]["parameters"] == "1,600"
    assert rows[1]["status"] == "failed"
    assert rows[1]["test MSE"] == "–"
    assert "variant" not in table.columns


def test_the_best_depths_stand_out() -> None:
    table = best_depth_table(make_study())
    assert table.rows[0][:5] == ("0.1", "2", "0.0146", "0.00600", "0.0140 (+3.7 dB)")
    assert table.strong == {(0, 3), (1, 3), (2, 3), (3, 3), (3, 4)}
    assert table.rows[3][1] == "2, 4 (tie)"


def sections(study: Study) -> dict[str, tuple[tuple[str, ...], ...]]:
    return {section.name: section.table.rows for section in sections_of(study) if section.table}


def test_the_limits_of_a_noise_level_stand_side_by_side() -> None:
    (row,) = sections(make_study(depths=(2, 4), alphas=(0.4,)))["limits"]
    s = 0.4 / 0.6
    gain = s**2 / (1 + s**2)
    assert row[:4] == ("0.4", "0.320", f"{gain:.3f}", f"{0.15 * gain:.4f}")
    assert float(row[4]) == pytest.approx(0.06 * s**2, rel=1e-2)
    assert row[5] == f"{0.02 * gain:.5f} ± 0.5%"


def test_the_effect_of_depth_has_its_sign_its_interval_and_its_n() -> None:
    study = make_study(depths=(2, 4), alphas=(0.1,), seeds=(0, 1, 2), failed={(4, 0.1, 2)})
    (row,) = sections(with_mse(study, [0.1, 0.1, 0.1, 0.2, 0.21, np.nan]))["effects"]
    db = 10 * np.log10([2, 2.1])
    margin = 12.7062 * db.std(ddof=1) / np.sqrt(2)
    low, high = db.mean() - margin, db.mean() + margin
    assert row == ("0.1", f"+{db.mean():.1f} [+{low:.1f}, +{high:.1f}, n = 2]")


def test_ours_stand_beside_the_original() -> None:
    study = make_study(depths=(2,), alphas=(0.1,), signals="pictures", epochs=50)
    (row,) = sections(study)["original"]
    last = study.history["validation_mse"].iloc[-1]
    assert row[:3] == ("0.1", "2", "49")
    assert float(row[3]) == pytest.approx(last, rel=0.01)
    assert float(row[5]) == pytest.approx(last / 0.0055, abs=0.01)
    assert "original" not in sections(make_study(depths=(2,), alphas=(0.1,)))


def test_a_study_without_baselines_has_no_section_on_them() -> None:
    assert "baselines" not in sections(make_study(baselines=()))
    rows = sections(make_study(alphas=(0.1, 0.4)))["baselines"]
    assert rows[0][0] == "noisy signal as given"
    assert rows[0][1] == "nothing"
    assert rows[-1][:2] == ("Bayes (posterior mean)", "noise level, form, prior")
