"""What holds for every figure."""

from collections.abc import Mapping
from xml.etree import ElementTree

import matplotlib as mpl
import numpy as np
import pytest
from matplotlib.figure import Figure
from matplotlib.text import Text

from denoising.figures.catalogue import FIGURES, figures_of
from denoising.figures.drawing import Drawing, to_png, to_svg
from denoising.figures.style import SMALL, WIDTH
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
    assert drawing.figure.get_figwidth() == WIDTH
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
    svg = to_svg(FIGURES[name](study))
    assert svg == to_svg(FIGURES[name](study))
    root = ElementTree.fromstring(svg)
    texts = ["".join(text.itertext()) for text in root.iter("{http://www.w3.org/2000/svg}text")]
    assert any("alpha" in text or "depth" in text for text in texts)
    assert b"dc:date" not in svg


@pytest.mark.parametrize("name", sorted(MEASURED))
def test_failed_cells_are_named(name: str) -> None:
    assert "depth 4 at alpha 0.4, seed 1" in FIGURES[name](STUDIES["some failed"]).caption
    assert "Every cell failed" in FIGURES[name](STUDIES["all failed"]).caption


@pytest.mark.parametrize("name", FIGURES)
def test_type_is_readable_and_inside_the_page(name: str) -> None:
    alphas = (0, 0.05, 0.1, 0.2, 0.3, 0.5, 0.7, 0.9, 1)
    study = make_study(depths=(1, 2, 4, 8), alphas=alphas, epochs=3, length=64, signals="pictures")
    assert_type_is_readable_and_inside(FIGURES[name](study).figure)


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
    looks = [
        look_of(FIGURES[name](study)) for name in ("training", "comparison", "recovered", "noise_removed")
    ]
    assert set(looks[0]) == {"depth 2", "depth 8"}
    assert all(look == looks[0] for look in looks)


def look_of(drawing: Drawing) -> dict[str, tuple[object, ...]]:
    figure = drawing.figure
    legends = [*figure.legends, *(axes.get_legend() for axes in figure.axes)]
    return {
        text.get_text(): (line.get_color(), line.get_marker(), line.get_linestyle())
        for legend in legends
        if legend
        for line, text in zip(legend.get_lines(), legend.get_texts(), strict=False)
        if text.get_text().startswith("depth")
    }
