"""Sweeps that cross other settings with the grid: planned, run and resumed like any grid."""

import json
import shutil

import pandas as pd
import pytest

from flows.settings.study_settings import store_of
from flows.walks.plan import make_plan
from tests.flows.sweeps import LEVEL, Sweeps, ran
from tests.flows.test_sweep import flow_run_of
from tests.flows.walks.test_plan import command_line

VARIANTS = {"base", "channels=4", "skips=true", "channels=4,skips=true"}


@pytest.mark.slow
def test_variants_are_planned_run_and_resumed_and_a_cell_is_kept_once(sweeps: Sweeps, undrawn: None) -> None:
    del sweeps.settings["channels"]  # of which the base has 16
    changes = {"alphas": [0.1], "vary": {"channels": [4, 16], "skips": [True, False]}}
    settings = sweeps.read(**changes)
    before = make_plan(settings)
    assert before.counts == {"missing": 2, "pending": len(before.steps) - 2}
    assert len({(step.stage, step.of) for step in before.steps}) == len(before.steps)
    assert sweeps.ran(**changes) == LEVEL | {"train": 8, "evaluate": 8, "report": 1, "publish": 1}
    plan = make_plan(settings)
    assert plan.nothing_to_do

    folder = store_of(settings).artifacts / settings.study
    flow_run = flow_run_of(json.loads((folder / "study.json").read_text()))
    assert flow_run.name == "quick depths=2,3 alphas=0.1 seeds=0 channels=4,16 skips=true,false"
    results = pd.read_parquet(folder / "results.parquet")
    assert (results["status"] == "done").all()
    assert results.groupby("variant").size().to_dict() == dict.fromkeys(VARIANTS, 2)
    assert results.groupby(["depth", "variant"])["n_parameters"].nunique().max() == 1
    sizes = results[results["depth"] == 3].set_index("variant")["n_parameters"]
    assert sizes["channels=4"] < sizes["base"]

    of = "depth=3 alpha=0.1 seed=0 channels=4 skips=true"
    for step in plan.steps:
        if step.of == of and step.key:
            shutil.rmtree(store_of(settings).resolve(step.key.folder))
    damaged = [(step.stage, step.of) for step in make_plan(settings).steps if step.status == "damaged"]
    assert damaged == [("train", of)]
    assert ran(
        [*command_line(sweeps, alphas=[0.1]), "--vary", "channels=4,16", "skips=true,false"]
    ) == {"train": 1, "evaluate": 1, "publish": 1}  # fmt: skip
    assert make_plan(settings).nothing_to_do

    alone = {"alphas": [0.1], "channels": 4}
    assert sweeps.ran(**alone) == {"report": 1, "publish": 1}
    mine = {str(step.key) for step in make_plan(sweeps.read(**alone)).steps if step.stage != "report"}
    assert mine < {str(step.key) for step in plan.steps}
