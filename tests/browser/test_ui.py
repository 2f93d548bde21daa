"""The Prefect UI as a person uses it: from the form of a deployment to what comes of a run."""

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from flows.settings.messages import help_texts
from flows.settings.sweep_settings import Settings
from flows.walks.curves import WIDTH
from tests.browser.conftest import snap
from tests.browser.ui import (
    SIZE,
    ask_for,
    field,
    fill,
    leave_until,
    open_artifact,
    open_form,
    reads,
    see_report,
    see_whole_report,
    submit,
    value_of,
)
from tests.flows.commands import SMALL, Command, epochs_done, wait_for
from tests.flows.deployed import Deployed
from tests.flows.sweeps import RUNS, WHOLE, Sweeps

pytestmark = pytest.mark.system


def test_the_form_shows_every_parameter_with_its_text_its_bounds_and_its_default(
    page: Page, deployed: Deployed
) -> None:
    open_form(page, deployed)
    labels = [text.removesuffix(" (Optional)") for text in page.locator("label").all_inner_texts()]
    assert "training · epochs" in labels
    labels = [text.split(" · ")[-1] for text in labels]
    assert [label for label in labels if label in Settings.fields] == list(Settings.fields)
    defaults = Settings(preset="quick").parameters
    for name, text in help_texts(Settings).items():
        expect(field(page, name)).to_contain_text(text)
        if name != "refresh":  # of which none is chosen
            # The editor of a mapping is filled a moment after it is shown, and emptied in between.
            wait_for(lambda name=name: value_of(field(page, name)) == as_shown(defaults[name]))
    page.set_viewport_size({**SIZE, "height": 3900})
    snap(page, "ui-form")


def as_shown(value: Any) -> str | list[str]:
    """A value as the form shows it."""
    if isinstance(value, list):
        return [f"{item:g}" for item in value]
    if isinstance(value, bool):
        return str(value).lower()
    return str(value).removesuffix(".0")


def test_a_tag_leaves_only_the_deployments_that_have_it(page: Page, deployed: Deployed) -> None:
    page.goto(f"{deployed.ui}/v2/deployments")
    expect(page.get_by_role("link", name="thorough", exact=True)).to_be_visible()
    page.get_by_text("Filter by tags").click()
    page.get_by_role("option", name="files").click()
    expect(page.get_by_role("link", name="thorough", exact=True)).to_have_count(0)
    for name in ("recordings", "denoise"):
        expect(page.get_by_role("link", name=name, exact=True).first).to_be_visible()
    snap(page, "ui-tags")


def test_a_value_out_of_bounds_is_refused_in_the_form(page: Page, deployed: Deployed) -> None:
    before = deployed.ask("/flow_runs/count", body={})
    open_form(page, deployed)
    for name, value, reason in (
        ("epochs", 0, "Value must be greater than or equal to 1."),
        ("alphas", [0.1, 1.5], "Value must be less than or equal to 1."),
    ):
        good = value_of(field(page, name))
        fill(page, {name: value})
        page.get_by_role("button", name="Submit").click()
        told = field(page, name).locator("input:invalid").evaluate("box => box.validationMessage")
        assert told == reason
        snap(page, f"ui-out-of-bounds-{name}")
        expect(page.get_by_role("button", name="Submit")).to_be_visible()
        fill(page, {name: good[:2] if isinstance(good, list) else good})
    assert deployed.ask("/flow_runs/count", body={}) == before


def test_values_that_contradict_each_other_fail_the_run_with_our_line(
    page: Page, deployed: Deployed, small: dict[str, Any], tmp_path: Path
) -> None:
    open_form(page, deployed)
    fill(page, {**small, "depths": [6]})
    run = submit(page)
    reads(page, "Failed")
    page.get_by_role("tab", name="Details").click()
    page.get_by_text(
        "depths 6: too deep for signal_length 32; use depths up to 5 or a longer signal"
    ).wait_for()
    snap(page, "ui-contradiction")
    assert deployed.task_runs(run) == []
    assert list(tmp_path.iterdir()) == []


def test_a_run_from_the_form_is_watched_to_its_report_and_nothing_is_trained_twice(
    page: Page, deployed: Deployed, small: dict[str, Any], tmp_path: Path
) -> None:
    open_form(page, deployed)
    fill(page, small)
    run = submit(page)
    leave_until("Completed", page, deployed, run)
    assert deployed.what_ran(run) == WHOLE
    page.get_by_text("quick depths=2,3 alphas=0.1,0.3 seeds=0").first.wait_for()
    page.locator("canvas").first.wait_for()
    snap(page, "ui-run")

    page.get_by_role("tab", name="Artifacts").click()
    shown = {
        "sweep-progress": "4 of 4 cells trained",
        "sweep-cells": "The cells of quick-",
        "sweep-report": "The report of quick-",
    }
    for name, description in shown.items():
        expect(page.get_by_role("link").filter(has_text=name)).to_contain_text(description)
    snap(page, "ui-artifacts")
    open_artifact(page, "sweep-progress")
    page.get_by_text("Progress: 100%").wait_for()
    snap(page, "ui-progress")
    open_artifact(page, "sweep-cells")
    expect(page.locator("tbody tr")).to_have_count(4)
    snap(page, "ui-cells")
    see_report(page, Path(small["artifacts_dir"]))
    page.set_viewport_size({**SIZE, "height": 4500})
    snap(page, "ui-report")
    page.set_viewport_size(SIZE)
    see_whole_report(page)
    snap(page, "ui-whole-report")

    status, out, err = Command(tmp_path, deployed.url).run([*SMALL, "--channels", "4"])
    assert (status, err) == (0, ""), out + err
    assert "from the cache: 4 cells" in out


def test_cancel_ends_a_run_and_its_trainings(page: Page, deployed: Deployed, small: dict[str, Any]) -> None:
    open_form(page, deployed)
    fill(page, {**small, "epochs": 100_000})
    submit(page)
    wait_for(lambda: epochs_done(Path(small["artifacts_dir"])) > 0)
    run = page.url
    wait_for(
        lambda: deployed.ask("/artifacts/filter", body={"artifacts": {"key": {"any_": ["sweep-curves"]}}})
    )
    open_artifact(page, "sweep-curves")
    chart = page.get_by_role("img", name="Validation error over the epochs")
    assert chart.evaluate("image => image.decode().then(() => image.naturalWidth)") == WIDTH
    snap(page, "ui-curves")
    page.goto(run)
    ask_for(page, "Cancel", "Cancel Flow Run")
    reads(page, "Cancelled")
    snap(page, "ui-cancelled")
    assert deployed.runs() == []
    assert list((Path(small["artifacts_dir"]) / "runs").iterdir()) == []


def test_retry_runs_only_what_failed(
    page: Page, deployed: Deployed, small: dict[str, Any], tmp_path: Path
) -> None:
    """A file takes the place of a cell's folder after the folders were looked at, and before it trains."""
    cell = Path(small["artifacts_dir"]) / "cells" / "depth=3,alpha=0.1,seed=0"
    open_form(page, deployed)
    fill(page, small)
    run = submit(page)
    wait_for(Path(small["data_dir"]).exists)
    cell.parent.mkdir(parents=True, exist_ok=True)
    cell.touch(exist_ok=False)
    leave_until("Failed", page, deployed, run)
    snap(page, "ui-failed")
    assert str(deployed.end_of(run)[1]).startswith("1 of 4 cells failed: depth=3 alpha=0.1 seed=0: ")
    cell.unlink()
    before = {task["id"] for task in deployed.recorded(run, RUNS - 1)}  # the failed cell is not evaluated
    ask_for(page, "Retry", "Retry")
    leave_until("Completed", page, deployed, run)
    snap(page, "ui-retried")
    again = [task for task in deployed.recorded(run, len(before) + RUNS) if task["id"] not in before]
    ran = sorted(task["name"] for task in again if task["state_name"] != "Cached")
    study = Sweeps(tmp_path).read().study
    label = "depth=3 alpha=0.1 seed=0"
    assert ran == [f"evaluate {label}", f"publish {study}", f"report {study}", f"train {label}"]
