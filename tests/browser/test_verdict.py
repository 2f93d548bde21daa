"""The verdict's page as a person uses it."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.conftest import snap
from tests.browser.opened import barriers, opened
from tests.denoising.verdict.evidences import make_evidence
from tests.denoising.verdict.probed import probed
from tests.denoising.verdict.test_page import make_page

pytestmark = pytest.mark.system


@pytest.fixture(scope="module")
def verdict(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("verdict") / "report.html"
    path.write_text(make_page(probed(make_evidence())), encoding="utf-8")
    return path


@pytest.mark.parametrize(("width", "scheme"), [(400, "dark"), (1280, "light")])
def test_the_verdict_opens_for_everybody_and_its_tables_can_be_sorted(
    browser: Browser, verdict: Path, width: int, scheme: str
) -> None:
    with opened(browser, verdict, viewport={"width": width, "height": 900}, color_scheme=scheme) as page:
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert barriers(page) == []
        snap(page, f"verdict-{scheme}-{width}")
        heading = page.locator("table").first.locator("thead th").first
        heading.get_by_role("button").click()
        expect(heading).to_have_attribute("aria-sort", "ascending")
