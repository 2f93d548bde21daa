"""The report as a person uses it."""

import gzip
import re
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest
from playwright.sync_api import Browser, Page, expect

from denoising.figures.catalogue import FIGURES
from denoising.figures.wording import number
from flows.settings.study_settings import store_of
from tests.browser.conftest import snap
from tests.browser.opened import barriers, opened
from tests.flows.sweeps import Sweeps

pytestmark = pytest.mark.system

SHOWN = [name for name in FIGURES if name != "original"]
CELLS = "section[aria-labelledby=cells] table"


@pytest.fixture(scope="module")
def report(server: None, tmp_path_factory: pytest.TempPathFactory) -> Path:
    sweeps = Sweeps(tmp_path_factory.mktemp("sweep"))
    assert sweeps.run().is_completed()
    return store_of(sweeps.read()).artifacts / "latest" / "report.html"


@pytest.fixture
def page(browser: Browser, report: Path) -> Iterator[Page]:
    with opened(browser, report) as page:
        yield page


def results(report: Path) -> pd.DataFrame:
    return pd.read_parquet(report.with_name("results.parquet"))


@pytest.mark.parametrize("width", [400, 1280])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_report_opens_offline_whole_and_for_everybody(
    browser: Browser, report: Path, width: int, scheme: str
) -> None:
    with opened(browser, report, viewport={"width": width, "height": 900}, color_scheme=scheme) as page:
        pictures = page.locator("figure svg:visible")
        assert pictures.count() == len(SHOWN)
        for picture in pictures.all():
            assert picture.get_attribute("aria-label")
            shown = picture.bounding_box()
            assert shown is not None
            assert shown["x"] + shown["width"] <= width
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert barriers(page) == []
        snap(page, f"report-{scheme}-{width}")


def column(page: Page, heading: str) -> list[str]:
    headings = page.locator(f"{CELLS} thead th").all_inner_texts()
    index = headings.index(heading) + 1
    return page.locator(f"{CELLS} tbody tr > :nth-child({index})").all_inner_texts()


def test_a_table_is_sorted_by_pointer_and_by_keyboard(page: Page, report: Path) -> None:
    heading = page.locator(CELLS).get_by_role("columnheader", name="test MSE")
    ascending = [number(mse) for mse in sorted(results(report)["test_mse"])]
    heading.get_by_role("button").click()
    assert column(page, "test MSE") == ascending
    expect(heading).to_have_attribute("aria-sort", "ascending")
    heading.get_by_role("button").press("Enter")
    assert column(page, "test MSE") == ascending[::-1]
    expect(heading).to_have_attribute("aria-sort", "descending")
    page.locator(CELLS).get_by_role("columnheader", name="alpha").get_by_role("button").press("Space")
    again = results(report).sort_values("test_mse", ascending=False).sort_values("alpha", kind="stable")
    assert column(page, "test MSE") == [number(mse) for mse in again["test_mse"]]
    assert page.locator(f"{CELLS} [aria-sort]").count() == 1


def test_numbers_of_any_form_are_sorted_by_value_and_what_is_missing_comes_last(page: Page) -> None:
    ascending = [
        "−13.86",
        "−0.5",
        "9.63×10⁻⁵",
        "0.00261 (+4.1 dB)",
        "3",
        "1,681",
        "2.5×10⁴",
        "word 2",
        "word 10",
    ]
    rows = page.locator(f"{CELLS} tbody")
    for shuffled in ([*ascending[::2], "–", *ascending[1::2]], ["–", *ascending[::-1]]):
        rows.evaluate(
            """(body, texts) => body.replaceChildren(...texts.map((text) => {
                 const row = body.rows[0].cloneNode(true);
                 row.cells[0].textContent = text;
                 return row;
               }))""",
            shuffled,
        )
        button = page.locator(f"{CELLS} thead button").first
        button.click()
        if page.locator(f"{CELLS} thead th").first.get_attribute("aria-sort") == "descending":
            button.click()
        assert column(page, "depth") == [*ascending, "–"]
        button.click()
        assert column(page, "depth") == [*ascending[::-1], "–"]


def test_a_link_to_a_cell_leads_to_its_row(browser: Browser, report: Path) -> None:
    anchor = "cell-depth=3,alpha=0.3,seed=0"
    with opened(browser, report, f"#{anchor}") as page:
        row = page.locator(f"[id='{anchor}']")
        expect(row).to_be_in_viewport()
        other = page.locator(f"{CELLS} tbody tr").first
        paint = "row => getComputedStyle(row).backgroundColor"
        assert row.evaluate(paint) != other.evaluate(paint)
        snap(page, "report-linked")


@pytest.mark.parametrize("names", [SHOWN[::2], SHOWN[1::2]])  # a page may load ten files down unasked
def test_the_numbers_behind_every_figure_are_the_files_of_the_study(
    page: Page, report: Path, names: list[str]
) -> None:
    for name in names:
        with page.expect_download() as downloading:
            page.locator(f"#figure-{name}").get_by_role("link", name="Download").click()
        download = downloading.value
        content = Path(download.path()).read_bytes()
        if download.suggested_filename.endswith(".gz"):
            content = gzip.decompress(content)
        assert download.suggested_filename in (f"{name}.csv", f"{name}.csv.gz")
        assert content == (report.parent / "figures" / f"{name}.csv").read_bytes()


def test_without_scripts_everything_is_there_to_read_and_nothing_is_dead(
    browser: Browser, report: Path
) -> None:
    with opened(browser, report, java_script_enabled=False) as page:
        assert page.locator("figure svg:visible").count() == len(SHOWN)
        assert page.locator(f"{CELLS} tbody tr:visible").count() == 4
        assert page.locator("a[download]:visible").count() == len(SHOWN)
        for control in ("select", "input", "button"):
            assert page.locator(f"{control}:visible").count() == 0
        snap(page, "report-without-scripts")


def test_the_keyboard_reaches_the_content_and_every_control(page: Page) -> None:
    focused = "document.activeElement.id || document.activeElement.textContent"
    page.keyboard.press("Tab")
    assert page.evaluate(focused) == "Skip to the content"
    expect(page.get_by_text("Skip to the content")).to_be_in_viewport()
    page.keyboard.press("Enter")
    assert page.evaluate(focused) == "main"
    reached = []
    for _ in range(40):
        page.keyboard.press("Tab")
        reached.append(page.evaluate(focused))
    wanted = ["play-f1", "play-alpha", "play-epoch", "play-noise", "play-draw", "play-file", "play-level"]
    assert [name for name in reached if name in wanted] == wanted


def test_the_report_can_be_printed(page: Page) -> None:
    page.emulate_media(media="print")
    assert page.locator(".caution p").first.is_visible(), "what is folded on a screen is open on paper"
    for control in ("select", "input", "button:not(.sort)", ".download", "nav", ".skip"):
        assert page.locator(f"{control}:visible").count() == 0
    snap(page, "report-print")
    pdf = page.pdf(format="A4")
    assert pdf.startswith(b"%PDF")
    assert len(re.findall(rb"/Type\s*/Page\b", pdf)) >= 4
