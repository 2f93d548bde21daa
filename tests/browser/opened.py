"""Pages opened from a file, with all that the browser complains of or asks for."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

ACCESSIBLE = {"runOnly": ["wcag2a", "wcag2aa"]}


@contextmanager
def opened(browser: Browser, path: Path, anchor: str = "", **context: Any) -> Iterator[Page]:
    """A page, which at its end must have asked for nothing and met no error and no breach of its policy."""
    page = browser.new_page(**{"viewport": {"width": 1280, "height": 900}, **context})
    complaints: list[str] = []
    requests: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("request", lambda request: requests.append(request.url))
    page.goto(path.as_uri() + anchor)
    try:
        yield page
        assert complaints == []
        assert {url.partition("#")[0] for url in requests if not url.startswith("data:")} == {path.as_uri()}
    finally:
        page.context.close()


def barriers(page: Page) -> list[str]:
    """What keeps people from using the page, by the rules of WCAG 2 A and AA."""
    found = Axe().run(page, options=ACCESSIBLE).response["violations"]
    return [f"{rule['id']}: {node['html'][:200]}" for rule in found for node in rule["nodes"]]
