import logging
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from io import BytesIO
from pathlib import Path
from threading import Thread
from typing import Any
from xml.etree import ElementTree

import matplotlib as mpl
import pandas as pd
import pytest
from matplotlib.font_manager import FontEntry, fontManager
from PIL import Image

from denoising.figures.catalogue import FIGURES
from denoising.figures.drawing import Drawing, preview, to_png, to_svg
from denoising.figures.style import DEFAULTS, RC, look, new_figure
from tasks.cache.sources import ROOT
from tests.denoising.figures.studies import make_study

STUDY = make_study()


def test_a_preview_is_small_and_keeps_the_proportions() -> None:
    png = to_png(FIGURES["recovered"](STUDY), dpi=150)
    small = preview(png)
    assert len(small) < 150_000
    with Image.open(BytesIO(png)) as before, Image.open(BytesIO(small)) as after:
        assert after.width == 720
        assert abs(after.height - before.height * 720 / before.width) <= 1


def test_drawing_leaves_the_global_look_alone() -> None:
    before = dict(mpl.rcParams)
    to_svg(FIGURES["comparison"](STUDY))
    assert dict(mpl.rcParams) == before


def test_threads_draw_what_one_draws() -> None:
    alone = to_svg(FIGURES["floor_distance"](STUDY))
    together: list[bytes] = []
    threads = [
        Thread(target=lambda: together.append(to_svg(FIGURES["floor_distance"](STUDY)))) for _ in range(3)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert together == [alone] * 3


@contextmanager
def other_settings() -> Iterator[None]:
    """Every setting of matplotlib is another than its default."""
    words = ["red", "serif", "bold", "dashed", "full", "hex", "o", "mm", "outward", (1, 2)]
    with mpl.rc_context():
        for name, value in DEFAULTS.items():
            others = [not value] if isinstance(value, bool) else words
            for other in [value * 3 + 1] if isinstance(value, float) else others:
                with suppress(Exception):
                    mpl.rcParams[name] = other
                if mpl.rcParams[name] != value:
                    break
        yield


def drawn() -> tuple[bytes, bytes]:
    drawing = FIGURES["recovered"](STUDY)
    return to_svg(drawing), to_png(drawing, dpi=40)


@pytest.fixture(scope="module")
def plain() -> tuple[bytes, bytes]:
    return drawn()


def test_a_users_settings_do_not_count(plain: tuple[bytes, bytes]) -> None:
    with other_settings():
        changed = [name for name, value in DEFAULTS.items() if mpl.rcParams[name] != value]
        assert len(changed) > len(DEFAULTS) / 2
        with look():
            assert {name: mpl.rcParams[name] for name in DEFAULTS} == DEFAULTS | RC
        assert drawn() == plain


SERIF = str(Path(mpl.get_data_path(), "fonts/ttf/DejaVuSerif.ttf"))
FONTS: dict[str, Any] = {
    "others of these names": [
        FontEntry(fname=file, name=name, weight=weight, size="scalable")
        for file in (SERIF, "/nowhere.ttf")
        for name in ("DejaVu Sans", "boxes")
        for weight in ("normal", "bold")
    ],
    "none": [],
    "nothing": None,
}


@pytest.mark.parametrize("fonts", FONTS)
def test_the_fonts_of_a_machine_do_not_count(
    fonts: str, plain: tuple[bytes, bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fontManager, "ttflist", FONTS[fonts])
    assert drawn() == plain
    assert fontManager.ttflist == FONTS[fonts]


@pytest.mark.parametrize(
    "words",
    ["电压", "مرحبا", "👩‍👩‍👧", "$a_{$", "\\", "%s{x}", "<b>&amp;", "\x00\x01\x1b[31m\t\r", "\U0010ffff"],
)
def test_all_words_can_be_drawn(words: str, caplog: pytest.LogCaptureFixture) -> None:
    with look():
        figure = new_figure(2)
        axes = figure.subplots()
        axes.set(xlabel=f"{words} and {words}", title=words)
        axes.text(0, 0, words, fontweight="bold")
    drawing = Drawing(figure, words, words, words, pd.DataFrame())
    with caplog.at_level(logging.WARNING):
        assert to_png(drawing, dpi=40).startswith(b"\x89PNG")
        ElementTree.fromstring(to_svg(drawing))
    assert not caplog.records


IMPORTS = """
from importlib import import_module
from pkgutil import walk_packages

from matplotlib.artist import Artist

made = []
Artist.__init__ = lambda artist: made.append(artist)
import denoising.figures, denoising.verdict.figures
for package in (denoising.figures, denoising.verdict.figures):
    for module in walk_packages(package.__path__, f"{package.__name__}."):
        import_module(module.name)
assert not made, made
"""


@pytest.mark.slow
def test_nothing_is_drawn_with_a_users_settings_while_figures_are_imported() -> None:
    done = subprocess.run([sys.executable, "-c", IMPORTS], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
