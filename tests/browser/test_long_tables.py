"""The report of thousands of cells: its table is shown a part at a time."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from denoising.figures.wording import number
from denoising.report.blocks import ROWS_OF_PAGE
from denoising.report.page import render_page
from denoising.report.sweep import sweep_report
from denoising.report.tables import cell_anchor
from denoising.study.results import Study
from tests.browser.conftest import snap
from tests.browser.opened import barriers, opened
from tests.denoising.figures.studies import make_study

pytestmark = pytest.mark.system

N_SEEDS = 1005
LAST = -(-N_SEEDS // ROWS_OF_PAGE)
CELLS = "section[aria-labelledby=cells]"


@pytest.fixture(scope="module")
def study() -> Study:
    return make_study(depths=(2,), alphas=(0.1,), seeds=range(N_SEEDS), epochs=1, length=16)


@pytest.fixture(scope="module")
def report(study: Study, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("report") / "report.html"
    path.write_text(render_page(sweep_report(study, {}), {}), encoding="utf-8")
    return path


@pytest.fixture
def page(browser: Browser, report: Path) -> Iterator[Page]:
    with opened(browser, report) as page:
        expect(button(page, "Next")).to_be_visible()
        yield page


def button(page: Page, name: str) -> Locator:
    return page.locator(CELLS).get_by_role("button", name=name, exact=True)


def column(page: Page, heading: str) -> list[str]:
    index = page.locator(f"{CELLS} thead th").all_inner_texts().index(heading) + 1
    return page.locator(f"{CELLS} tbody tr > :nth-child({index})").all_inner_texts()


def expect_rows(page: Page, first: int, last: int) -> None:
    expect(page.locator(CELLS).get_by_role("status")).to_have_text(f"Rows {first:,}–{last:,}")
    expect(page.locator(f"{CELLS} tbody tr")).to_have_count(last - first + 1)


def seeds(first: int, last: int) -> list[str]:
    """Those of the rows from one to another, counted from 1."""
    return [f"{seed:,}" for seed in range(first - 1, last)]


def test_the_pager_leads_to_every_row_once(page: Page) -> None:
    found = []
    for part in range(LAST):
        first, last = ROWS_OF_PAGE * part + 1, min(ROWS_OF_PAGE * (part + 1), N_SEEDS)
        expect_rows(page, first, last)
        found += column(page, "seed")
        button(page, "Next").press("Enter")
    assert found == seeds(1, N_SEEDS)
    expect_rows(page, ROWS_OF_PAGE * (LAST - 1) + 1, N_SEEDS)  # there is no part after the last
    expect(button(page, "Next")).to_be_focused()
    button(page, "First").press("Enter")
    expect_rows(page, 1, ROWS_OF_PAGE)
    button(page, "Last").press("Space")
    button(page, "Previous").click()
    assert column(page, "seed") == seeds(ROWS_OF_PAGE * (LAST - 2) + 1, ROWS_OF_PAGE * (LAST - 1))


@pytest.mark.parametrize(("typed", "shown"), [("3", 3), ("99999", LAST), ("-4", 1), ("", 1)])
def test_a_part_is_chosen_by_its_number(page: Page, typed: str, shown: int) -> None:
    chosen = page.get_by_role("spinbutton", name="Page")
    chosen.fill(typed)
    chosen.press("Enter")
    chosen.blur()
    expect_rows(page, ROWS_OF_PAGE * (shown - 1) + 1, min(ROWS_OF_PAGE * shown, N_SEEDS))
    expect(chosen).to_have_value(str(shown))


def test_all_rows_are_sorted_and_not_only_those_that_are_shown(page: Page, study: Study) -> None:
    expected = study.results.sort_values("test_mse", kind="stable")
    button(page, "Last").click()
    heading = page.locator(CELLS).get_by_role("columnheader", name="test MSE")
    heading.get_by_role("button").click()
    expect_rows(page, 1, ROWS_OF_PAGE)
    assert column(page, "test MSE") == [number(mse) for mse in expected["test_mse"][:ROWS_OF_PAGE]]
    heading.get_by_role("button").click()
    lowest_last = [number(mse) for mse in expected["test_mse"][::-1]]
    assert column(page, "test MSE") == lowest_last[:ROWS_OF_PAGE]
    button(page, "Next").click()
    assert column(page, "test MSE") == lowest_last[ROWS_OF_PAGE : 2 * ROWS_OF_PAGE]


def test_a_link_leads_to_a_row_that_is_not_shown(browser: Browser, report: Path) -> None:
    anchors = [cell_anchor(2, 0.1, seed) for seed in (1001, 250)]
    paint = "row => getComputedStyle(row).backgroundColor"
    with opened(browser, report, f"#{anchors[0]}") as page:
        for anchor in anchors:
            page.evaluate("anchor => { location.hash = anchor; }", anchor)
            row = page.locator(f"[id='{anchor}']")
            expect(row).to_be_in_viewport()
            assert row.evaluate(paint) != page.locator(f"{CELLS} tbody tr").first.evaluate(paint)


def test_without_scripts_the_first_rows_are_there_and_where_all_are(browser: Browser, report: Path) -> None:
    with opened(browser, report, java_script_enabled=False) as page:
        assert page.locator(f"{CELLS} tbody tr:visible").count() == ROWS_OF_PAGE
        told = page.locator(f"{CELLS} .pager").inner_text()
        assert told == f"Rows 1–{ROWS_OF_PAGE} of {N_SEEDS:,}. The file results.csv of the study has all."
        assert page.locator("button:visible, input:visible").count() == 0


def test_on_paper_are_the_rows_that_were_shown(page: Page) -> None:
    button(page, "Next").click()
    page.emulate_media(media="print")
    assert page.locator(f"{CELLS} .pager").inner_text().startswith("Rows 101–200 of 1,005.")
    assert page.locator(f"{CELLS} :is(button:not(.sort), input):visible").count() == 0


@pytest.mark.parametrize("width", [400, 1280])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_pager_is_for_everybody(browser: Browser, report: Path, width: int, scheme: str) -> None:
    with opened(browser, report, viewport={"width": width, "height": 900}, color_scheme=scheme) as page:
        expect(button(page, "Next")).to_be_visible()
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert barriers(page) == []
        button(page, "Next").scroll_into_view_if_needed()
        snap(page, f"long-table-{scheme}-{width}")
