"""The page of studies side by side in a browser."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser

from denoising.report.compared import comparison_report
from denoising.report.page import render_page
from denoising.study.differences import ComparedStudies
from flows.compare import pictures_of
from tests.browser.conftest import snap
from tests.browser.opened import barriers, opened
from tests.denoising.study.finished import finished

pytestmark = pytest.mark.system

CELLS = [(d, a, s) for d in (2, 4, 6) for a in (0.1, 0.2, 0.3) for s in (0, 1, 2)]


@pytest.fixture(scope="module")
def page_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    errors = {(d, a, s): 0.02 * d * a * (1 + 0.1 * s) for d, a, s in CELLS}
    second = {(d, a, s): mse * (0.4 + 0.2 * d - 0.05 * s) for (d, a, s), mse in errors.items()}
    compared = ComparedStudies((finished(errors), finished(second, epochs=60), finished(errors, data_seed=1)))
    pictures = pictures_of(compared, previews=False)
    path = tmp_path_factory.mktemp("comparison") / "comparison.html"
    path.write_text(render_page(comparison_report(compared, pictures), {}))
    return path


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
def test_the_page_fits_every_screen_and_can_be_used_by_all(
    browser: Browser, page_file: Path, width: int, scheme: str
) -> None:
    screen = {"width": width, "height": 900}
    with opened(browser, page_file, viewport=screen, color_scheme=scheme) as page:
        assert barriers(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") == width
        assert page.locator("figure svg:visible").count() == 2
        snap(page, f"comparison-{width}-{scheme}")
