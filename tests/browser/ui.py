"""What a person does in the Prefect UI, step by step."""

from pathlib import Path
from typing import Any
from urllib.parse import urljoin

from playwright.sync_api import Locator, Page, Response, expect
from playwright.sync_api import TimeoutError as NotInTime

from tests.flows.commands import wait_for
from tests.flows.deployed import Deployed

SIZE = {"width": 1400, "height": 1000}
PRESSES = 10


def open_form(page: Page, deployed: Deployed) -> None:
    """Find the deployment and ask for a run of one's own."""
    page.goto(deployed.ui)
    page.get_by_role("link", name="Deployments", exact=True).click()
    page.get_by_role("link", name="quick", exact=True).click()
    page.get_by_role("button", name="Run", exact=True).click()
    page.get_by_text("Custom run").click()
    field(page, "epochs").wait_for()


def field(page: Page, name: str) -> Locator:
    """What belongs to one parameter in the form, whose label may begin with its group."""
    label = f"[.='{name} (Optional)' or contains(., ' · {name} (Optional)')]"
    return page.locator(f"xpath=//label{label}/ancestor::div[fieldset][1]")


def value_of(field: Locator) -> str | list[str]:
    """What stands in the form, as text; a list of it where there may be several."""
    if field.get_by_role("button", name="Add item").count():
        return [box.input_value() for box in field.locator("input").all()]
    if field.get_by_role("switch").count():
        return str(field.get_by_role("switch").get_attribute("aria-checked"))
    if (editor := field.locator(".cm-content")).count():  # of JSON, whose lines are numbered beside it
        return editor.inner_text()
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
    expect(page.locator(".cm-content").first).to_have_text("{}")  # the editor of a mapping, filled late
    answer = press_submit(page)
    while answer.status == 503:  # the server is too busy, and the form stays as it is
        answer = press_submit(page)
    assert answer.ok, answer.text()
    run: str = answer.json()["id"]
    # The link to it that the UI shows is gone within seconds.
    page.goto(urljoin(page.url, f"/v2/runs/flow-run/{run}"))
    page.get_by_role("tab", name="Logs").click()
    return run


def press_submit(page: Page) -> Response:
    """Press the button; what the API answers.

    On a busy machine, the form now and then asks nothing of the API. A person then presses again.
    """
    for _ in range(PRESSES):
        try:
            with page.expect_request("**/create_flow_run", timeout=20_000) as asked:
                page.get_by_role("button", name="Submit").click()
        except NotInTime:
            continue
        answer = asked.value.response()
        assert answer is not None
        return answer
    raise AssertionError("the form asked for no run")


def reads(page: Page, state: str) -> None:
    """Wait until the page of a run says that this is its state."""
    page.get_by_text(state, exact=True).first.wait_for()


def leave_until(state: str, page: Page, deployed: Deployed, run: str) -> None:
    """Look away until a run is in this state: while it goes on, its page moves and keeps a core busy."""
    there = page.url
    page.goto("about:blank")
    wait_for(lambda: deployed.run(run)["state_name"] == state)
    page.goto(there)
    reads(page, state)


def ask_for(page: Page, what: str, confirmed: str) -> None:
    """Choose something from the menu of a run, and confirm it."""
    page.get_by_role("button", name="Open menu").first.click()
    page.get_by_role("menuitem", name=what).click()
    page.get_by_role("alertdialog").get_by_role("button", name=confirmed, exact=True).click()


def open_artifact(page: Page, key: str) -> None:
    """Look at the newest artifact of a key."""
    page.goto(urljoin(page.url, f"/v2/artifacts/key/{key}"))
    page.locator("a[href*='/artifacts/artifact/']").first.click()
    page.wait_for_url("**/artifacts/artifact/*")


def see_report(page: Page, artifacts: Path) -> None:
    """Look at the newest report, of a study in this folder, and see that all of its pictures show."""
    open_artifact(page, "sweep-report")
    report = page.get_by_test_id("markdown-display")
    expect(report).to_contain_text(str(artifacts / "quick-"))
    pictures = report.locator("img")
    expect(pictures).to_have_count(4)
    for picture in pictures.all():
        assert picture.evaluate("image => image.decode().then(() => image.naturalWidth)") > 0
    assert "base64" not in page.locator("body").inner_text()


def see_whole_report(page: Page) -> None:
    """Go from the newest report to its interactive page, and use that as a reader does."""
    open_artifact(page, "sweep-report")
    page.get_by_role("link", name="interactive in the V1 UI").click()
    expect(page.locator("iframe")).to_be_visible()
    report = page.frame_locator("iframe")
    report.get_by_role("slider", name="Noise level alpha").fill("0")
    expect(report.locator("#play-told")).to_have_text("There is no noise, so there is nothing to remove.")
    report.get_by_role("link", name="What was run").click()
    expect(report.get_by_role("heading", name="What was run")).to_be_in_viewport()
    with page.expect_download() as download:
        report.get_by_role("link", name="Download the numbers").first.click()
    assert download.value.suggested_filename.startswith("comparison.csv")
