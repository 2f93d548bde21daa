"""A browser for tests, and pictures of what it shows, for people to look at."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.browser.ui import SIZE
from tests.flows.commands import PATIENCE
from tests.flows.sweeps import Sweeps

FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip
expect.set_options(timeout=1000 * PATIENCE)  # a busy machine is no fault
SCREENSHOTS = Path(__file__).parent / "screenshots"


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=FLAGS)
        yield launched
        launched.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    made = browser.new_page(viewport=SIZE)
    made.set_default_timeout(1000 * PATIENCE)
    yield made
    made.context.close()


@pytest.fixture
def small(tmp_path: Path) -> dict[str, Any]:
    """What to write into the form for a sweep that takes seconds: no choices, as of the preset."""
    settings = Sweeps(tmp_path).settings
    return {name: value for name, value in settings.items() if name not in ("preset", "runner")}


def snap(page: Page, name: str) -> None:
    """Keep a picture of the whole page."""
    page.screenshot(path=SCREENSHOTS / f"{name}.png", full_page=True)
