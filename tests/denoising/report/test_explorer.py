import json
from typing import Any

import numpy as np
import pytest

from denoising.figures.wording import decibels, number
from denoising.report import explorer as module
from denoising.report.explorer import PERCENTILES, explorer
from denoising.report.tables import results_table
from denoising.study.results import Study
from tests.denoising.figures.studies import make_study


def explored(study: Study) -> dict[str, Any]:
    data = explorer(study)
    assert data is not None
    json.dumps(data, allow_nan=False)
    return data


def found(rows: list[dict[str, Any]], **wanted: object) -> dict[str, Any]:
    (row,) = [row for row in rows if wanted.items() <= row.items()]
    return row


def test_signals_are_those_of_the_examples_to_a_hundredth() -> None:
    study = make_study(depths=(2, 4), alphas=(0.1, 0.4), seeds=(0, 1))
    level = found(explored(study)["levels"], name="0.4")
    (example,) = study.examples.query(
        "depth == 4 and alpha == 0.4 and seed == 1 and rule == 'noisy' and percentile == 90"
    ).to_dict("records")
    signal = found(level["signals"], percentile=90)
    denoised = found(level["denoised"], denoiser="depth 4", seed=1, percentile=90)
    for told, kind in (
        (signal["clean"], "clean"),
        (signal["noisy"], "noisy"),
        (denoised["samples"], "denoised"),
    ):
        np.testing.assert_allclose(0.01 * np.array(told), example[kind], atol=0.005 + 1e-9)
    before, after = (((example[kind] - example["clean"]) ** 2).mean() for kind in ("noisy", "denoised"))
    assert denoised["errors"] == (
        f"noisy MSE {number(before)}, denoised MSE {number(after)}, "
        f"improvement {decibels(10 * np.log10(before / after))} dB"
    )
    assert [one["percentile"] for one in level["signals"]] == list(PERCENTILES)


def test_other_denoisers_are_offered_beside_the_depths() -> None:
    data = explored(make_study(depths=(2, 4), alphas=(0.1,)))
    names = [denoiser["name"] for denoiser in data["denoisers"]]
    assert names[:2] == ["depth 2", "depth 4"]
    assert "Bayes (posterior mean)" in names
    assert "noisy signal as given" not in names
    assert found(data["levels"][0]["denoised"], denoiser="linear_mmse", percentile=50)["seed"] is None


def test_signals_other_than_those_of_the_networks_are_left_out() -> None:
    study = make_study(depths=(2,), alphas=(0.1,))
    study.baseline_examples["signal_id"] += 1
    assert {denoiser["name"] for denoiser in explored(study)["denoisers"]} == {"depth 2"}


def test_errors_are_medians_beside_the_limits() -> None:
    study = make_study(depths=(2, 4), alphas=(0.1, 0.4), seeds=(0, 1, 2))
    lines = explored(study)["lines"]
    medians = study.results[study.results["depth"] == 4].groupby("alpha")["test_mse"].median()
    assert found(lines, name="depth 4")["mse"] == pytest.approx(list(medians), rel=1e-3)
    assert found(lines, name="Bayes floor")["mse"] == pytest.approx(list(study.limits["mmse"]), rel=1e-3)
    assert [line["kind"] for line in lines] == ["depth"] * 2 + ["limit"] * (len(lines) - 2)


def test_learning_curves_are_medians_over_the_seeds() -> None:
    study = make_study(depths=(2, 4), alphas=(0.1,), seeds=(0, 1, 2), epochs=5)
    learning = explored(study)["levels"][0]["learning"]
    medians = study.history[study.history["depth"] == 2].groupby("epoch")["validation_mse"].median()
    assert learning["epochs"] == [0, 1, 2, 3, 4]
    assert learning["validation"]["depth 2"] == pytest.approx(list(medians), rel=1e-3)


def test_what_failed_has_a_row_and_nothing_to_show() -> None:
    data = explored(make_study(depths=(2, 4), alphas=(0.1, 0.2), failed={(4, 0.1, 0)}))
    assert found(data["cells"], denoiser="depth 4", level="0.1")["anchor"] == "cell-depth=4,alpha=0.1,seed=0"
    level = found(data["levels"], name="0.1")
    assert "depth 4" not in {one["denoiser"] for one in level["denoised"]} | set(
        level["learning"]["validation"]
    )
    assert found(data["lines"], name="depth 4")["mse"][0] is None


def test_cells_lead_to_their_rows() -> None:
    study = make_study(depths=(2, 4), alphas=(0.1, 0.2), seeds=(0, 1))
    anchors = [anchor.id for anchor in results_table(study).anchors]
    assert [cell["anchor"] for cell in explored(study)["cells"]] == anchors


def test_of_too_many_signals_the_lowest_seed_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    study = make_study(depths=(2,), alphas=(0.1,), seeds=(1, 3))
    assert explored(study)["seeds"] == [1, 3]
    monkeypatch.setattr(module, "MOST_SAMPLES", 1000)
    assert explored(study)["seeds"] == [1]


@pytest.mark.parametrize("alphas", [(0,), (1,), (0, 0.5, 1)])
def test_noise_levels_at_the_ends_have_what_is_defined(alphas: tuple[float, ...]) -> None:
    data = explored(make_study(depths=(2,), alphas=alphas))
    assert [level["name"] for level in data["levels"]] == [f"{alpha:g}" for alpha in alphas]


def test_without_any_cell_the_other_denoisers_are_left_and_without_them_nothing() -> None:
    data = explored(make_study(depths=(2,), alphas=(0.1,), failed=None))
    assert "depth 2" not in {denoiser["name"] for denoiser in data["denoisers"]}
    assert data["levels"][0]["learning"] == {"epochs": [], "validation": {}}
    assert explorer(make_study(failed=None, baselines=())) is None
