"""The report as a reader opens it: from a file, offline, on a wide and on a narrow screen."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from denoising.figures.catalogue import FIGURES
from tests.flows.sweeps import Sweeps

pytestmark = pytest.mark.system

FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=FLAGS)
        yield launched
        launched.close()


@pytest.fixture(scope="module")
def report(server: None, tmp_path_factory: pytest.TempPathFactory) -> Path:
    sweeps = Sweeps(tmp_path_factory.mktemp("sweep"))
    assert sweeps.run().is_completed()
    return sweeps.read().artifacts_dir / "latest" / "report.html"


@pytest.mark.parametrize("width", [400, 1280])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_report_opens_offline_whole_and_without_complaint(
    browser: Browser, report: Path, width: int, scheme: str
) -> None:
    page = browser.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme)
    complaints: list[str] = []
    requests: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("request", lambda request: requests.append(request.url))
    page.goto(report.as_uri())

    assert complaints == []
    assert [url for url in requests if not url.startswith("data:")] == [report.as_uri()]
    pictures = page.eval_on_selector_all("img", "all => all.map(i => [i.alt.length, i.naturalWidth])")
    assert len(pictures) == len(FIGURES.keys() - {"original"})
    assert all(alt > 0 and pixels > 0 for alt, pixels in pictures)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.close()
