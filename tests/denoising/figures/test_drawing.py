from io import BytesIO
from threading import Thread

import matplotlib as mpl
from PIL import Image

from denoising.figures.catalogue import FIGURES
from denoising.figures.drawing import preview, to_png, to_svg
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
    alone = to_svg(FIGURES["best_depth"](STUDY))
    together: list[bytes] = []
    threads = [Thread(target=lambda: together.append(to_svg(FIGURES["best_depth"](STUDY)))) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert together == [alone] * 3
