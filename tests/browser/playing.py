"""What a person does with the playground of a page, and what it shows."""

import numpy as np
from numpy.typing import NDArray
from playwright.sync_api import Locator, Page


def row(page: Page, name: str) -> Locator:
    return page.locator(f".denoisers tr[data-name='{name}']")


def settle(page: Page) -> None:
    """Wait until what was asked for is drawn."""
    page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")


def error(page: Page, name: str) -> str:
    return row(page, name).locator(".mse").inner_text()


def line(page: Page, name: str) -> NDArray[np.float64]:
    """The samples of a line of the picture."""
    path = page.locator(f"#play-lines path[data-name='{name}']").get_attribute("d") or ""
    points = [point.split(" ") for point in path.removeprefix("M").split("L")]
    return -np.array([float(y) for _, y in points])


def slide(page: Page, name: str, value: float) -> None:
    page.locator(f"#play-{name}").fill(f"{value}")
    settle(page)


def bring(page: Page, name: str, text: str) -> None:
    """Drop a file of this name and content on the playground."""
    page.evaluate(
        """([name, text]) => {
             const data = new DataTransfer();
             data.items.add(new File([text], name, { type: 'text/plain' }));
             const drop = new DragEvent('drop', { dataTransfer: data, bubbles: true, cancelable: true });
             document.querySelector('.play').dispatchEvent(drop);
           }""",
        [name, text],
    )
