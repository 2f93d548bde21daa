"""The table of all studies says what each was and found, whatever lies in their folders."""

import json
import shutil

import pandas as pd

from denoising.figures.wording import number
from flows.settings.study_settings import store_of
from flows.settings.verdict_settings import VerdictSettings
from flows.walks.overview import rows_of
from tests.flows.sweeps import Sweeps


def test_a_row_a_study_tells_its_settings_and_its_lowest_errors(done: Sweeps) -> None:
    store, study = store_of(done.read()), done.read().study
    [row] = rows_of(store)
    results = pd.read_parquet(done.folder / "artifacts" / study / "results.parquet")
    lowest = results.loc[results.groupby("alpha")["test_mse"].idxmin()].sort_values("alpha")
    told = [
        f"alpha={alpha:g}: {number(mse)} (depth {depth})"
        for alpha, mse, depth in lowest[["alpha", "test_mse", "depth"]].itertuples(index=False)
    ]
    assert row["study"] == study
    assert row["lowest test MSE"] == "; ".join(told)
    assert row["differs from its preset in"].startswith("alphas=0.1,0.3 depths=2,3 ")
    assert row["report"] == f"{done.folder}/artifacts/{study}/report.html"
    note = json.loads((done.folder / "artifacts" / study / "study.json").read_text())
    assert row["run"] == note["started"][:16].replace("T", " ")


def test_what_is_damaged_or_no_sweep_has_a_row_without_errors(done: Sweeps) -> None:
    artifacts = done.folder / "artifacts"
    for name in ("post-01234567", "post-12345678", "post-23456789", "verdict-quick-01234567"):
        shutil.copytree(artifacts / done.read().study, artifacts / name)
    (artifacts / "post-01234567" / "study.json").write_text("{")
    note = json.loads((artifacts / "post-12345678" / "study.json").read_text())
    (artifacts / "post-12345678" / "study.json").write_text(json.dumps({**note, "report": None}))
    (artifacts / "post-12345678" / "results.parquet").write_bytes(b"no table")
    results = artifacts / "post-23456789" / "results.parquet"
    pd.read_parquet(results).astype({"test_mse": "str"}).to_parquet(results)
    verdict = {"settings": VerdictSettings(preset="quick").parameters, "started": "2026-11-30T03:22:11"}
    (artifacts / "verdict-quick-01234567" / "study.json").write_text(json.dumps(verdict))
    rows = {row["study"]: row for row in rows_of(store_of(done.read()))}
    assert len(rows) == 5
    assert rows["post-12345678"]["lowest test MSE"] == "–"
    assert rows["post-23456789"]["lowest test MSE"] == "–"
    assert rows["verdict-quick-01234567"]["lowest test MSE"] == "–"
    assert rows["verdict-quick-01234567"]["differs from its preset in"] == "nothing"
    assert rows["post-01234567"]["run"] == "–"
