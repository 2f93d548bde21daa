"""The playground of a study of recordings as a person uses it."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from numpy.typing import NDArray
from playwright.sync_api import Browser, Page, expect

from denoising.denoisers.network import Network
from denoising.figures.wording import decibels, number
from denoising.models.model_file import from_bytes
from denoising.models.networks_made import network_of
from denoising.signals.dataset import SignalSet
from denoising.signals.scaling import robust
from flows.settings.study_settings import report_of
from tasks.formats.signals import from_parquet
from tests.browser.conftest import snap
from tests.browser.opened import barriers, opened
from tests.browser.playing import bring, error, line, row, settle, slide
from tests.flows.recorded import electrocardiogram, small, write_csv
from tests.flows.sweeps import read

pytestmark = pytest.mark.system

NAMES = ("depth 1", "depth 2")
LENGTH = 64


@pytest.fixture(scope="module")
def report(server: None, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("recordings")
    file = write_csv(folder / "ecg.csv", 5 + electrocardiogram()[:14_400])
    settings = read(small(folder, "--signals", file, "--snr", "0", "10"))
    from flows.study import recordings

    state: Any = recordings(**settings.parameters, return_state=True)
    assert state.is_completed(), state.message
    return Path(str(report_of(settings)))


@pytest.fixture
def page(browser: Browser, report: Path) -> Iterator[Page]:
    with opened(browser, report) as page:
        for name in NAMES:
            page.get_by_role("checkbox", name=name).check()
        yield page


def windows(report: Path, snr: int) -> SignalSet:
    """The test windows of a noise level."""
    (file,) = report.parents[2].glob(f"data/*/snr={snr}/test.parquet")
    return from_parquet(file.read_bytes())["test"]


def network(report: Path, depth: int, snr: int) -> Network:
    """A network of the study, which PyTorch runs."""
    (file,) = report.parents[1].glob(f"cells/depth={depth},snr={snr},*/train-*/last.safetensors")
    card, tensors = from_bytes(file.read_bytes())
    return Network(network_of(card, tensors), card.input_gain, card.output_gain)


def choose(page: Page, report: Path, snr: int) -> tuple[SignalSet, int]:
    """Choose the first window of a noise level; the level's windows, and which of them it is."""
    (file, *_) = report.parents[1].glob(f"cells/depth=1,snr={snr},*/evaluate-*/examples.parquet")
    chosen = pd.read_parquet(file).query("rule == 'noisy'")["signal_id"]
    own = windows(report, snr)
    at = int(np.flatnonzero(own.signal_id == chosen.min())[0])
    seconds = own.covariates["offset"][at] / 360
    page.get_by_label("Test window").select_option(label=f"{snr} dB in, at {seconds:.1f} s")
    settle(page)
    return own, at


def mse(signal: NDArray[Any], clean: NDArray[Any]) -> float:
    return float(np.mean((signal - clean) ** 2))


@pytest.mark.parametrize("times", [1, 0.65])
def test_networks_give_what_pytorch_gives_at_the_scale_of_the_recording(
    page: Page, report: Path, times: float
) -> None:
    own, at = choose(page, report, 10)
    slide(page, "times", times)
    assert own.centre is not None
    assert own.scale is not None
    quiet = robust(own.clean)[1]
    spread = np.sqrt(quiet**2 + times**2 * (own.scale[at] ** 2 - quiet**2))
    clean = own.clean[at] - own.centre[at]
    noisy = clean + times * (own.noisy[at] - own.clean[at])
    assert np.abs(line(page, "noisy") - noisy).max() < 1e-4 * np.abs(noisy).max()
    for depth, name in enumerate(NAMES, 1):
        expected = network(report, depth, 10)((noisy / spread)[None])[0] * spread
        assert np.abs(line(page, name) - expected).max() < 1e-4 * np.abs(expected).max()
        expect(row(page, name).locator(".mse")).to_have_text(number(mse(expected, clean)))
        gain = 10 * np.log10(mse(noisy, clean) / mse(expected, clean))
        expect(row(page, name).locator(".beside")).to_have_text(f"{decibels(gain)} dB")


def test_a_window_is_denoised_as_the_study_did(page: Page, report: Path) -> None:
    own, at = choose(page, report, 0)
    assert own.centre is not None
    cells = {name: f"depth={depth},snr=0,*/evaluate-*" for depth, name in enumerate(NAMES, 1)}
    for name, cell in {**cells, "savitzky_golay": "*,snr=0,savitzky_golay/baseline-*"}.items():
        (file,) = report.parents[1].glob(f"cells/{cell}/examples.parquet")
        rows = pd.read_parquet(file).query("rule == 'noisy'").set_index("signal_id")
        expected = np.float64(rows.loc[own.signal_id[at], "denoised"]) - own.centre[at]
        assert np.abs(line(page, name) - expected).max() < 1e-4 * np.abs(expected).max()
        known = mse(expected, own.clean[at] - own.centre[at])
        assert float(error(page, name)) == pytest.approx(known, rel=0.005)


def test_without_scripts_the_picture_and_the_gains_are_those_of_the_study(
    browser: Browser, report: Path
) -> None:
    with opened(browser, report) as page:
        shown = [own.get_attribute("data-name") or "" for own in page.locator("tr:has(input:checked)").all()]
        names = [*NAMES, "savitzky_golay"]
        told = [row(page, name).locator("td").all_inner_texts() for name in names]
        lines = {name: line(page, name) for name in (*shown, "clean", "noisy")}
    assert len(shown) == 2
    with opened(browser, report, java_script_enabled=False) as page:
        assert [row(page, name).locator("td").all_inner_texts() for name in names] == told
        for name, scripted in lines.items():
            assert np.abs(line(page, name) - scripted).max() < 1e-3 * np.abs(scripted).max()
        assert page.locator(".play :is(input, select, button):visible").count() == 0


def test_noise_is_made_weaker_and_stronger_and_the_networks_of_the_nearest_level_answer(page: Page) -> None:
    page.get_by_label("Test window").select_option(label="0 dB in, at 3.0 s")
    expect(page.locator("#play-told")).to_contain_text("Of the networks trained at 0 dB in, depth")
    page.get_by_label("Test window").select_option(label="10 dB in, at 3.0 s")
    expect(page.locator("#play-told")).to_contain_text("Of the networks trained at 10 dB in, depth")
    clean, noise = line(page, "clean"), line(page, "noisy") - line(page, "clean")
    slide(page, "times", 3)
    expect(page.locator("#play-told")).to_contain_text("Of the networks trained at 0 dB in, depth")
    stronger = line(page, "noisy") - line(page, "clean")
    assert np.abs(stronger - 3 * noise).max() < 1e-3 * np.abs(stronger).max()
    page.get_by_label("Networks trained at").select_option(label="10 dB in")
    expect(page.locator("#play-told")).to_contain_text("trained for another noise level than this one")
    slide(page, "times", 0)
    expect(page.locator("#play-told")).to_have_text("There is no noise, so there is nothing to remove.")
    assert np.array_equal(line(page, "noisy"), clean)
    expect(page.locator("#play-test option:checked")).to_have_text("10 dB in, at 3.0 s"), "the window stays"


def test_an_early_epoch_shows_what_the_network_gave_then(page: Page) -> None:
    late = [error(page, name) for name in NAMES]
    slide(page, "epoch", 0)
    expect(page.locator("#play-told")).to_contain_text("after epoch 0")
    assert [error(page, name) for name in NAMES] != late
    slide(page, "epoch", 1)
    assert [error(page, name) for name in NAMES] == late


def test_a_file_gets_the_size_and_the_noise_of_the_window(page: Page) -> None:
    noise, size = line(page, "noisy") - line(page, "clean"), line(page, "clean").std()
    wave = np.sin(np.arange(LENGTH) / 3)
    bring(page, "own.csv", "".join(f"{900 + 50 * value}\n" for value in wave))
    expect(page.locator("#play-file-told")).to_have_text(
        f"own.csv: {LENGTH} numbers of column 1, at the size of the window."
    )
    settle(page)
    clean = line(page, "clean")
    assert np.abs(clean - size * (wave - wave.mean()) / wave.std()).max() < 1e-3
    assert np.abs(line(page, "noisy") - clean - noise).max() < 1e-3
    expect(page.locator("#play-told")).to_contain_text("This signal is yours")
    expect(page.get_by_label("Test window")).to_have_value("")
    page.get_by_label("Test window").select_option(index=2)
    settle(page)
    expect(page.locator("#play-told")).not_to_contain_text("This signal is yours")
    expect(page.locator("#play-file-told")).to_have_text("")


def test_a_signal_can_be_drawn_into_a_window(page: Page) -> None:
    before = line(page, "clean")
    page.get_by_role("button", name="Draw a signal").click()
    box = page.locator("#play-lines").bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 0.4 * box["width"], box["y"] + box["height"] / 2)
    page.mouse.down()
    page.mouse.move(box["x"] + 0.6 * box["width"], box["y"] + box["height"] / 2, steps=10)
    page.mouse.up()
    settle(page)
    after = line(page, "clean")
    assert np.abs(after[27:37]).max() < 0.05 * np.abs(before).max()
    assert np.abs(after[:24] - before[:24]).max() < 1e-3 * np.abs(before).max()


def test_an_address_brings_back_all_that_was_chosen(browser: Browser, report: Path, page: Page) -> None:
    page.get_by_label("Test window").select_option(index=2)
    slide(page, "times", 1.5)
    slide(page, "epoch", 0)
    page.get_by_label("Networks trained at").select_option(label="10 dB in")
    page.get_by_role("button", name="Removed").click()
    expect(page).to_have_url(re.compile("times=1.5.*test=1.*level=10.*epoch=0.*view=removed"))
    lines = [line(page, name) for name in (*NAMES, "savitzky_golay")]
    with opened(browser, report, "#" + page.url.partition("#")[2]) as again:
        expect(again.get_by_label("Test window")).to_have_value("1")
        expect(again.get_by_label("Networks trained at")).to_have_value("10.0")
        expect(again.get_by_role("button", name="Removed")).to_have_attribute("aria-pressed", "true")
        for name, own in zip((*NAMES, "savitzky_golay"), lines, strict=True):
            assert np.array_equal(line(again, name), own)


@pytest.mark.parametrize(
    "asked", ["times=none&test=99&level=5&view=none", "times=-4", "samples=zz!", "level=10"]
)
def test_an_address_that_asks_for_what_there_is_not_shows_what_there_is(
    browser: Browser, report: Path, asked: str
) -> None:
    with opened(browser, report, f"#play?{asked}") as page:
        expect(page.locator("#play-told")).not_to_contain_text("Test window")
        assert 0 <= float(page.locator("#play-times-value").inner_text()) <= 3
        assert np.isfinite(line(page, "clean")).all()


@pytest.mark.parametrize("view", ["Error", "Removed", "Spectrum", "Bottleneck"])
def test_each_view_shows_the_chosen_denoisers(page: Page, view: str) -> None:
    page.get_by_role("button", name=view, exact=True).click()
    settle(page)
    drawn = [own for own in page.locator("#play-lines path").all() if own.get_attribute("d")]
    networks, every = {*NAMES}, {*NAMES, "savitzky_golay"}
    expected = {"Bottleneck": networks, "Spectrum": {*every, "clean", "noisy"}}.get(view, every)
    assert {own.get_attribute("data-name") for own in drawn} == expected
    snap(page, f"recordings-playground-{view.lower()}")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_can_be_used_on_a_phone_and_by_everybody(browser: Browser, report: Path, scheme: str) -> None:
    size = {"width": 360, "height": 740}
    with opened(browser, report, viewport=size, color_scheme=scheme, has_touch=True) as page:
        page.get_by_role("button", name="Removed").tap()
        slide(page, "times", 2)
        expect(page.locator("#play-told")).to_contain_text("nearest to the clean signal")
        assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]
        assert barriers(page) == []
        snap(page, f"recordings-playground-phone-{scheme}")
