"""Figures as elements of a page."""

import re
from xml.etree import ElementTree

import pandas as pd
import pytest
from matplotlib.colors import to_rgb

from denoising.figures.drawing import Drawing, to_svg
from denoising.figures.style import INK, LineStyle, depth_styles, look, new_figure
from denoising.report.blocks import Picture
from denoising.report.inline import at_night, element, inlined

HOSTILE = '</svg><script>alert(\'#1f2328\')</script> & "quoted" url(#x) id="y"'


@look()
def drawing(words: str = "words", alt: str = "It shows.") -> Drawing:
    figures = []
    for width in (7.2, 3.4):
        figure = new_figure(2, width)
        axes = figure.subplots()
        axes.plot([0, 2], [0, 1], color="#bb3488", marker="o")
        axes.set(title=words, xlim=(0, 1))
        axes.fill_between([0, 1], 0, 1, hatch="////")
        figures.append(figure)
    return Drawing(figures[0], "A title", "A caption.", alt, pd.DataFrame(), figures[1])


def parsed(words: str = "words", alt: str = "It shows.") -> ElementTree.Element:
    own = drawing(words, alt)
    return ElementTree.fromstring(f"<div>{inlined(Picture('one', own, to_svg(own)))}</div>")


def test_a_figure_has_an_element_for_wide_screens_and_one_for_phones() -> None:
    wide, narrow = parsed()
    assert (wide.get("class"), narrow.get("class")) == ("wide", "narrow")
    boxes = [[float(number) for number in (part.get("viewBox") or "").split()] for part in (wide, narrow)]
    assert [round(box[2] / 72, 1) for box in boxes] == [7.2, 3.4]


def test_without_a_narrow_drawing_there_is_one_element() -> None:
    own = Drawing(drawing().figure, "A title", "A caption.", "It shows.", pd.DataFrame())
    (only,) = ElementTree.fromstring(f"<div>{inlined(Picture('one', own, to_svg(own)))}</div>")
    assert only.get("class") == "only"


def test_its_colours_are_those_of_the_page_by_day_and_by_night() -> None:
    text = str(inlined(Picture("one", (own := drawing()), to_svg(own))))
    styles = " ".join(re.findall(r'style="([^"]*)"', text))
    assert "var(--ink)" in styles
    assert "var(--page)" in styles
    assert f"light-dark(#bb3488, {at_night('#bb3488')})" in styles
    assert INK not in styles
    assert "#ffffff" not in styles
    assert "font-family" not in text
    assert "<style" not in text


@pytest.mark.parametrize("style", depth_styles(range(8)).values())
def test_lines_can_be_told_from_the_page_by_day_and_by_night(style: LineStyle) -> None:
    assert contrast(style.color, "#fbfbfa") >= 3
    assert contrast(at_night(style.color), "#14171b") >= 3


def contrast(colour: str, page: str) -> float:
    """That of WCAG 2."""
    low, high = sorted((luminance(colour), luminance(page)))
    return (high + 0.05) / (low + 0.05)


def luminance(colour: str) -> float:
    parts = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in to_rgb(colour)]
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]


def test_names_inside_are_used_and_of_this_element_alone() -> None:
    for part in parsed():
        prefix = f"one-{part.get('class')}-"
        ids = [own for each in part.iter() if (own := each.get("id"))]
        text = ElementTree.tostring(part, encoding="unicode")
        targets = re.findall(r'url\(#([^)]*)\)|href="#([^"]*)"', text)
        assert ids
        assert all(own.startswith(prefix) for own in ids)
        assert {one or other for one, other in targets} == set(ids)


def test_what_leaves_a_panel_is_cut_off() -> None:
    for part in parsed():
        clips = {each.get("id") for each in part.iter("clipPath")}
        lines = [each for each in part.iter("path") if "#bb3488" in (each.get("style") or "")]
        assert any((line.get("clip-path") or "")[5:-1] in clips for line in lines)


def test_words_of_a_user_stay_words() -> None:
    for part in parsed(words=HOSTILE, alt=HOSTILE):
        assert part.get("aria-label") == HOSTILE
        assert HOSTILE in ["".join(text.itertext()) for text in part.iter("text")]
        assert not list(part.iter("script"))


def test_the_same_figure_gives_the_same_element() -> None:
    svg = to_svg(drawing())
    assert element(svg, "one", "It shows.", "wide") == element(svg, "one", "It shows.", "wide")
