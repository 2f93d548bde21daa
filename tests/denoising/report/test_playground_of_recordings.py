"""What the playground of a study of recordings holds."""

import re
from base64 import b64decode
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from numpy.typing import NDArray

from denoising.figures.wording import decibels, number
from denoising.report.page import render_markdown, render_page
from denoising.report.playground.held import MOST_BYTES, MOST_NETWORKS
from denoising.report.playground.in_page import Playable, in_page
from denoising.report.playground.of_recordings import playable, playground
from denoising.report.recordings import recordings_report
from denoising.signals.dataset import SignalSet
from denoising.signals.scaling import robust
from denoising.study.recorded import RecordedStudy
from tests.denoising.report.plays import card, design, network, tensors
from tests.denoising.report.test_page import Page
from tests.denoising.report.test_recordings_report import study_of

LENGTH = 64
N = 40  # test windows, half of them of another file
VARIANTS = ("base", "skips=true")


def windows(noise: float) -> SignalSet:
    """Test windows about 7, whose noise has this standard deviation."""
    random = np.random.default_rng(0)
    clean = 7 + np.sin(np.arange(LENGTH) / 4 + random.uniform(0, 6, (N, 1)))
    noisy = clean + noise * random.normal(size=clean.shape)
    files = np.repeat(["a.csv", "b.csv"], N // 2)
    scales = np.array([robust(noisy[files == file]) for file in files])
    known = {"file": files, "channel": np.full(N, "ECG"), "offset": 36 * np.arange(N), "block": np.zeros(N)}
    return SignalSet(10 + np.arange(N), known, clean, noisy, scales[:, 0], scales[:, 1])


def study(*levels: float | None, depths: tuple[int, ...] = (2, 4), n_parameters: int = 100) -> RecordedStudy:
    """A study with these ratios of signal to noise, whose networks halve the noise."""
    results, examples = [], []
    for snr in levels:
        name = "as-recorded" if snr is None else f"snr={snr:g}"
        own = windows(noise_of(snr))
        for variant in VARIANTS:
            for depth in depths:
                axes = {"depth": depth, "level": name, "seed": 0, "variant": variant}
                results.append(
                    {**axes, "snr": snr, "status": "done", "dataset": "it", "n_parameters": n_parameters,
                     "validation_mse": 1 / depth - (variant != "base") / 100, "epochs": 20,
                     "test_mse": 0.1, "snr_improvement_db": 6.0, "failure": None}
                )  # fmt: skip
                examples += [
                    {**axes, "rule": "noisy", "percentile": percentile, "signal_id": own.signal_id[at],
                     "clean": own.clean[at], "noisy": own.noisy[at],
                     "denoised": (own.clean[at] + own.noisy[at]) / 2}
                    for percentile, at in ((10, 4), (50, 30), (90, 2))
                ]  # fmt: skip
    made = pd.DataFrame(examples)
    return replace(
        study_of(),
        settings={"signals": ["a.csv", "b.csv"], "vary": {"skips": [False, True]}, "signal_length": LENGTH},
        survey=pd.concat([study_of().survey.assign(file=file) for file in ("a.csv", "b.csv")]),
        results=pd.DataFrame(results).astype({"snr": float}),
        examples=made,
        baseline_examples=made.assign(denoiser="savitzky_golay", denoised=made["noisy"]),
    )


def noise_of(snr: float | None) -> float:
    return float(10 ** (-(snr or 0) / 20))


def played(own: RecordedStudy) -> Any:
    """The playground of a study whose networks were never trained."""
    rows = playable(own)
    networks = [
        Playable(variant, depth, level, 20, *untrained(depth))
        for variant, depth, level in rows[["variant", "depth", "snr"]].itertuples(index=False)
    ]
    filters = {level: replace(card(design()), design={"window": 9, "order": 2}) for level in set(rows["snr"])}
    return playground(own, networks, filters, {level: windows(noise_of(level)) for level in set(rows["snr"])})


def untrained(depth: int) -> Any:
    own = design(depth, LENGTH)
    return card(own, signals="recordings"), tensors(network(**own))


def unpacked(text: str) -> NDArray[np.float32]:
    return np.frombuffer(b64decode(text), "<f4")


def test_all_networks_are_played_if_there_is_room_and_the_best_one_is_if_there_is_little() -> None:
    levels, whole = (0.0, 5.0, 10.0, 15.0), MOST_BYTES // 4

    def places(n_parameters: int) -> set[tuple[float, str, int]]:
        rows = playable(study(*levels, depths=(2, 4, 6), n_parameters=n_parameters))
        return set(rows[["snr", "variant", "depth"]].itertuples(index=False, name=None))

    assert len(places(whole // 24)) == 24
    assert places(whole // 12) == {(at, "skips=true", depth) for at in levels for depth in (2, 4, 6)}
    three = (0.0, 10.0, 15.0)
    assert places(whole // 9) == {(at, "skips=true", depth) for at in three for depth in (2, 4, 6)}
    assert places(whole // 6) == {(at, "skips=true", depth) for at in three for depth in (2, 6)}
    assert places(whole // 2) == {(10.0, "skips=true", 2), (10.0, "skips=true", 6)}
    assert places(whole) == {(10.0, "skips=true", 6)}
    assert places(whole + 1) == set()
    many = study(5.0, depths=tuple(range(1, 10)))
    assert len(playable(many)) <= MOST_NETWORKS


def test_it_begins_with_a_window_and_its_gains_as_the_study_has_them() -> None:
    found = played(study(0.0, 10.0))
    test = found.data["tests"][found.data["start"]["test"]]
    own = windows(noise_of(10.0))
    assert own.centre is not None
    assert test["level"] == 10
    assert found.tests[found.data["start"]["test"]] == "10 dB in, b.csv at 3.0 s"
    assert np.allclose(unpacked(test["clean"]), own.clean[30] - own.centre[30], atol=1e-6)
    assert np.allclose(found.noisy, own.noisy[30] - own.centre[30])
    rows = {row.label: row for row in found.rows}
    assert list(rows) == [
        "depth 2 without skips", "depth 4 without skips", "depth 2 with skips", "depth 4 with skips",
        "Savitzky–Golay",
    ]  # fmt: skip
    best = rows["depth 4 with skips"]
    error = np.mean((own.noisy[30] - own.clean[30]) ** 2) / 4
    assert (best.mse, best.beside) == (number(float(error)), f"{decibels(10 * np.log10(4))} dB")
    assert [label for label, row in rows.items() if row.shown] == ["depth 4 with skips", "Savitzky–Golay"]
    assert rows["Savitzky–Golay"].beside == "+0.0 dB", "here it does nothing"


def test_the_scales_of_a_window_are_those_of_its_recording_with_and_without_noise() -> None:
    found, own = played(study(0.0)), windows(1)
    assert own.scale is not None
    assert len(found.tests) > 3
    for test, words in zip(found.data["tests"], found.tests, strict=True):
        half = slice(0, N // 2) if "a.csv" in words else slice(N // 2, N)
        assert test["scale"] == pytest.approx(own.scale[half][0])
        assert test["quiet"] == pytest.approx(robust(own.clean[half])[1])


def test_a_network_keeps_the_size_that_recordings_are_seen_at() -> None:
    own, weights = untrained(2)
    page = in_page(Playable("base", 2, 10.0, 20, replace(own, output_gain=3.0), weights), "it")
    assert (page["level"], page["inputGain"], page["outputGain"]) == (10.0, 1.0, 3.0), "no alpha is at work"


def test_recorded_pairs_have_one_level() -> None:
    found = played(study(None))
    assert found.data["levels"] == [(0.0, "as recorded")]
    assert {test["level"] for test in found.data["tests"]} == {0}
    assert found.tests[0].startswith("as recorded, a.csv at ")


def test_where_nobody_knows_the_clean_signals_no_network_is_played() -> None:
    known = study(5.0)
    unknown = replace(known, settings={**known.settings, "signals": []})
    assert len(playable(unknown)) == 0
    assert playground(unknown, [], {}, {}) is None


def test_the_page_is_whole_and_tells_what_is_left_out() -> None:
    own = study(0.0, 5.0, 10.0, depths=(2, 4, 6), n_parameters=MOST_BYTES // 4 // 2)
    report = recordings_report(own, {}, played(own))
    html = render_page(report, {})
    page = Page(html)
    assert page.open == []
    ids = [attributes["id"] for _, attributes in page.tags if "id" in attributes]
    assert len(ids) == len(set(ids))
    assert {label["for"] for label in page.all("label") if "for" in label} == {"play-times", "play-epoch"}
    assert not re.search(r"\b(nan|None|Undefined)\b", page.text)
    for said in (
        "1 variant of the study is left out.",
        "Of the noise levels, the page holds 5 dB.",
        "Of the depths, the page holds 2 and 6.",
    ):
        assert said in page.text
    assert "Play with it" not in render_markdown(report)
