"""The sweep on a real server: what it writes, what it takes from the cache and how it fails."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import torch
from prefect import get_client

import denoising.denoisers.bayes
import denoising.denoisers.wavelet
import denoising.networks.training
import denoising.theory.limits
from denoising.denoisers.catalogue import BASELINES
from denoising.networks.engine.multiplied import Multiplied
from denoising.networks.training import Training
from flows.redraw import redraw
from flows.settings.study_settings import store_of
from tests.flows.sweeps import LEVEL, NOTES, RUNS, WHOLE, Sweeps, task_runs, unrecorded
from tests.flows.told import log_lines

RESULTS = [
    "depth", "alpha", "seed", "variant", "n_parameters", "epochs", "train_mse", "validation_mse", "test_mse",
    "input_snr_db", "output_snr_db", "snr_improvement_db", "train_seconds", "status",
]  # fmt: skip
METRICS = RESULTS[7:12]
LIMITS = [
    "alpha", "noisy_mse", "rescaled_mse", "best_gain_mse", "linear_mmse", "mmse", "mmse_standard_error",
    "crb",
]  # fmt: skip
FIGURES = {
    "comparison", "floor_distance", "recovered", "spectra", "training", "samples", "architecture",
}  # fmt: skip


def flow_run_of(note: dict[str, Any]) -> Any:
    """The flow run that a study's note tells of, as the API has it."""
    with get_client(sync_client=True) as client:
        return client.read_flow_run(note["flow_run_id"])


def test_a_sweep_leaves_the_tables_the_figures_and_the_report_of_the_contract(done: Sweeps) -> None:
    settings = done.read()
    folder = store_of(settings).artifacts / settings.study

    results = pd.read_parquet(folder / "results.parquet")
    assert list(results.columns[: len(RESULTS)]) == RESULTS
    grid = [(depth, alpha, 0, "base") for depth in (2, 3) for alpha in (0.1, 0.3)]
    assert list(results[["depth", "alpha", "seed", "variant"]].itertuples(index=False, name=None)) == grid
    assert (results["status"] == "done").all()
    assert results[RESULTS].notna().all(axis=None)
    pd.testing.assert_frame_equal(
        results[RESULTS], pd.read_csv(folder / "results.csv")[RESULTS], check_dtype=False, check_exact=False
    )
    history = pd.read_parquet(folder / "history.parquet")
    last = history[history["epoch"] == 1].set_index(["depth", "alpha"])["train_mse"]
    assert last.to_dict() == results.set_index(["depth", "alpha"])["train_mse"].to_dict()
    assert len(history) == 4 * 2

    for kind in ("png", "svg", "csv"):
        assert {path.stem for path in (folder / "figures").glob(f"*.{kind}")} == FIGURES
    limits = pd.read_parquet(folder / "limits.parquet")
    assert list(limits.columns[: len(LIMITS)]) == LIMITS
    assert limits["alpha"].tolist() == [0.1, 0.3]
    assert limits.notna().all(axis=None)
    baselines = pd.read_parquet(folder / "baselines.parquet")
    where = {(name, alpha) for name in BASELINES for alpha in (0.1, 0.3)}
    assert set(baselines[["denoiser", "alpha"]].itertuples(index=False, name=None)) == where
    assert len(baselines) == len(where)
    assert baselines[METRICS].notna().all(axis=None)
    each = pd.read_parquet(folder / "per_signal.parquet")
    assert each.groupby("denoiser").size().to_dict() == {
        "autoencoder": 4 * 10, **dict.fromkeys(BASELINES, 2 * 10)
    }  # fmt: skip
    pooled = each[each["depth"] == 3].groupby("alpha")["mse"].mean()
    assert pooled.to_dict() == pytest.approx(
        results[results["depth"] == 3].set_index("alpha")["test_mse"].to_dict()
    )
    bayes = baselines[baselines["denoiser"] == "bayes"].set_index("alpha")
    expected = 10 * np.log10(results["test_mse"] / results["alpha"].map(bayes["test_mse"]))
    assert results["db_above_mmse"].tolist() == pytest.approx(expected.tolist())
    assert bayes["db_above_mmse"].tolist() == [0, 0]

    assert (folder / "report.html").read_text().startswith("<!DOCTYPE html>")
    assert (store_of(settings).artifacts / "latest").resolve() == folder
    assert unrecorded(settings) == NOTES

    note = json.loads((folder / "study.json").read_text())
    flow_run = flow_run_of(note)
    assert flow_run.state_name == "Completed"
    assert flow_run.parameters["artifacts_dir"] == note["settings"]["artifacts_dir"], "that run and no other"
    assert note["settings"]["epochs"] == 2
    assert 0 < note["seconds"] < 3600
    assert {"torch", "numpy", "prefect"} <= set(note["versions"])
    assert not any((store_of(settings).artifacts / "runs").iterdir())
    assert not any((store_of(settings).artifacts / "locks").iterdir())


def test_the_prefect_ui_is_given_names_tags_and_artifacts_that_read_well(done: Sweeps) -> None:
    study = done.read().study
    flow_run = flow_run_of(json.loads((store_of(done.read()).artifacts / study / "study.json").read_text()))
    runs = task_runs(flow_run.id, RUNS)
    names = {run.name for run in runs}
    assert {"generate alpha=0.1", "split alpha=0.3", "train depth=3 alpha=0.1 seed=0"} <= names
    assert {"evaluate depth=2 alpha=0.3 seed=0", f"report {study}"} <= names
    assert all(run.tags == [] for run in runs)
    with get_client(sync_client=True) as client:
        mine = {"artifacts": {"flow_run_id": {"any_": [str(flow_run.id)]}}}
        found = client.request("POST", "/artifacts/filter", json=mine).json()
    artifacts = {artifact["key"]: artifact["data"] for artifact in found}
    assert flow_run.name == "quick depths=2,3 alphas=0.1,0.3 seeds=0"
    assert set(flow_run.tags) == {"quick", "formula"}
    artifacts.pop("sweep-curves", None)  # trainings this short may not be seen
    assert set(artifacts) == {"sweep-progress", "sweep-cells", "sweep-report", "studies", None}
    assert artifacts["sweep-progress"] == 100
    assert len(json.loads(artifacts["sweep-cells"])) == 4
    assert "data:image/png;base64," in artifacts["sweep-report"]
    [page] = [artifact for artifact in found if artifact["key"] is None]
    assert f"](/artifacts/artifact/{page['id']})" in artifacts["sweep-report"]
    assert study in page["data"]["html"]
    told = [line for line in log_lines([{"id": str(flow_run.id)}]) if line.startswith("preset quick sets ")]
    assert len(told) == 1
    assert "given otherwise: alphas=0.1,0.3 depths=2,3 signal_length=32 n_signals=20 " in told[0]


@pytest.mark.slow
def test_a_stage_runs_again_only_where_what_it_reads_has_changed(
    sweeps: Sweeps, undrawn: None, tmp_path: Path
) -> None:
    again = {"publish": 1}
    assert sweeps.ran() == WHOLE
    assert sweeps.ran() == again

    assert sweeps.ran(alphas=[0.1, 0.3, 0.5]) == LEVEL | {
        "train": 2, "evaluate": 2, "report": 1, "publish": 1,
    }  # fmt: skip
    assert sweeps.ran(epochs=3) == {"train": 4, "evaluate": 4, "report": 1, "publish": 1}
    assert sweeps.ran(n_test=12) == {stage: n for stage, n in WHOLE.items() if stage != "train"}
    assert sweeps.ran(seeds=[0, 1]) == {"train": 4, "evaluate": 4, "report": 1, "publish": 1}
    assert sweeps.ran(preset="post", workers=1) == {"report": 1, "publish": 1}
    assert sweeps.ran() == again

    assert sweeps.ran(refresh=["evaluate"]) == {"evaluate": 4, "report": 1, "publish": 1}
    assert sweeps.ran(refresh=["limits"]) == {"limits": 2, "report": 1, "publish": 1}
    signals = {stage: n for stage, n in LEVEL.items() if stage != "limits"}
    assert sweeps.ran(refresh=["generate"], alphas=[0.1]) == signals | {
        "train": 2, "evaluate": 2, "report": 1, "publish": 1,
    }  # fmt: skip
    assert sweeps.ran() == again

    tmp_path.joinpath("data").rename(tmp_path / "moved")
    assert sweeps.ran(data_dir=str(tmp_path / "moved")) == again


def test_a_damaged_file_is_made_again_and_what_follows_from_it_is_not(done: Sweeps, undrawn: None) -> None:
    artifacts = store_of(done.read()).artifacts
    next(artifacts.glob("cells/depth=2,alpha=0.1,*/train-*/last.safetensors")).write_bytes(b"x")
    next(artifacts.glob("cells/depth=3,alpha=0.3,*/evaluate-*/metrics.json")).unlink()
    assert done.ran() == {"train": 1, "evaluate": 1, "publish": 1}


@pytest.mark.slow
def test_results_do_not_depend_on_the_runner_the_workers_or_the_rest_of_the_grid(
    sweeps: Sweeps, undrawn: None, tmp_path: Path
) -> None:
    def weights(**changes: object) -> dict[str, bytes]:
        artifacts = str(tmp_path / f"artifacts-{len(list(tmp_path.iterdir()))}")
        assert sweeps.run(**changes, artifacts_dir=artifacts).is_completed()
        return {
            path.parts[-3]: path.read_bytes() for path in Path(artifacts).glob("cells/*/*/last.safetensors")
        }

    together = weights(workers=4)
    alone = weights(depths=[3], alphas=[0.3], workers=1)
    in_processes = weights(runner="processes")
    assert together == in_processes
    assert len(together) == 4
    assert alone.items() < together.items()


@pytest.mark.slow
def test_one_cells_failure_leaves_the_others_and_the_report_standing(
    sweeps: Sweeps, undrawn: None, break_training
) -> None:
    begun = break_training(3, ArithmeticError("the sum of <all> fears"))
    state = sweeps.run(alphas=[0.1])
    settings = sweeps.read(alphas=[0.1])
    assert state.is_failed()
    reason = "ArithmeticError: the sum of <all> fears"
    assert state.message == f"1 of 2 cells failed: depth=3 alpha=0.1 seed=0: {reason}"
    assert sorted(begun) == [2, 3], "an error that cannot pass is not retried"

    folder = store_of(settings).artifacts / settings.study
    results = pd.read_parquet(folder / "results.parquet").set_index("depth")
    assert results["status"].to_dict() == {2: "done", 3: "failed"}
    assert results.loc[3, "failure"] == reason
    assert pd.isna(results.loc[3, "test_mse"])
    assert results.loc[2, "test_mse"] > 0
    page = (folder / "report.html").read_text()
    assert "the sum of &lt;all&gt; fears" in page

    break_training(99, ArithmeticError())
    assert sweeps.ran(alphas=[0.1]) == {"train": 1, "evaluate": 1, "report": 1, "publish": 1}


def test_what_can_pass_is_retried_until_it_does(
    sweeps: Sweeps, undrawn: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    attempts: list[int] = []
    real = Training

    def failing_once(*arguments: object) -> object:
        attempts.append(1)
        if len(attempts) == 1:
            raise OSError(5, "Input/output error")
        return real(*arguments)

    monkeypatch.setattr(denoising.networks.training, "Training", failing_once)
    assert sweeps.run(alphas=[0.1], depths=[2]).is_completed()
    assert len(attempts) == 2


def test_a_diverged_training_fails_with_its_reason_and_is_not_retried(
    sweeps: Sweeps, undrawn: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps: list[int] = []

    def exploding(engine: Multiplied, *_: Any) -> torch.Tensor:
        steps.append(1)
        return engine.gradient.fill_(float("inf"))[0]

    monkeypatch.setattr(Multiplied, "differentiate", exploding)
    state = sweeps.run(alphas=[0.1], depths=[2], batch_size=100)
    assert "DivergedError: training diverged: the loss was not finite after epoch 0" in state.message
    assert "try a learning_rate below 0.001" in state.message
    assert len(steps) == 1


@pytest.mark.parametrize(
    ("changes", "line"),
    [
        ({"depths": [6]}, "depths 6: too deep for signal_length 32; use depths up to 5 or a longer signal"),
        ({"kernel_size": 4}, "kernel_size 4: an even kernel"),
        ({"alphas": [0.1, 0.1]}, "0.1 is repeated; give each value once"),
        ({"data_dir": "/proc/data"}, "data_dir /proc/data: cannot be written"),
    ],
)
def test_what_the_form_cannot_know_fails_a_run_before_its_first_task(
    sweeps: Sweeps, tmp_path: Path, changes, line
) -> None:
    state = sweeps.run(**changes)
    assert state.is_failed()
    assert line in state.message
    assert task_runs(state.state_details.flow_run_id, 0) == []
    assert list(tmp_path.iterdir()) == []


def test_the_ends_of_alpha_and_an_odd_length_go_through(sweeps: Sweeps) -> None:
    changes = {"alphas": [0, 1], "signal_length": 27, "depths": [4]}
    assert sweeps.run(**changes).is_completed()
    settings = sweeps.read(**changes)
    results = pd.read_parquet(store_of(settings).artifacts / settings.study / "results.parquet").set_index(
        "alpha"
    )
    assert results.loc[0.0, ["input_snr_db", "snr_improvement_db"]].isna().all()
    assert results.loc[0.0, "noisy_mse"] == 0
    assert results.loc[1.0, "output_snr_db"] == pytest.approx(0, abs=3)


def test_redrawing_draws_the_report_from_the_results_as_they_are(done: Sweeps) -> None:
    settings = done.read()
    page = store_of(settings).artifacts / settings.study / "report.html"
    before = page.read_text()
    page.unlink()
    state = redraw(artifacts_dir=settings.artifacts_dir, return_state=True)
    assert state.is_completed()
    assert done.not_cached(state, 2) == {"report": 1, "publish": 1}
    assert page.read_text() == before
    missing = redraw(study="post-0", artifacts_dir=settings.artifacts_dir, return_state=True)
    assert missing.is_failed()
    assert "run the sweep first" in missing.message


@pytest.mark.slow
def test_a_limit_or_baseline_that_fails_is_named_and_the_report_goes_without(
    sweeps: Sweeps, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise ValueError("no such luck")

    monkeypatch.setattr(denoising.denoisers.bayes.Bayes, "fit", fail)
    monkeypatch.setattr(denoising.denoisers.wavelet.WaveletShrinkage, "fit", fail)
    monkeypatch.setattr(denoising.theory.limits, "limits", fail)
    state = sweeps.run()
    assert state.is_failed()
    assert state.message == (
        "2 of 2 limits failed: alpha=0.1 and 1 more: ValueError: no such luck; "
        f"4 of {2 * len(BASELINES)} baselines failed: wavelet alpha=0.1 and 3 more: ValueError: no such luck"
    )
    settings = sweeps.read()
    folder = store_of(settings).artifacts / settings.study
    assert len(pd.read_parquet(folder / "limits.parquet")) == 0
    assert not {"bayes", "wavelet"} & set(pd.read_parquet(folder / "baselines.parquet")["denoiser"])
    results = pd.read_parquet(folder / "results.parquet")
    assert (results["status"] == "done").all()
    assert results[["db_above_mmse", "gap_closed"]].isna().all(axis=None)
    assert results["snr_improvement_over_best_gain_db"].notna().all()
    page = (folder / "report.html").read_text()
    assert "Savitzky–Golay" in page
    assert "wavelet shrinkage" not in page
    monkeypatch.undo()
    assert sweeps.ran() == {"limits": 2, "baseline": 4, "report": 1, "publish": 1}
