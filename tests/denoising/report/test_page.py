import re
from base64 import b64decode
from collections.abc import Mapping
from html.parser import HTMLParser
from itertools import pairwise
from typing import Any
from xml.etree import ElementTree

import pytest

from denoising.figures.catalogue import FIGURES
from denoising.figures.drawing import preview, to_png, to_svg
from denoising.report.markdown import render_markdown
from denoising.report.page import render
from denoising.study import Study
from tests.denoising.figures.studies import make_study

HOSTILE = "<script>alert('x')</script> | `&\n# \"quoted\""
VOID = {"meta", "link", "img", "br"}
FACTS: Mapping[str, Mapping[str, Any]] = {
    "Versions": {"python": "3.11.7"},
    "Run": {"seconds": 12.5, "commit": None},
}


class Page(HTMLParser):
    """Collects tags, checks that they nest."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.tags if name == tag]


def page_of(study: Study) -> str:
    drawings = {name: FIGURES[name](study) for name in ("comparison", "best_depth")}
    svgs = {name: to_svg(drawing) for name, drawing in drawings.items()}
    return render(study, drawings, svgs, FACTS)


@pytest.fixture(scope="module")
def html() -> str:
    return page_of(make_study(depths=(2, 4), alphas=(0.1, 0.4), failed={(4, 0.1, 0)}, reason=HOSTILE))


def test_the_page_is_well_formed(html: str) -> None:
    page = Page(html)
    assert page.open == []
    levels = [int(tag[1]) for tag, _ in page.tags if re.fullmatch("h[1-6]", tag)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))
    ids = [attributes["id"] for _, attributes in page.tags if "id" in attributes]
    assert len(ids) == len(set(ids))
    targets = {(link["href"] or "").removeprefix("#") for link in page.all("a")}
    assert targets <= set(ids)


def test_pictures_are_inside_and_described(html: str) -> None:
    images = Page(html).all("img")
    assert len(images) == 2
    for image in images:
        assert image["alt"]
        kind, _, content = (image["src"] or "").partition(",")
        assert kind == "data:image/svg+xml;base64"
        assert ElementTree.fromstring(b64decode(content)).tag.endswith("svg")


def test_the_page_asks_for_nothing(html: str) -> None:
    page = Page(html)
    for _, attributes in page.tags:
        for name in ("src", "href", "srcset", "data"):
            assert (attributes.get(name) or "#").startswith(("#", "data:"))
    assert not page.all("script")
    assert "@import" not in html
    assert "url(" not in html


def test_a_hostile_message_is_only_text(html: str) -> None:
    page = Page(html)
    assert "alert('x')" in page.text
    assert "1 of 4 cells failed" in page.text
    assert "depth 4 at alpha 0.1, seed 0" in page.text
    assert "<script" not in html


def test_the_page_tells_what_was_run(html: str) -> None:
    text = Page(html).text
    for said in ("batch_size", "0.001", "python", "3.11.7", "12.5", "formula"):
        assert said in text


def test_a_study_of_which_all_failed_has_a_page() -> None:
    page = Page(page_of(make_study(depths=(2,), alphas=(0.1,), failed=None)))
    assert "1 of 1 cells failed" in page.text
    assert "No cell was measured" in page.text


def test_markdown_has_the_words_and_the_pictures() -> None:
    study = make_study(depths=(2, 4), alphas=(0.1, 0.2), failed={(4, 0.1, 0)}, reason=HOSTILE)
    drawings = {"best_depth": FIGURES["best_depth"](study)}
    markdown = render_markdown(study, drawings, {"best_depth": preview(to_png(drawings["best_depth"], 100))})
    assert markdown.startswith("# Of the networks trained here, that of depth 2 has the lowest test MSE")
    assert "1 of 4 cells failed" in markdown
    assert "<script" not in markdown.replace(r"\<", "")
    assert not re.search(r"(?m)^# \"quoted", markdown)
    assert "| 0.1 | 2 | 0.0200 | **0.00600** | – |" in markdown
    (picture,) = re.findall(r"!\[[^\]]+\]\(data:image/png;base64,([^)]+)\)", markdown)
    assert b64decode(picture).startswith(b"\x89PNG")
