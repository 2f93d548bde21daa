"""The Prefect UI as a person uses it: from the form of a deployment to what comes of a run."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from flows.settings import Settings
from flows.study_settings import help_texts
from tests.browser.conftest import snap
from tests.flows.commands import PATIENCE, SMALL, Command, epochs_done, wait_for
from tests.flows.deployed import Deployed
from tests.flows.sweeps import WHOLE, Sweeps

pytestmark = pytest.mark.system

SIZE = {"width": 1400, "height": 1000}


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    made = browser.new_page(viewport=SIZE)
    made.set_default_timeout(1000 * PATIENCE)
    yield made
    made.context.close()


@pytest.fixture
def small(tmp_path: Path) -> dict[str, Any]:
    """What to change in the form for a sweep that takes seconds, the preset apart."""
    settings = Sweeps(tmp_path).settings
    return {name: value for name, value in settings.items() if name != "preset"}


def open_form(page: Page, deployed: Deployed) -> None:
    """Find the deployment and ask for a run of one's own."""
    page.goto(deployed.ui)
    page.get_by_role("link", name="Deployments", exact=True).click()
    page.get_by_role("link", name="quick", exact=True).click()
    page.get_by_role("button", name="Run", exact=True).click()
    page.get_by_text("Custom run").click()
    field(page, "epochs").wait_for()


def field(page: Page, name: str) -> Locator:
    """What belongs to one parameter in the form."""
    return page.locator(f"xpath=//label[.='{name} (Optional)']/ancestor::div[fieldset][1]")


def value_of(field: Locator) -> str | list[str]:
    """What stands in the form, as text; a list of it where there may be several."""
    if field.get_by_role("button", name="Add item").count():
        return [box.input_value() for box in field.locator("input").all()]
    if field.get_by_role("switch").count():
        return str(field.get_by_role("switch").get_attribute("aria-checked"))
    boxes = field.locator("input, textarea")
    return boxes.input_value() if boxes.count() else field.locator("fieldset").inner_text()


def fill(page: Page, values: dict[str, Any]) -> None:
    """Write into the form, and take items away where there are too many."""
    for name, value in values.items():
        wanted = value if isinstance(value, list) else [value]
        boxes = field(page, name).locator("input, textarea")
        for left in range(boxes.count() - 1, len(wanted) - 1, -1):
            field(page, name).get_by_role("button", name="Open menu").last.click()
            page.get_by_role("menuitem", name="Delete").click()
            expect(boxes).to_have_count(left)
        for box, text in zip(boxes.all(), wanted, strict=True):
            box.fill(str(text))


def submit(page: Page) -> str:
    """Start what the form says and look at the run; its id."""
    page.get_by_role("button", name="Submit").click()
    page.get_by_role("button", name="View run").click()
    page.wait_for_url("**/runs/flow-run/*")
    page.get_by_role("tab", name="Logs").click()
    return urlsplit(page.url).path.rpartition("/")[2]


def reads(page: Page, state: str) -> None:
    """Wait until the page of a run says that this is its state."""
    page.get_by_text(state, exact=True).first.wait_for()


def ask_for(page: Page, what: str, confirmed: str) -> None:
    """Choose something from the menu of a run, and confirm it."""
    page.get_by_role("button", name="Open menu").first.click()
    page.get_by_role("menuitem", name=what).click()
    page.get_by_role("alertdialog").get_by_role("button", name=confirmed, exact=True).click()


def test_the_form_shows_every_parameter_with_its_text_its_bounds_and_its_default(
    page: Page, deployed: Deployed
) -> None:
    open_form(page, deployed)
    labels = [text.removesuffix(" (Optional)") for text in page.locator("label").all_inner_texts()]
    assert [label for label in labels if label in Settings.fields] == list(Settings.fields)
    defaults = Settings(preset="quick").parameters
    for name, text in help_texts(Settings).items():
        expect(field(page, name)).to_contain_text(text)
        if name != "refresh":  # of which none is chosen
            assert value_of(field(page, name)) == as_shown(defaults[name])
    page.set_viewport_size({**SIZE, "height": 3900})
    snap(page, "ui-form")


def as_shown(value: Any) -> str | list[str]:
    """A value as the form shows it."""
    if isinstance(value, list):
        return [f"{item:g}" for item in value]
    if isinstance(value, bool):
        return str(value).lower()
    return str(value).removesuffix(".0")


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
    reads(page, "Completed")
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
    open_artifact(page, "sweep-report")
    report = page.get_by_test_id("markdown-display")
    expect(report).to_contain_text(str(Path(small["artifacts_dir"]) / "quick-"))
    pictures = report.locator("img")
    expect(pictures).to_have_count(5)
    for picture in pictures.all():
        assert picture.evaluate("image => image.decode().then(() => image.naturalWidth)") > 0
    assert "base64" not in page.locator("body").inner_text()
    page.set_viewport_size({**SIZE, "height": 4500})
    snap(page, "ui-report")
    page.set_viewport_size(SIZE)

    open_form(page, deployed)
    fill(page, small)
    again = submit(page)
    reads(page, "Completed")
    assert deployed.what_ran(again) == {"publish": 1}
    status, out, err = Command(tmp_path, deployed.url).run([*SMALL, "--channels", "4"])
    assert (status, err) == (0, ""), out + err
    assert "from the cache: 4 cells" in out


def open_artifact(page: Page, key: str) -> None:
    """Look at the newest artifact of a key."""
    origin = urlsplit(page.url)
    page.goto(f"{origin.scheme}://{origin.netloc}/v2/artifacts/key/{key}")
    page.locator("a[href*='/artifacts/artifact/']").first.click()
    page.wait_for_url("**/artifacts/artifact/*")


def test_cancel_ends_a_run_and_its_trainings(page: Page, deployed: Deployed, small: dict[str, Any]) -> None:
    open_form(page, deployed)
    fill(page, {**small, "epochs": 100_000})
    submit(page)
    wait_for(lambda: epochs_done(Path(small["artifacts_dir"])) > 0)
    ask_for(page, "Cancel", "Cancel Flow Run")
    reads(page, "Cancelled")
    snap(page, "ui-cancelled")
    assert deployed.runs() == []
    assert list((Path(small["artifacts_dir"]) / "runs").iterdir()) == []


def test_retry_runs_only_what_failed(
    page: Page, deployed: Deployed, small: dict[str, Any], tmp_path: Path
) -> None:
    """A file stands where the folder of a cell is to be."""
    cell = Path(small["artifacts_dir"]) / "cells" / "depth=3,alpha=0.1,seed=0"
    cell.parent.mkdir(parents=True)
    cell.touch()
    open_form(page, deployed)
    fill(page, small)
    run = submit(page)
    reads(page, "Failed")
    snap(page, "ui-failed")
    assert str(deployed.end_of(run)[1]).startswith("1 of 4 cells failed: depth=3 alpha=0.1 seed=0: ")
    cell.unlink()
    before = {task["id"] for task in deployed.task_runs(run)}
    ask_for(page, "Retry", "Retry")
    reads(page, "Completed")
    snap(page, "ui-retried")
    again = [task for task in deployed.task_runs(run) if task["id"] not in before]
    ran = sorted(task["name"] for task in again if task["state_name"] != "Cached")
    study = Sweeps(tmp_path).read().study
    label = "depth=3 alpha=0.1 seed=0"
    assert ran == [f"evaluate {label}", f"publish {study}", f"report {study}", f"train {label}"]
