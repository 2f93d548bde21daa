"""The figures, the page and the Markdown of a verdict."""

import re
from base64 import b64decode
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import cache
from xml.etree import ElementTree

import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure

from denoising.figures.drawing import PLACES, Drawing, preview, to_png, to_svg
from denoising.figures.style import WIDTH
from denoising.report.blocks import Picture
from denoising.report.page import render_markdown, render_page
from denoising.verdict.account import verdict_report
from denoising.verdict.answer import QUESTION, answer
from denoising.verdict.cells import Candidate, between
from denoising.verdict.claims import judge
from denoising.verdict.design import DESIGNS, rate_name
from denoising.verdict.evidence import Evidence
from denoising.verdict.figures.catalogue import BEHIND, FIGURES, OF_FURTHER_ARMS, OVERVIEW, figures_of
from denoising.verdict.figures.claim_forests import SIGNS
from denoising.verdict.figures.effects import TUNED, depth_effects
from tests.denoising.report.test_page import FACTS, Page, digest, ours
from tests.denoising.verdict.evidences import make_evidence, noisier
from tests.denoising.verdict.probed import probed

UNFILLED = re.compile(r"\b(nan|None|inf|NaN|NaT|\{\w*\})\b")
FAILED = {("base", 2, 0.2, seed) for seed in range(12)} | {("plain_latent_axis_32", 2, 0.5, 0)}
EVIDENCE: Mapping[str, Callable[[], Evidence]] = {
    "default": lambda: probed(make_evidence()),
    "quick": lambda: probed(make_evidence(design=DESIGNS["quick"])),
    "full": lambda: make_evidence(design=DESIGNS["full"]),
    "some failed": lambda: probed(make_evidence(failed=FAILED)),
    "noisy": lambda: noisier(make_evidence(), 25.0),
    "all failed": lambda: make_evidence(failed=None),
}


@cache
def evidence_of(which: str) -> Evidence:
    return EVIDENCE[which]()


@pytest.mark.parametrize("name", FIGURES)
@pytest.mark.parametrize("which", ["default", "quick", "some failed", "all failed"])
def test_every_figure_draws(which: str, name: str) -> None:
    evidence = evidence_of(which)
    drawing = FIGURES[name](evidence)
    assert to_png(drawing, dpi=40).startswith(b"\x89PNG")
    assert drawing.title
    assert not drawing.title.endswith(".")
    assert drawing.caption.endswith(".")
    assert drawing.alt.endswith(".")
    assert not UNFILLED.search(drawing.title + drawing.caption + drawing.alt)
    assert drawing.figure.get_figwidth() == WIDTH
    assert not any(isinstance(value, np.ndarray) for column in drawing.data for value in drawing.data[column])


def test_the_same_drawing_gives_the_same_svg() -> None:
    svgs = [to_svg(FIGURES["claims"](evidence_of("default"))) for _ in range(2)]
    assert svgs[0] == svgs[1]
    ElementTree.fromstring(svgs[0])


def test_no_bound_of_a_panel_is_finer_than_the_layout_can_tell() -> None:
    drawing = FIGURES["filters"](evidence_of("default"))
    to_svg(drawing)
    for axes in drawing.figure.axes:
        bounds = axes.get_position().get_points()
        assert (bounds == bounds.round(PLACES)).all()


EMPTY_SVG = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1"/>'


def pictures_of(evidence: Evidence, shown: Mapping[str, bytes]) -> dict[str, Picture]:
    """The figures of a study with nothing in them; `shown` are the previews of some."""
    nothing = Figure(), "A title", "A caption."
    drawings = {name: Drawing(*nothing, f"It shows {name}.", pd.DataFrame()) for name in figures_of(evidence)}
    return {name: Picture(name, drawing, EMPTY_SVG, shown.get(name)) for name, drawing in drawings.items()}


def make_page(evidence: Evidence) -> str:
    return render_page(verdict_report(evidence, pictures_of(evidence, {})), FACTS)


def make_markdown(evidence: Evidence, **shown: bytes) -> str:
    return render_markdown(verdict_report(evidence, pictures_of(evidence, shown)))


@cache
def page_of(which: str) -> str:
    return make_page(evidence_of(which))


@pytest.mark.parametrize("which", EVIDENCE)
def test_the_page_tells_every_claim_and_leaves_nothing_unfilled(which: str) -> None:
    evidence = evidence_of(which)
    page = Page(page_of(which))
    assert not page.open
    assert QUESTION in page.text
    for claim in judge(evidence):
        assert f"Claim {claim.number}." in page.text
        assert claim.statement in page.text
    body = page.text.partition("</style>")[2] or page.text
    assert not UNFILLED.search(body)
    ids = [attributes["id"] for _, attributes in page.tags if "id" in attributes]
    assert len(ids) == len(set(ids))
    for link in page.all("a"):
        assert link["href"] is not None
        assert "download" in link or link["href"].removeprefix("#") in ids
    for _, attributes in page.tags:
        for name in ("aria-labelledby", "aria-describedby"):
            assert attributes.get(name) in (None, *ids)


def test_the_page_needs_nothing_but_itself() -> None:
    html = page_of("default")
    assert "default-src 'none'" in html
    assert not re.search(r"""(?:src|href)=["'](?!data:|#)""", html)
    page = Page(html)
    assert [digest(source) for _, source in page.scripts] == ours("tables.js") == page.allowed_scripts()


def test_the_numbers_behind_every_figure_can_be_downloaded() -> None:
    for which, left_out in {"default": {OVERVIEW, *OF_FURTHER_ARMS}, "full": {OVERVIEW}}.items():
        shown = [name for name in FIGURES if name not in left_out]
        links = [link["download"] for link in Page(page_of(which)).all("a") if "download" in link]
        assert sorted(map(str, links)) == sorted(f"{name}.csv" for name in shown)


def test_badges_are_those_of_the_claims() -> None:
    page = Page(page_of("default"))
    badges = [a["class"] for a in page.all("span") if (a.get("class") or "").startswith("badge")]
    expected = [f"badge {claim.verdict.replace(' ', '-')}" for claim in judge(evidence_of("default"))]
    assert badges == expected * 2


def test_every_claim_has_its_figure_beside_it_and_all_others_stand_once_in_the_order_of_the_catalogue() -> (
    None
):
    html = page_of("full")
    shown = re.findall(r'<svg [^>]*aria-label="It shows ([^"]*)\."', html)
    of_claims = [f"claim_{claim.number}" for claim in judge(evidence_of("full"))]
    others = [name for name in FIGURES if name not in {OVERVIEW, *of_claims}]
    assert shown == [*of_claims, *others]
    for claim, section in zip(
        judge(evidence_of("full")), html.split('<section class="claim"')[1:], strict=True
    ):
        own = section.partition("</section>")[0]
        assert claim.statement in own
        assert f'aria-label="It shows claim_{claim.number}."' in own
        behind = re.findall(r'href="#figure-([^"]*)"', own)
        assert behind == ([BEHIND[claim.number]] if claim.number in BEHIND else [])


def test_the_figure_of_a_claim_holds_its_contrasts_and_no_other() -> None:
    evidence = evidence_of("default")
    every = FIGURES[OVERVIEW](evidence).data
    for claim in judge(evidence):
        drawing = FIGURES[f"claim_{claim.number}"](evidence)
        assert drawing.data.equals(every[every["claim"] == claim.number].reset_index(drop=True))
        means = [line for axes in drawing.figure.axes for line in axes.lines if line.get_gid() == "mean"]
        assert sorted(float(line.get_xdata()[0]) for line in means) == sorted(drawing.data["effect_db"])


def test_all_claims_have_one_scale_on_which_what_supports_them_lies_in_the_shade() -> None:
    evidence = evidence_of("default")
    limits = set()
    for claim in judge(evidence):
        (axes,) = FIGURES[f"claim_{claim.number}"](evidence).figure.axes
        limits.add(axes.get_xlim())
        (shade,) = [patch for patch in axes.patches if patch.get_gid() == "support"]
        low, high = shade.get_extents().transformed(axes.transData.inverted()).intervalx
        for finding in claim.findings:
            found = finding.estimate
            if finding.verdict in ("supported", "refuted"):
                inside = low <= (found.low or 0) <= (found.high or 0) <= high
                assert inside == (finding.verdict == "supported")
    assert len(limits) == 1


def test_verdicts_are_told_by_more_than_a_colour() -> None:
    evidence = evidence_of("noisy")
    for claim in judge(evidence):
        (axes,) = FIGURES[f"claim_{claim.number}"](evidence).figure.axes
        told = " ".join(text.get_text() for text in axes.texts).split()
        signs = [SIGNS[finding.verdict] for finding in claim.findings]
        assert sorted(sign for sign in told if sign in SIGNS.values()) == sorted(signs)


def test_the_tuned_rate_is_the_best_at_equal_seeds() -> None:
    full = evidence_of("full")
    tuned = next(e for e in depth_effects(full) if e.what == TUNED and e.alpha == 0.2)
    deep, shallow = (Candidate(rate_name(10), depth) for depth in (8, 2))
    assert tuned.estimate.n == len(full.design.further_seeds) < len(full.design.seeds)
    assert tuned.estimate.db == between(full, deep, shallow, 0.2).median()


def test_an_effect_of_depth_has_an_interval_if_it_is_a_contrast_of_a_claim() -> None:
    full = evidence_of("full")
    every = [finding.estimate.db for claim in judge(full) for finding in claim.findings]
    decided = {round(abs(db), 9) for db in every if db is not None}
    for effect in depth_effects(full):
        assert effect.estimate.db is not None
        assert (round(abs(effect.estimate.db), 9) in decided) == (effect.estimate.low is not None)


def test_failed_cells_are_named_with_their_reason() -> None:
    page = Page(page_of("some failed"))
    assert re.search(r"13 of [\d,]+ cells failed", page.text)
    assert "as the original ran it, depth 2 at alpha 0.2, seed 0" in page.text
    assert "the loss is not finite" in page.text


def test_a_hostile_reason_is_only_text() -> None:
    evidence = evidence_of("some failed")
    failure = evidence.results["failure"].where(evidence.results["failure"].isna(), "<script>x</script>")
    hostile = replace(evidence, results=evidence.results.assign(failure=failure))
    page = Page(make_page(hostile))
    assert "<script>x</script>" in page.text
    assert [digest(source) for _, source in page.scripts] == ours("tables.js")
    assert "<script" not in make_markdown(hostile).replace(r"\<", "")


@pytest.mark.parametrize("which", EVIDENCE)
def test_the_markdown_tells_every_claim_with_its_numbers(which: str) -> None:
    evidence = evidence_of(which)
    markdown = make_markdown(evidence, transfer=preview(to_png(FIGURES["transfer"](evidence), 60)))
    assert markdown.startswith(f"# {QUESTION}")
    plain = markdown.replace("\\", "")
    assert answer(judge(evidence)) in plain
    for claim in judge(evidence):
        assert f"## {claim.number}. {claim.statement}: {claim.verdict}" in plain
    (picture,) = re.findall(r"!\[[^\]]+\]\(data:image/png;base64,([^)]+)\)", markdown)
    assert b64decode(picture).startswith(b"\x89PNG")
    assert not UNFILLED.search(re.sub(r"base64,[^)]+", "", markdown))
