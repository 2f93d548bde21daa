"""The playground as a person uses it."""

import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from numpy.typing import NDArray
from playwright.sync_api import Browser, Page, expect

from denoising.figures.wording import number
from flows.settings.study_settings import store_of
from tests.browser.conftest import snap
from tests.browser.opened import barriers, opened
from tests.browser.playing import bring, error, line, row, settle, slide
from tests.flows.sweeps import Sweeps

pytestmark = pytest.mark.system

LENGTH = 32


@pytest.fixture(scope="module")
def report(server: None, tmp_path_factory: pytest.TempPathFactory) -> Path:
    sweeps = Sweeps(tmp_path_factory.mktemp("sweep"))
    assert sweeps.run(epochs=30, signal_length=LENGTH).is_completed()
    return store_of(sweeps.read()).artifacts / "latest" / "report.html"


@pytest.fixture
def page(browser: Browser, report: Path) -> Iterator[Page]:
    with opened(browser, report) as page:
        yield page


def example(report: Path, of: str, alpha: float, percentile: int) -> dict[str, NDArray[np.float64]]:
    """A test signal of the study and what a denoiser made of it."""
    (file,) = report.parents[1].glob(f"cells/{of}/examples.parquet")
    rows = pd.read_parquet(file).query("rule == 'noisy' and percentile == @percentile")
    return {name: np.float64(rows[name].item()) for name in ("clean", "noisy", "denoised")}


def test_the_page_denoises_a_test_signal_as_the_study_did(page: Page, report: Path) -> None:
    page.get_by_label("Test signal").select_option(label="alpha 0.3, strong noise")
    page.get_by_role("checkbox", name="depth 3").check()
    settle(page)
    known = example(report, "depth=3,alpha=0.3,seed=0/evaluate-*", 0.3, 90)
    mse = np.mean((known["denoised"] - known["clean"]) ** 2)
    expect(row(page, "depth 3").locator(".mse")).to_have_text(number(float(mse)))
    for name, kind in (("depth 3", "denoised"), ("clean", "clean"), ("noisy", "noisy")):
        assert np.abs(line(page, name) - known[kind]).max() < 0.0006, "a thousandth is drawn"
    expect(row(page, "bayes").locator(".beside")).to_have_text("+0.0 dB")
    expect(page.locator("#play-told")).to_contain_text("Of the networks trained at alpha 0.3, depth")


def test_without_scripts_the_picture_and_the_errors_are_those_of_the_study(
    browser: Browser, report: Path
) -> None:
    with opened(browser, report) as page:
        errors = [error(page, name) for name in ("depth 2", "depth 3", "bayes")]
        lines = [line(page, name) for name in ("depth 2", "depth 3", "bayes", "clean", "noisy")]
    with opened(browser, report, java_script_enabled=False) as page:
        assert [error(page, name) for name in ("depth 2", "depth 3", "bayes")] == errors
        for name, scripted in zip(("depth 2", "depth 3", "bayes", "clean", "noisy"), lines, strict=True):
            assert np.abs(line(page, name) - scripted).max() < 0.002
        assert page.locator(".play :is(input, select, button):visible").count() == 0
        expect(page.get_by_text("Draw a signal")).to_be_hidden()


def test_a_slider_moves_the_signal_and_all_answers(page: Page) -> None:
    before = {name: line(page, name) for name in ("clean", "depth 2", "bayes")}
    slide(page, "f1", 0.9)
    slide(page, "f2", 1.3)
    slide(page, "alpha", 0.2)
    expect(page.locator("#play-f1-value")).to_have_text("0.90")
    x = 4 * np.pi * np.arange(LENGTH) / LENGTH
    assert np.abs(line(page, "clean") - (np.sin(0.9 * x) + np.cos(2.6 * x))).max() < 0.001
    assert all(np.abs(line(page, name) - own).max() > 0.01 for name, own in before.items())
    slide(page, "alpha", 0)
    expect(row(page, "bayes").locator(".mse")).to_have_text("0")
    expect(page.locator("#play-told")).to_have_text("There is no noise, so there is nothing to remove.")
    page.locator("#play-f1").focus()
    page.keyboard.press("ArrowRight")
    expect(page.locator("#play-f1-value")).to_have_text("0.91")


def test_new_noise_is_other_noise_of_the_same_strength(page: Page) -> None:
    slide(page, "alpha", 0.5)
    seen = []
    for _ in range(3):
        page.get_by_role("button", name="New noise").click()
        settle(page)
        seen.append(line(page, "noisy") - 0.5 * line(page, "clean"))
    assert all(0.3 < noise.std() < 0.7 for noise in seen)
    assert np.abs(np.corrcoef(seen) - np.eye(3)).max() < 0.7
    expect(page.get_by_label("Test signal")).to_have_value("")


def test_an_early_epoch_shows_what_the_network_gave_then(page: Page) -> None:
    late = error(page, "depth 2")
    slide(page, "epoch", 0)
    expect(page.locator("#play-epoch-value")).to_have_text("0")
    expect(page.locator("#play-told")).to_contain_text("after epoch 0")
    early = error(page, "depth 2")
    assert float(early) > float(late), "it learned"
    slide(page, "epoch", 4)
    expect(page.locator("#play-epoch-value")).to_have_text("29")
    assert error(page, "depth 2") == late


def test_an_address_brings_back_all_that_was_chosen(browser: Browser, report: Path, page: Page) -> None:
    slide(page, "f2", 1.7)
    slide(page, "alpha", 0.25)
    page.get_by_role("button", name="New noise").click()
    page.locator("#play-level").select_option("0.1")
    page.get_by_role("checkbox", name="best linear filter").check()
    page.get_by_role("button", name="Error", exact=True).click()
    expect(page).to_have_url(re.compile("view=error.*linear_mmse"))
    names = ("depth 2", "linear_mmse", "bayes")
    told = [error(page, name) for name in names]
    with opened(browser, report, "#" + page.url.partition("#")[2]) as again:
        assert [error(again, name) for name in names] == told
        expect(again.get_by_role("button", name="Error", exact=True)).to_have_attribute(
            "aria-pressed", "true"
        )
        expect(again.get_by_role("checkbox", name="best linear filter")).to_be_checked()
        expect(again.locator("#play-level")).to_have_value("0.1")
        assert np.array_equal(line(again, "bayes"), line(page, "bayes"))
        assert again.locator("#play-lines path[data-name='clean']").get_attribute("d") is None


@pytest.mark.parametrize(
    "asked", ["f1=nonsense&alpha=7&view=none&test=99&level=5&epoch=3", "", "samples=zz!", "show=nobody"]
)
def test_an_address_that_asks_for_what_there_is_not_shows_what_there_is(
    browser: Browser, report: Path, asked: str
) -> None:
    with opened(browser, report, f"#play?{asked}") as page:
        expect(page.locator("#play-told")).to_contain_text("Of the networks trained at alpha")
        assert 0 <= float(page.locator("#play-alpha-value").inner_text()) <= 0.9
        assert np.isfinite(line(page, "clean")).all()


def test_a_signal_can_be_drawn_and_shared(browser: Browser, report: Path, page: Page) -> None:
    before = line(page, "clean")
    page.get_by_role("button", name="Draw a signal").click()
    expect(page.locator("#play-file-told")).to_have_text("Draw in the picture, with the pointer or a finger.")
    assert np.array_equal(line(page, "clean"), before), "nothing is wiped"
    box = page.locator("#play-lines").bounding_box()
    assert box is not None

    def at(share: float, value: float) -> tuple[float, float]:
        return box["x"] + share * box["width"], box["y"] + (0.5 - value / 6) * box["height"]

    page.mouse.move(*at(0.1, 2))
    page.mouse.down()
    page.mouse.move(*at(0.9, 2), steps=20)
    page.mouse.up()
    settle(page)
    expect(page.locator("#play-told")).to_contain_text("This signal is no sum of two waves")
    clean = line(page, "clean")
    assert np.abs(clean[5:27] - 2).max() < 0.1
    assert np.array_equal(clean[[0, 1, 30, 31]], before[[0, 1, 30, 31]]), "the rest stays"
    expect(row(page, "bayes").locator(".beside")).to_have_text("–")
    page.mouse.move(*at(0.5, 0))
    page.mouse.down()
    page.mouse.move(*at(0.5, 9), steps=5)
    page.mouse.up()
    settle(page)
    assert line(page, "clean").max() == 3, "not beyond the picture"
    page.get_by_role("button", name="Spectrum").click()
    expect(page.get_by_role("button", name="Draw a signal")).to_have_attribute("aria-pressed", "false")
    page.get_by_role("button", name="Signal", exact=True).click()
    settle(page)
    clean = line(page, "clean")
    snap(page, "playground-drawn")
    expect(page).to_have_url(re.compile("samples="))
    with opened(browser, report, "#" + page.url.partition("#")[2]) as again:
        assert np.abs(line(again, "clean") - clean).max() < 0.002
    page.get_by_role("button", name="Start again").click()
    settle(page)
    assert np.array_equal(line(page, "clean"), before)


def test_a_file_is_denoised_and_a_wrong_one_told(page: Page, tmp_path: Path) -> None:
    values = 50 + 10 * np.sin(np.arange(100) / 5)
    (tmp_path / "own.csv").write_text("time,value\n" + "".join(f"{i},{v}\n" for i, v in enumerate(values)))
    (tmp_path / "wrong.csv").write_text("nothing,to,see\n")
    page.locator("#play-file").set_input_files(tmp_path / "own.csv")
    expect(page.locator("#play-file-told")).to_have_text(
        f"own.csv: the first {LENGTH} of 100 numbers of column 2, at the size of the waves; "
        "lines without a number there: 1."
    )
    part = values[:LENGTH]
    settle(page)
    assert np.abs(line(page, "clean") - (part - part.mean()) / part.std()).max() < 0.001
    (tmp_path / "flat.csv").write_text("5\n" * 40)
    for name, said in (
        ("wrong.csv", "has no column of numbers. Give a text file with a number a line."),
        ("flat.csv", "is constant: there is no signal in it."),
    ):
        page.locator("#play-file").set_input_files(tmp_path / name)
        expect(page.locator("#play-file-told")).to_have_text(f"{name} {said}")
    assert np.abs(line(page, "clean") - (part - part.mean()) / part.std()).max() < 0.001
    dropped = "".join(f"{-v}\n" for v in values[:LENGTH])
    bring(page, "dropped.txt", dropped)
    expect(page.locator("#play-file-told")).to_contain_text("dropped.txt: 32 numbers of column 1")
    settle(page)
    assert np.abs(line(page, "clean") + (part - part.mean()) / part.std()).max() < 0.001


@pytest.mark.parametrize("view", ["Error", "Spectrum", "Bottleneck"])
def test_each_view_shows_the_chosen_denoisers(page: Page, view: str) -> None:
    page.get_by_role("button", name=view, exact=True).click()
    settle(page)
    shown = {
        path.get_attribute("data-name")
        for path in page.locator("#play-lines path").all()
        if path.get_attribute("d")
    }
    networks = {"depth 2", "depth 3"}
    assert shown == {"Error": {*networks, "bayes"}, "Spectrum": {*networks, "bayes", "clean", "noisy"}}.get(
        view, networks
    )
    if view == "Bottleneck":
        assert len(line(page, "depth 3")) == 4 * LENGTH / 8
    snap(page, f"playground-{view.lower()}")


def test_an_error_in_the_table_leads_to_its_network(page: Page, report: Path) -> None:
    table = page.locator("section[aria-labelledby=best] table")
    table.locator("tbody tr").nth(1).get_by_role("link").nth(1).click()
    expect(page.get_by_role("heading", name="Play with it")).to_be_in_viewport()
    expect(page.locator("#play-level")).to_have_value("0.3")
    expect(page.get_by_role("checkbox", name="depth 3")).to_be_checked()
    expect(page.get_by_role("checkbox", name="depth 2")).not_to_be_checked()
    known = example(report, "depth=3,alpha=0.3,seed=0/evaluate-*", 0.3, 50)
    assert np.abs(line(page, "depth 3") - known["denoised"]).max() < 0.0006
    page.go_back()
    expect(page.get_by_role("checkbox", name="depth 2")).to_be_checked()


def test_a_test_signal_is_named_as_long_as_it_is_shown(page: Page) -> None:
    chosen = page.locator("#play-test")
    page.locator("#play-test").select_option(label="alpha 0.1, weak noise")
    settle(page)
    clean = line(page, "clean")
    slide(page, "f1", 0.6)
    expect(chosen).to_have_value("")
    chosen.select_option(label="alpha 0.1, weak noise")
    settle(page)
    assert np.array_equal(line(page, "clean"), clean)


def test_where_nothing_is_chosen_nothing_is_drawn_and_an_address_keeps_that(
    browser: Browser, report: Path, page: Page
) -> None:
    for box in page.locator(".denoisers input").all():
        box.uncheck()
    page.get_by_role("button", name="Bottleneck").click()
    expect(page.locator("#play-across")).to_have_text("choose a network: other denoisers have no bottleneck")
    expect(page).to_have_url(re.compile("view=latent&show=$"))
    with opened(browser, report, "#" + page.url.partition("#")[2]) as again:
        assert again.locator(".denoisers input:checked").count() == 0


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_can_be_used_on_a_phone_and_by_everybody(browser: Browser, report: Path, scheme: str) -> None:
    size = {"width": 360, "height": 740}
    with opened(browser, report, viewport=size, color_scheme=scheme, has_touch=True) as page:
        picture = page.locator("#play-plot").bounding_box()
        assert picture is not None
        assert picture["y"] + picture["height"] < size["height"], "it is seen without scrolling"
        page.get_by_role("button", name="Draw a signal").tap()
        page.get_by_role("button", name="Spectrum").tap()
        slide(page, "epoch", 0)
        expect(page.locator("#play-told")).to_contain_text("after epoch 0")
        assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]
        assert barriers(page) == []
        snap(page, f"playground-phone-{scheme}")
