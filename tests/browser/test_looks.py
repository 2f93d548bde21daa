"""The page of denoised recordings as a person uses it."""

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Browser, Page, expect
from scipy.signal import savgol_filter

from denoising.recordings.opening import open_recording
from denoising.report.looks import Look, taken
from denoising.report.looks_page import looks_page
from tests.browser.conftest import snap
from tests.browser.opened import barriers, opened

pytestmark = pytest.mark.system

EXAMPLE = Path(__file__).parents[2] / "examples" / "ecg.csv"
TIMED = ["signal-chart", "removed-chart"]
LONG = f"{'a-long-name-of-a-recording-' * 3}.edf"


@pytest.fixture(scope="module")
def looks(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An electrocardiogram, the same with a gap and without a rate, and the start of it."""
    (known,) = open_recording(EXAMPLE).channels
    channel = replace(known, rate=360.0)
    clean = channel.read(0, channel.n_samples)
    noisy = clean + 0.1 * np.random.default_rng(0).standard_normal(len(clean))
    smooth = savgol_filter(noisy, 21, 2)
    gap = np.where(np.arange(len(noisy)) // 10_000 == 3, np.nan, 0.0)

    def look(file: str, n: int, rate: float | None, extra: float | np.ndarray, *warnings: str) -> Look:
        before, after = (
            replace(channel, n_samples=n, rate=rate, read=lambda a, b, x=x + extra: x[:n][a:b])
            for x in (noisy, smooth)
        )
        return Look(file, before, after, "Savitzky–Golay, 21 samples", "11.2 dB", warnings)

    n = len(noisy)
    every = [
        look("ecg.csv", n, 360.0, 0.0), look(LONG, n, None, gap, "The noise does not look white."),
        look("short.csv", 1000, 360.0, 0.0), look("one.csv", 1, 360.0, 0.0),
        look("gap.csv", n, 360.0, np.nan),
    ]  # fmt: skip
    path = tmp_path_factory.mktemp("looks") / "looks.html"
    path.write_text(looks_page("Five channels", "What was removed.", [taken(one) for one in every]), "utf-8")
    return path


@pytest.fixture
def page(browser: Browser, looks: Path) -> Iterator[Page]:
    with opened(browser, looks) as page:
        yield page


def drawn(page: Page, chart: str) -> str:
    return str(page.locator(f"#{chart} canvas").evaluate("canvas => canvas.toDataURL()"))


def area(page: Page, chart: str) -> tuple[float, float, float]:
    """Where the lines of a chart are drawn, on the screen: its left, its top and its width."""
    over = page.locator(f"#{chart} .u-over")
    over.scroll_into_view_if_needed()
    box = over.bounding_box()
    assert box is not None
    return box["x"], box["y"], box["width"]


def told_at(page: Page, chart: str, place: float) -> list[str]:
    """What is told below both charts over time, with the pointer at this share of one's width."""
    left, top, width = area(page, chart)
    page.mouse.move(left + 1 + place * (width - 2), top + 40)
    return [page.locator(f"#{name}-readout").inner_text().partition(" · ")[0] for name in TIMED]


@pytest.mark.parametrize("width", [360, 768, 1280])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_opens_offline_for_everybody(browser: Browser, looks: Path, width: int, scheme: str) -> None:
    with opened(browser, looks, viewport={"width": width, "height": 900}, color_scheme=scheme) as page:
        for place in range(5):
            page.locator("#choose-channel").select_option(str(place))
            assert page.evaluate("document.documentElement.scrollWidth") <= width
            snap(page, f"looks-{place}-{scheme}-{width}")
        assert barriers(page) == []
        paper = page.locator("body").evaluate("body => getComputedStyle(body).backgroundColor")
        assert (paper == "rgb(20, 23, 27)") == (scheme == "dark")
        assert page.evaluate("performance.getEntriesByType('navigation')[0].loadEventEnd") < 5000


@pytest.mark.parametrize("chart", TIMED)
def test_dragging_enlarges_both_charts_over_time_and_a_double_click_takes_it_back(
    page: Page, chart: str
) -> None:
    whole = {name: drawn(page, name) for name in TIMED}
    left, top, width = area(page, chart)
    page.mouse.move(left + 0.25 * width, top + 50)
    page.mouse.down()
    page.mouse.move(left + 0.75 * width, top + 60, steps=5)
    page.mouse.up()
    for place, expected in ((0, 75), (1, 225)):
        told = told_at(page, chart, place)
        assert told[0] == told[1]
        minutes, _, seconds = told[0].removeprefix("at ").partition(":")
        assert 60 * int(minutes) + float(seconds) == pytest.approx(expected, abs=1.5)
    page.locator(f"#{chart} .u-over").dblclick(position={"x": 5, "y": 40})
    for name in TIMED:
        assert drawn(page, name) == whole[name]


def test_buttons_zoom_and_move_along_the_time(page: Page) -> None:
    whole = drawn(page, "signal-chart")
    for button, start in (
        ("Zoom in", "at 1:1"), ("Later", "at 2:3"), ("Earlier", "at 1:1"), ("Zoom out", "at 0:00")
    ):  # fmt: skip
        page.get_by_role("button", name=button).click()
        told = told_at(page, "removed-chart", 0)
        assert told[0] == told[1]
        assert told[0].startswith(start), (button, told)
    page.get_by_role("button", name="Zoom in").press("Enter")
    page.get_by_role("button", name="Show all").press("Enter")
    assert drawn(page, "signal-chart") == whole


def test_buttons_lead_to_the_excerpts_and_back(page: Page) -> None:
    whole, spectrum = drawn(page, "signal-chart"), drawn(page, "spectrum-chart")
    buttons = page.locator("#views button")
    expect(buttons).to_have_text(
        ["Whole recording", *(f"Excerpt with {which} removed" for which in ("most", "median", "least"))]
    )
    seen = {whole}
    for place in (1, 2, 3):
        buttons.nth(place).click()
        expect(buttons.nth(place)).to_have_attribute("aria-pressed", "true")
        expect(page.locator("#views [aria-pressed=true]")).to_have_count(1)
        seen.add(drawn(page, "signal-chart"))
        assert drawn(page, "spectrum-chart") == spectrum
    assert len(seen) == 4
    buttons.nth(0).click()
    assert drawn(page, "signal-chart") == whole


def test_a_row_leads_to_its_plots_and_they_lead_back(page: Page) -> None:
    page.get_by_role("link", name=f"Plots of {LONG}, MLII").click()
    expect(page.locator("#plots")).to_be_in_viewport()
    expect(page.locator("#plots")).to_be_focused()
    expect(page.locator(".told").first).to_contain_text("rate not known")
    expect(page.locator(".told").first).to_contain_text("10,000 samples missing")
    expect(page.locator("#look-2 a")).to_have_attribute("aria-current", "true")
    page.get_by_role("link", name="Its row in the table").click()
    expect(page.locator("#look-2")).to_be_in_viewport()
    page.get_by_role("button", name="Next").click()
    expect(page.locator("#name")).to_have_text("short.csv, MLII:")
    expect(page.locator("#views")).to_be_hidden()
    first, second = told_at(page, "signal-chart", 0)
    assert first == second
    assert re.fullmatch(r"at 0(\.0\d*)? s", first)
    page.get_by_role("columnheader", name="file").get_by_role("button").click()
    page.get_by_role("link", name="Plots of one.csv, MLII").click()
    expect(page.locator("#spectrum-chart-readout")).to_contain_text("There is no spectrum")
    page.get_by_role("link", name="Plots of gap.csv, MLII").click()
    expect(page.locator("#signal-chart-readout")).to_contain_text("all samples are missing")
    expect(page.get_by_role("button", name="Next")).to_be_disabled()


def test_the_address_of_a_row_chooses_its_channel(browser: Browser, looks: Path) -> None:
    with opened(browser, looks, "#look-3") as page:
        expect(page.locator("#name")).to_have_text("short.csv, MLII:")


def test_without_scripts_the_table_and_a_sentence_remain(browser: Browser, looks: Path) -> None:
    with opened(browser, looks, java_script_enabled=False) as page:
        expect(page.locator("tbody tr:visible")).to_have_count(5)
        expect(page.get_by_text("The plots are drawn by scripts, which are off here.")).to_be_visible()
        for control in ("select", "button", ".plots"):
            assert page.locator(f"{control}:visible").count() == 0


def test_the_page_can_be_printed(page: Page) -> None:
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 700, "height": 900})
    for control in ("select", "button:not(.sort)", ".skip", ".hint"):
        assert page.locator(f"{control}:visible").count() == 0
    assert page.evaluate("document.documentElement.scrollWidth") <= 700
    snap(page, "looks-print")
    assert page.pdf(format="A4").startswith(b"%PDF")
