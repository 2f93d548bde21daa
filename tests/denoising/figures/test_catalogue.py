"""What holds for every figure."""

from collections.abc import Mapping
from itertools import combinations
from xml.etree import ElementTree

import matplotlib as mpl
import numpy as np
import pytest
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.text import Annotation, Text

from denoising.figures.catalogue import FIGURES, figures_of
from denoising.figures.drawing import to_png, to_svg
from denoising.figures.style import NARROW, SMALL, WIDTH, depth_styles
from denoising.study.results import Study
from tests.denoising.figures.studies import make_study

STUDIES: Mapping[str, Study] = {
    "one seed": make_study(depths=(2, 8), alphas=(0.1, 0.4), epochs=8),
    "one of everything": make_study(depths=(1,), alphas=(0.3,), epochs=1, length=31),
    "no noise and nothing but noise": make_study(
        depths=(2, 3), alphas=(0, 0.5, 1), seeds=(0, 1), epochs=4, length=64
    ),
    "some failed": make_study(
        depths=(2, 4),
        alphas=(0.1, 0.4),
        seeds=(0, 1),
        epochs=4,
        length=64,
        failed={(2, 0.1, 0), (4, 0.4, 0), (4, 0.4, 1)},
        signals="pictures",
    ),
    "no baselines": make_study(depths=(2, 4), alphas=(0.1, 0.4), epochs=4, baselines=()),
    "all failed": make_study(depths=(2, 4), alphas=(0.1, 0.4), epochs=4, failed=None),
}
MEASURED = set(FIGURES) - {"samples", "architecture", "original"}


@pytest.mark.parametrize(("study", "name"), [(s, name) for s in STUDIES for name in figures_of(STUDIES[s])])
def test_every_figure_draws(study: str, name: str) -> None:
    with mpl.rc_context({"figure.dpi": 7}):  # of a user, which counts for no figure
        drawing = FIGURES[name](STUDIES[study])
    assert drawing.figure.dpi == 100
    assert not [text for text in drawing.figure.findobj(Text) if "$" in str(text)]
    assert to_png(drawing, dpi=40).startswith(b"\x89PNG")
    assert drawing.title
    assert not drawing.title.endswith(".")
    assert drawing.caption.endswith(".")
    assert drawing.alt.endswith(".")
    assert drawing.narrow is not None
    assert to_svg(drawing, narrow=True) != to_svg(drawing)
    assert (drawing.figure.get_figwidth(), drawing.narrow.get_figwidth()) == (WIDTH, NARROW)
    assert not any(drawing.data[column].map(is_array).any() for column in drawing.data)


def is_array(value: object) -> bool:
    return isinstance(value, np.ndarray)


def test_the_original_is_drawn_beside_what_can_be_compared_with_it() -> None:
    assert "original" in figures_of(make_study(signals="pictures", epochs=2))
    assert "original" not in figures_of(make_study(signals="formula", epochs=2))
    assert "original" not in figures_of(make_study(signals="pictures", alphas=(0.5,), epochs=2))


@pytest.mark.parametrize("name", FIGURES)
def test_svg_is_the_same_twice_and_its_text_is_text(name: str) -> None:
    study = STUDIES["some failed"]
    svg, narrow = drawn(name, study)
    assert (svg, narrow) == drawn(name, study)
    root = ElementTree.fromstring(svg)
    texts = ["".join(text.itertext()) for text in root.iter("{http://www.w3.org/2000/svg}text")]
    assert any("alpha" in text or "Depth" in text or "depth" in text for text in texts)
    assert b"dc:date" not in svg


def drawn(name: str, study: Study) -> tuple[bytes, bytes]:
    drawing = FIGURES[name](study)
    return to_svg(drawing), to_svg(drawing, narrow=True)


@pytest.mark.parametrize("name", sorted(MEASURED))
def test_failed_cells_are_named(name: str) -> None:
    assert "depth 4 at alpha 0.4, seed 1" in FIGURES[name](STUDIES["some failed"]).caption
    assert "Every cell failed" in FIGURES[name](STUDIES["all failed"]).caption


@pytest.mark.parametrize("name", FIGURES)
def test_type_is_readable_and_inside_the_page(name: str) -> None:
    alphas = (0, 0.05, 0.1, 0.2, 0.3, 0.5, 0.7, 0.9, 1)
    study = make_study(depths=(1, 2, 4, 8), alphas=alphas, epochs=3, length=64, signals="pictures")
    drawing = FIGURES[name](study)
    assert_type_is_readable_and_inside(drawing.figure)
    assert drawing.narrow is not None
    assert_type_is_readable_and_inside(drawing.narrow)


def assert_type_is_readable_and_inside(figure: Figure) -> None:
    figure.draw_without_rendering()
    labels = {label for axes in figure.axes for label in (*axes.get_xticklabels(), *axes.get_yticklabels())}
    for text in figure.findobj(Text):
        assert isinstance(text, Text)
        assert float(text.get_fontsize()) >= SMALL, text
        box = text.get_window_extent()
        if text.get_text() and text not in labels and is_shown(text):
            assert -1 <= box.x0 <= box.x1 <= figure.bbox.width + 1, text
            assert -1 <= box.y0 <= box.y1 <= figure.bbox.height + 1, text


def is_shown(text: Text) -> bool:
    return text.get_visible() and (text.axes is None or text.axes.get_visible())


def test_depths_look_the_same_in_every_figure() -> None:
    study = STUDIES["one seed"]
    styles = depth_styles([2, 8])
    for name in ("comparison", "spectra", "architecture"):
        for depth, style in styles.items():
            (line,) = lines_of(FIGURES[name](study).figure, f"depth {depth}")
            assert line.get_color() == style.color, name
    trained = lines_of(FIGURES["training"](study).figure, "train")
    assert {line.get_color() for line in trained} == {style.color for style in styles.values()}


def test_the_lines_of_a_figure_differ_by_more_than_their_colour() -> None:
    for name in ("comparison", "spectra"):
        figure = FIGURES[name](STUDIES["one seed"]).figure
        lines = [line for depth in (2, 8) for line in lines_of(figure, f"depth {depth}")]
        assert len({(line.get_linestyle(), line.get_marker()) for line in lines}) == 2


@pytest.mark.parametrize("name", ["comparison", "spectra", "training", "original", "architecture"])
def test_names_beside_lines_do_not_overlap(name: str) -> None:
    drawing = FIGURES[name](make_study(signals="pictures", epochs=5))
    for figure in (drawing.figure, drawing.narrow):
        assert figure is not None
        figure.draw_without_rendering()
        for axes in figure.axes:
            names = [text for text in axes.texts if isinstance(text, Annotation)]
            assert len(names) >= 4
            boxes = [Text.get_window_extent(text) for text in names]
            assert not any(one.overlaps(other) for one, other in combinations(boxes, 2))


def lines_of(figure: Figure, gid: str) -> list[Line2D]:
    return [line for axes in figure.axes for line in axes.lines if line.get_gid() == gid]
