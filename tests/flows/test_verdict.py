"""The verdict's flow, run whole on next to nothing."""

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from denoising.denoisers.catalogue import BASELINES
from denoising.verdict.questions import QUESTIONS
from flows.settings.study_settings import report_of, store_of
from flows.settings.verdict_settings import VerdictSettings
from flows.terminal.launch import launched
from flows.walks.inventory import Inventory
from flows.walks.plan import make_plan
from tasks.cache.store import study_note
from tests.flows.sweeps import NOTES, Sweeps, unrecorded

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> VerdictSettings:
    folder = tmp_path_factory.mktemp("verdict")
    return VerdictSettings(
        preset="quick",
        runner="threads",
        workers=2,
        data_dir=folder / "data",
        artifacts_dir=folder / "artifacts",
    )


@pytest.fixture(scope="module")
def ran(settings: VerdictSettings, server: None) -> Counter[str]:
    return run(settings)


def run(settings: VerdictSettings) -> Counter[str]:
    """Run the verdict; how many task runs of each stage were not taken from the cache."""
    from flows.study import verdict

    state: Any = verdict(**settings.parameters, return_state=True)
    assert state.is_completed(), state.message
    return Sweeps.not_cached(state, launched(settings).n_task_runs)


def table(settings: VerdictSettings, name: str) -> pd.DataFrame:
    return pd.read_parquet(report_of(settings).parent / f"{name}.parquet")


def test_every_stage_runs_once_for_each_of_its_cells(settings: VerdictSettings, ran: Counter[str]) -> None:
    levels = len(settings.compared)
    with_prior = sum(level.dataset.has_prior for level in settings.compared)
    datasets = {cell.level for cell in settings.cells}
    datasets |= {level for levels in settings.transfers.values() for level in levels}
    steps = {
        "generate": len(datasets), "split": len(datasets), "limits": with_prior,
        "baseline": levels * len(BASELINES), "train": len(settings.cells),
        "evaluate": len(settings.cells), "transfer": len(settings.transfers), "verdict": 1, "publish": 1,
    }  # fmt: skip
    plan = make_plan(settings)
    assert Counter(step.stage for step in plan.steps) == {n: steps[n] for n in steps if n != "publish"}
    keys = {str(step.key) for step in plan.steps}
    made = Counter(key.partition("/")[0] for key in keys) + Counter(publish=1)
    # Limits are the same for every number of signals to learn from; the second waits or comes later.
    assert {name for name, n in made.items() if n != steps[name]} == {"limits"}
    assert ran.keys() == steps.keys()
    assert all(made[name] <= ran[name] <= steps[name] for name in steps)
    records = store_of(settings).records
    assert {path.relative_to(records).as_posix() for path in records.glob("*/*/[!.]*")} == keys


def test_a_second_run_makes_nothing_and_the_plan_knows_it(
    settings: VerdictSettings, ran: Counter[str]
) -> None:
    assert make_plan(settings).nothing_to_do
    assert run(settings) == {"publish": 1}


def test_the_tables_hold_every_cell_with_the_numbers_of_its_own_variant(
    settings: VerdictSettings, ran: Counter[str]
) -> None:
    results = table(settings, "results").set_index(["variant", "depth"])
    assert len(results) == len(settings.cells)
    assert (results["status"] == "done").all()
    assert set(results.loc["base_formula", "signals"]) == {"formula"}
    assert set(results.loc["repaired_ecg", "signals"]) == {"ecg"}
    assert set(results.loc[("latent_64", 8), "narrowest"]) == {64}
    assert set(results.loc[("base", 8), "narrowest"]) == {4}
    assert (results["seed"] == results["data_seed"]).all()
    assert set(results.loc["budget", "epochs"]) == {10}
    assert results.loc[("no_bottleneck", 8), "receptive_field"].max() == 33
    plain = results.loc["plain"].iloc[0]
    assert plain["as_given_test_mse"] != plain["test_mse"]
    base = results.loc["base"]
    assert (base["as_given_test_mse"] == base["test_mse"]).all()
    history = table(settings, "history")
    assert (history["gradient_norm"] > 0).all()
    assert len(history) == results["epochs"].sum()


def test_a_network_does_at_its_own_level_what_was_measured_of_it(
    settings: VerdictSettings, ran: Counter[str]
) -> None:
    axes = ["depth", "alpha", "seed", "variant"]
    moved = table(settings, "transfer").merge(table(settings, "results"), on=axes, suffixes=("", "_own"))
    assert set(moved["tested_alpha"]) == {0.2, 0.3, 0.5}
    own = moved[moved["tested_alpha"] == moved["alpha"]]
    assert len(own) == len(settings.transfers)
    assert own["test_mse"].to_numpy() == pytest.approx(own["test_mse_own"].to_numpy(), rel=1e-6)
    assert own["rescaled_test_mse"].to_numpy() == pytest.approx(own["test_mse"].to_numpy(), rel=1e-5)


def test_the_page_is_there_and_so_are_the_claims(settings: VerdictSettings, ran: Counter[str]) -> None:
    claims = table(settings, "claims")
    assert list(dict.fromkeys(claims["claim"])) == [question.number for question in QUESTIONS]
    assert set(claims["verdict"]) <= {"undecided", "not measured"}, "two seeds decide nothing"
    page = report_of(settings).read_text()
    assert all(statement in page for statement in claims["statement"].unique())
    assert unrecorded(settings) == NOTES
    assert (store_of(settings).artifacts / "latest").resolve() == report_of(settings).parent


def test_the_cache_knows_what_the_verdict_needs(settings: VerdictSettings, ran: Counter[str]) -> None:
    inventory = Inventory(store_of(settings))
    assert list(inventory.studies) == [settings.study]
    assert not inventory.unneeded().files


def test_its_report_can_be_drawn_again(settings: VerdictSettings, ran: Counter[str], undrawn: None) -> None:
    from flows.redraw import redraw

    state: Any = redraw("latest", settings.artifacts_dir, return_state=True)
    assert state.is_completed(), state.message
    note = json.loads(Path(store_of(settings).resolve(study_note(settings.study))).read_text())
    assert note["flow_run_id"] == str(state.state_details.flow_run_id)
