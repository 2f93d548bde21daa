"""What the playground of a page holds."""

import json
import re
from base64 import b64decode
from dataclasses import replace
from urllib.parse import parse_qs

import numpy as np
import pytest

from denoising.figures.catalogue import figures_of
from denoising.figures.drawing import to_svg
from denoising.figures.wording import number
from denoising.networks.training import N_MILESTONES
from denoising.report.blocks import Picture, Playground
from denoising.report.page import render_markdown, render_page
from denoising.report.playground.held import MOST_BYTES, MOST_NETWORKS, n_early_epochs
from denoising.report.playground.of_sinusoids import network_styles, playable, playground
from denoising.report.sweep import sweep_report
from denoising.report.templates import SOURCES, digest
from denoising.study.results import Study
from tests.denoising.figures.studies import make_study, make_variants
from tests.denoising.report.plays import played, trained, with_waves
from tests.denoising.report.test_page import Page

PLACE = ["depth", "alpha"]


def places(study: Study) -> list[tuple[int, float]]:
    return sorted(playable(study)[PLACE].itertuples(index=False, name=None))


def with_numbers(study: Study, each: int) -> Study:
    return replace(study, results=study.results.assign(n_parameters=each))


def test_all_networks_of_a_default_study_are_played_with_what_they_learned_on_the_way() -> None:
    study = make_study()
    assert len(playable(study)) == len(study.results) == 16
    whole = with_numbers(study, 102_160 // 16)
    assert len(playable(whole)) == 16
    assert n_early_epochs(playable(whole)) == N_MILESTONES - 1


def test_of_large_networks_fewer_are_played_and_the_page_says_which() -> None:
    study = make_study(alphas=(0.1, 0.2, 0.3, 0.4, 0.5), depths=(2, 4, 6, 8))
    whole = MOST_BYTES // 4
    assert len(places(with_numbers(study, whole // 20))) == 20
    three = places(with_numbers(study, whole // 12))
    assert {alpha for _, alpha in three} == {0.1, 0.3, 0.5}
    assert {depth for depth, _ in three} == {2, 4, 6, 8}
    two = places(with_numbers(study, whole // 6))
    assert {depth for depth, _ in two} == {2, 8}
    assert len(places(with_numbers(study, whole))) == 1
    assert places(with_numbers(study, whole + 1)) == [], "not even one has room"
    long = replace(study, settings={**study.settings, "signal_length": 4096})
    assert places(long) == []
    assert n_early_epochs(playable(with_numbers(study, whole))) == 0
    assert n_early_epochs(playable(with_numbers(study, whole // 40))) == 3
    fewer = with_waves(with_numbers(study, whole // 6))
    notes = " ".join(played(fewer).notes)
    assert "Of the noise levels, the page holds 0.1, 0.3 and 0.5." in notes
    assert "Of the depths, the page holds 2 and 8." in notes


def test_one_seed_is_played_and_variants_with_the_same_signals() -> None:
    seeds = make_study(depths=(2, 4), alphas=(0.1,), seeds=(0, 1), failed={(2, 0.1, 0)})
    assert playable(seeds)["seed"].tolist() == [0], "what failed cannot be played"
    study = make_variants(
        {"base": {}, "epochs=9": {"epochs": 9}, "signals=pictures": {"signals": "pictures"}},
        depths=(2, 4), alphas=(0.1, 0.4),
    )  # fmt: skip
    assert set(playable(study)["variant"]) == {"base", "epochs=9"}
    assert "1 variant of the study is left out." in played(with_waves(study)).notes
    many = make_variants({"base": {}, **{f"epochs={n}": {"epochs": n} for n in range(1, 9)}}, alphas=(0.1,))
    assert len(playable(many)) <= MOST_NETWORKS


def test_no_two_networks_look_alike() -> None:
    two = make_variants({"base": {}, "channels=4": {"channels": 4}}, depths=(2, 4), alphas=(0.1,))
    three = make_variants({f"channels={n}": {"channels": n} for n in (4, 8, 16)}, depths=(2,), alphas=(0.1,))
    for study in (two, three):
        styles = network_styles(study).values()
        assert len({(style.color, str(style.linestyle)) for style in styles}) == len(styles)


def test_it_begins_with_a_test_signal_and_its_errors_as_the_study_has_them() -> None:
    study = with_waves(make_study(depths=(2, 4), alphas=(0.1, 0.3, 0.4)))
    found = played(study)
    start = found.data["start"]
    test = found.data["tests"][start["test"]]
    assert (start["alpha"], found.tests[start["test"]]) == (0.3, "alpha 0.3, median noise")
    assert np.allclose(np.frombuffer(b64decode(test["noisy"]), "<f4"), found.noisy, atol=1e-6)
    rows = {row.name: row for row in found.rows}
    assert list(rows) == ["depth 2", "depth 4", "savitzky_golay", "linear_mmse", "bayes"]
    for depth in (2, 4):
        (example,) = study.examples.query(
            "rule == 'noisy' and percentile == 50 and alpha == 0.3 and depth == @depth"
        ).to_dict("records")
        mse = float(np.mean((example["denoised"] - example["clean"]) ** 2))
        assert rows[f"depth {depth}"].mse == number(mse)
        assert rows[f"depth {depth}"].start is example["denoised"]
    assert rows["bayes"].beside == "+0.0 dB"
    assert (rows["savitzky_golay"].start, rows["savitzky_golay"].mse) == (None, "–")


def test_every_error_of_the_best_depths_leads_to_its_network() -> None:
    study = with_waves(make_study(depths=(2, 4), alphas=(0.1, 0.3)))
    found = played(study)
    (table,) = [block.table for block in sweep_report(study, {}, found).blocks if block.name == "best"]
    assert len(table.links) == 4
    for (row, column), link in table.links.items():
        anchor, _, asked = link.partition("?")
        assert anchor == "#play"
        assert parse_qs(asked) == {"level": [table.rows[row][0]], "show": [table.columns[column], "bayes"]}


def test_the_page_is_whole_and_its_scripts_are_ours() -> None:
    hostile = "</script><script>alert(1)</script>"
    study = with_waves(make_study(depths=(2, 4), alphas=(0.1, 0.3)))
    study = replace(study, settings={**study.settings, "preset": hostile})
    html = render_page(sweep_report(study, {}, played(study, N_MILESTONES - 1)), {})
    page = Page(html)
    assert page.open == []
    assert html == render_page(sweep_report(study, {}, played(study, N_MILESTONES - 1)), {})
    run = [digest(SOURCES[name]) for name in (*Playground.scripts, "tables.js")]
    assert [digest(source) for kind, source in page.scripts if kind is None] == run == page.allowed_scripts()
    (data,) = [json.loads(source) for kind, source in page.scripts if kind]
    assert len(data["networks"]) == 4
    assert [one["epoch"] for one in data["networks"][0]["milestones"]] == [0, 1, 2, 3]
    ids = [attributes["id"] for _, attributes in page.tags if "id" in attributes]
    assert len(ids) == len(set(ids))
    labelled = {label["for"] for label in page.all("label") if "for" in label}
    assert labelled == {"play-f1", "play-f2", "play-alpha", "play-epoch"} <= set(ids)
    assert not re.search(r"\b(nan|None|Undefined)\b", page.text)
    assert "Play with it" not in render_markdown(sweep_report(study, {}, played(study)))


def test_the_page_of_a_default_study_stays_below_four_megabytes() -> None:
    study = with_waves(make_study())
    drawings = {name: draw(study) for name, draw in figures_of(study).items()}
    pictures = {name: Picture(name, drawing, to_svg(drawing)) for name, drawing in drawings.items()}
    html = render_page(sweep_report(study, pictures, played(study, N_MILESTONES - 1, channels=16)), {})
    assert 1_500_000 < len(html.encode()) < 4_000_000


@pytest.mark.parametrize("signals", ["formula", "pictures"])
def test_the_sliders_reach_as_far_as_the_frequencies_of_the_family(signals: str) -> None:
    study = with_waves(make_study(depths=(2,), alphas=(0.1,), signals=signals))
    page = Page(render_page(sweep_report(study, {}, played(study)), {}))
    sliders = {one["id"]: one for one in page.all("input") if one["type"] == "range"}
    reach = float(sliders["play-f1"]["min"] or "nan"), float(sliders["play-f1"]["max"] or "nan")
    expected = (0.5, 2.5) if signals == "formula" else (2 * np.pi, 6 * np.pi)
    assert reach == pytest.approx(expected, abs=0.006)


def test_what_has_no_networks_or_no_signals_has_no_playground() -> None:
    study = with_waves(make_study(depths=(2,), alphas=(0.1,)))
    assert playground(study, [], {}) is None
    empty = replace(study, examples=study.examples[:0])
    assert playground(empty, [trained("base", 2, 0.1)], {}) is None


def test_where_there_is_no_noise_or_nothing_else_there_is_nothing_to_play_with() -> None:
    assert {alpha for _, alpha in places(make_study(depths=(2,), alphas=(0, 0.5, 1)))} == {0.5}
    assert places(make_study(depths=(2,), alphas=(0,))) == []


def test_variants_of_other_signals_leave_no_trace() -> None:
    study = make_variants(
        {"base": {}, "signal_length=64": {"signal_length": 64}}, depths=(2, 4), alphas=(0.1,),
        scales={"signal_length=64": 0.1},
    )  # fmt: skip
    study = with_waves(study)
    found = played(study)
    assert found.data["length"] == len(found.clean) == len(found.noisy) == 256
    lines = [row.start for row in found.rows if row.start is not None]
    assert {len(line) for line in lines} == {256}
    assert [row.name for row in found.rows if row.shown] == ["depth 2, base", "depth 4, base", "bayes"]


def test_the_epochs_are_those_of_all_variants() -> None:
    study = make_variants({"base": {}, "epochs=9": {"epochs": 9}}, depths=(2,), alphas=(0.1,))
    assert played(with_waves(study), 3).data["epochs"] == [0, 1, 2, 49]
    assert played(with_waves(study)).data["epochs"] == []


def test_a_noise_level_is_linked_to_with_all_its_digits() -> None:
    alpha = 0.2402530733520421
    (link,) = played(with_waves(make_study(depths=(2,), alphas=(alpha,)))).links.values()
    assert float(parse_qs(link.partition("?")[2])["level"][0]) == alpha
