"""The report as a person uses it."""

import gzip
import re
from collections.abc import Iterator
from math import log10
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from playwright.sync_api import Browser, Page, expect

from denoising.figures.catalogue import FIGURES
from denoising.figures.wording import decibels, number
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
        pictures = page.eval_on_selector_all("img", "all => all.map(i => [i.alt.length, i.naturalWidth])")
        assert len(pictures) == len(SHOWN)
        assert all(alt > 0 and pixels > 0 for alt, pixels in pictures)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert barriers(page) == []
        snap(page, f"report-{scheme}-{width}")


def test_a_chosen_signal_is_shown_with_its_errors(page: Page, report: Path) -> None:
    drawn = page.locator("#signal-chart canvas").evaluate("canvas => canvas.toDataURL()")
    page.get_by_role("combobox", name="Noise level alpha").select_option("0.3")
    page.get_by_role("combobox", name="Denoiser").select_option("depth 3")
    page.get_by_role("combobox", name="Test signal").select_option("strong noise (90th percentile)")
    (cell,) = (report.parents[1] / "cells").glob("depth=3,alpha=0.3,seed=0/evaluate-*/examples.parquet")
    (example,) = pd.read_parquet(cell).query("rule == 'noisy' and percentile == 90").to_dict("records")
    clean, noisy, denoised = (np.float64(example[kind]) for kind in ("clean", "noisy", "denoised"))
    before, after = (((signal - clean) ** 2).mean() for signal in (noisy, denoised))
    expect(page.locator("#signal-errors")).to_have_text(
        f"Depth 3 at alpha 0.3, seed 0: noisy MSE {number(before)}, denoised MSE {number(after)}, "
        f"improvement {decibels(10 * log10(before / after))} dB."
    )
    assert page.locator("#signal-chart canvas").evaluate("canvas => canvas.toDataURL()") != drawn
    page.get_by_role("combobox", name="Denoiser").select_option("Bayes (posterior mean)")
    expect(page.locator("#signal-key")).to_contain_text("denoised by Bayes (posterior mean)")
    expect(page.locator("#signal-cell")).to_be_hidden()


def told_at_the_left(page: Page, chart: str) -> str:
    """What is told of the first point of a chart's lines while the pointer is on it."""
    page.locator(f"#{chart} .u-over").hover(position={"x": 2, "y": 40})
    return page.locator(f"#{chart}-readout").inner_text()


def test_lines_can_be_hidden_and_the_scale_changed(page: Page, report: Path) -> None:
    mse = results(report).query("depth == 2 and alpha == 0.1")["test_mse"].item()
    last = pd.read_parquet(report.with_name("history.parquet"))
    first = last.query("depth == 2 and alpha == 0.1 and epoch == 0")["validation_mse"].item()
    assert f"depth 2 {float(f'{mse:.3g}'):g}" in told_at_the_left(page, "error-chart")
    assert f"depth 2 {float(f'{first:.3g}'):g}" in told_at_the_left(page, "learning-chart")
    for box, others in (("depth 2", ["depth 3", "Bayes floor"]), ("Bayes floor", ["depth 3"])):
        page.get_by_label(box, exact=True).uncheck()
        told = told_at_the_left(page, "error-chart")
        assert f"{box} " not in told
        assert all(f"{other} " in told for other in others)
    assert "depth 2" not in told_at_the_left(page, "learning-chart")
    canvas = page.locator("#error-chart canvas")
    logarithmic = canvas.evaluate("canvas => canvas.toDataURL()")
    page.get_by_label("Logarithmic scale").uncheck()
    assert canvas.evaluate("canvas => canvas.toDataURL()") != logarithmic
    page.get_by_label("Logarithmic scale").check()
    assert canvas.evaluate("canvas => canvas.toDataURL()") == logarithmic


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


def test_a_link_to_a_cell_leads_to_its_row_and_to_its_signals(browser: Browser, report: Path) -> None:
    anchor = "cell-depth=3,alpha=0.3,seed=0"
    with opened(browser, report, f"#{anchor}") as page:
        row = page.locator(f"[id='{anchor}']")
        expect(row).to_be_in_viewport()
        other = page.locator(f"{CELLS} tbody tr").first
        paint = "row => getComputedStyle(row).backgroundColor"
        assert row.evaluate(paint) != other.evaluate(paint)
        expect(page.locator("#signal-errors")).to_contain_text("Depth 3 at alpha 0.3, seed 0: noisy MSE")
        snap(page, "report-linked")
        page.get_by_role("combobox", name="Denoiser").select_option("depth 2")
        page.get_by_role("link", name="Its row in the table").click()
        assert page.url.endswith("#cell-depth=2,alpha=0.3,seed=0")
        expect(page.locator(":target")).to_be_in_viewport()
        other.get_by_role("link").click()
        expect(page.locator("#signal-errors")).to_contain_text("Depth 2 at alpha 0.1, seed 0")


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
        assert page.locator("img:visible").count() == len(SHOWN)
        assert page.locator(f"{CELLS} tbody tr:visible").count() == 4
        assert page.locator("a[download]:visible").count() == len(SHOWN)
        for control in ("select", "input", "button", ".explorer", "a[href='#explore']"):
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
    wanted = ["choose-level", "choose-denoiser", "choose-signal", "signal-cell", "choose-log"]
    assert [name for name in reached if name in wanted] == wanted


def test_the_report_can_be_printed(page: Page) -> None:
    page.get_by_role("checkbox", name="Bayes floor").uncheck()
    page.emulate_media(media="print")
    assert page.locator("#choose-lines").get_by_text("depth 2").is_visible()
    assert page.locator("#choose-lines").get_by_text("Bayes floor").is_hidden()
    for control in ("select", "input", ".download", "nav", ".skip"):
        assert page.locator(f"{control}:visible").count() == 0
    snap(page, "report-print")
    pdf = page.pdf(format="A4")
    assert pdf.startswith(b"%PDF")
    assert len(re.findall(rb"/Type\s*/Page\b", pdf)) >= 4
