"""The report of recordings as a person uses it."""

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from flows.settings.study_settings import report_of
from tests.browser.conftest import snap
from tests.browser.opened import barriers, opened
from tests.flows.recorded import electrocardiogram, noisy, small, write_csv
from tests.flows.sweeps import read

pytestmark = pytest.mark.system


@pytest.fixture(scope="module", params=["clean", "noisy"])
def page_of(request: pytest.FixtureRequest, server: None, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder, samples = tmp_path_factory.mktemp("recordings"), electrocardiogram()[:14_400]
    known = request.param == "clean"
    file = write_csv(folder / "ecg.csv", samples if known else noisy(samples, 0.2, 0))
    settings = read(small(folder, *(["--signals", file, "--snr", "0", "10"] if known else ["--noisy", file])))
    from flows.study import recordings

    state: Any = recordings(**settings.parameters, return_state=True)
    assert state.is_completed(), state.message
    return Path(str(report_of(settings)))


@pytest.mark.parametrize(("width", "scheme"), [(400, "dark"), (1280, "light")])
def test_the_report_of_recordings_opens_for_everybody_with_the_decision_first(
    browser: Browser, page_of: Path, width: int, scheme: str
) -> None:
    with opened(browser, page_of, viewport={"width": width, "height": 900}, color_scheme=scheme) as page:
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert barriers(page) == []
        snap(page, f"recordings-{scheme}-{width}")
        headline = page.locator(".headline")
        is_known = "snr" in page.content()
        expect(headline).to_contain_text(" dB" if is_known else "hidden-sample loss")
        expect(headline).to_be_in_viewport()
        expect(page.locator("figure svg:visible").first).to_be_attached()
        expect(page.get_by_role("heading", name="Play with it")).to_be_visible(visible=is_known)
        expect(page.get_by_text("nobody knows that one")).to_be_visible(visible=not is_known)
