import gzip
import os
import re
import shutil
import subprocess
import sys
from base64 import b64decode, b64encode
from collections.abc import Mapping
from dataclasses import replace
from hashlib import sha256
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from denoising.figures.catalogue import FIGURES
from denoising.figures.drawing import preview, to_png, to_svg
from denoising.report import downloads
from denoising.report.blocks import MOST_AT_ONCE, MOST_ROWS, ROWS_OF_PAGE, Picture, Section, Table
from denoising.report.page import render_markdown, render_page
from denoising.report.sweep import sweep_report
from denoising.study.results import Study
from tests.denoising.figures.studies import REASON, make_study

HOSTILE = "<script>alert('x')</script> | `&\n# \"quoted\""
VOID = {"meta", "link", "img", "br", "input"}
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
        self.scripts: list[tuple[str | None, str]] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)
        if tag == "script":
            self.scripts.append((dict(attrs).get("type"), ""))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open[-1:] == ["script"]:
            kind, source = self.scripts[-1]
            self.scripts[-1] = kind, source + data
        elif self.open[-1:] != ["style"]:
            self.text += data

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.tags if name == tag]

    def allowed_scripts(self) -> list[str]:
        """Digests of the scripts that its policy lets run."""
        (policy,) = [meta["content"] or "" for meta in self.all("meta") if "http-equiv" in meta]
        assert policy.startswith("default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src ")
        return re.findall(r"'sha256-([^']+)'", policy.partition("script-src")[2])


def digest(source: str) -> str:
    return b64encode(sha256(source.encode()).digest()).decode()


def ours(*files: str) -> list[str]:
    """Digests of scripts as they lie in the package."""
    return [digest((Path(downloads.__file__).parent / file).read_text(encoding="utf-8")) for file in files]


def page_of(study: Study) -> str:
    drawings = {name: FIGURES[name](study) for name in ("comparison", "floor_distance")}
    pictures = {name: Picture(name, drawing, to_svg(drawing)) for name, drawing in drawings.items()}
    return render_page(sweep_report(study, pictures), FACTS)


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
    targets = {link["href"] or "" for link in page.all("a") if "download" not in link}
    assert targets <= {f"#{name}" for name in ids}


def test_pictures_are_inside_and_described_for_wide_screens_and_for_phones(html: str) -> None:
    page = Page(html)
    assert not page.all("img")
    images = page.all("svg")
    assert [image["class"] for image in images] == ["wide", "narrow"] * 2
    assert all(image["role"] == "img" and image["aria-label"] for image in images)


def test_the_page_asks_for_nothing(html: str) -> None:
    page = Page(html)
    for _, attributes in page.tags:
        for name in ("src", "href", "srcset", "data"):
            assert (attributes.get(name) or "#").startswith(("#", "data:"))
    assert "@import" not in html
    assert "url(" not in html.replace("url(#", "")


def test_a_hostile_message_is_only_text(html: str) -> None:
    page = Page(html)
    assert "alert('x')" in page.text
    assert "1 of 4 cells failed" in page.text
    assert "depth 4 at alpha 0.1, seed 0" in page.text


def test_the_only_scripts_that_may_run_are_ours(html: str) -> None:
    page = Page(html)
    run = [digest(source) for kind, source in page.scripts if kind is None]
    assert run == ours("tables.js")
    assert page.allowed_scripts() == run
    assert not [name for _, attributes in page.tags for name in attributes if name.startswith("on")]


def test_the_same_study_gives_the_same_page(html: str) -> None:
    again = make_study(depths=(2, 4), alphas=(0.1, 0.4), failed={(4, 0.1, 0)}, reason=HOSTILE)
    assert page_of(again) == html


def test_every_cell_has_a_row_that_can_be_linked_to(html: str) -> None:
    page = Page(html)
    rows = [row["id"] for row in page.all("tr") if "id" in row]
    assert rows == [f"cell-depth={depth},alpha={alpha},seed=0" for depth in (2, 4) for alpha in (0.1, 0.4)]
    linked = [link for link in page.all("a") if (link["href"] or "").startswith("#cell-")]
    assert [link["href"] for link in linked] == [f"#{row}" for row in rows]
    assert linked[2]["aria-label"] == "depth 4 at alpha 0.1, seed 0"


@pytest.mark.parametrize(("large", "suffix"), [(10**9, ".csv"), (0, ".csv.gz")])
def test_the_numbers_behind_each_figure_can_be_downloaded(
    monkeypatch: pytest.MonkeyPatch, large: int, suffix: str
) -> None:
    monkeypatch.setattr(downloads, "LARGE", large)
    study = make_study(depths=(2, 4), alphas=(0.1, 0.4))
    links = [link for link in Page(page_of(study)).all("a") if "download" in link]
    assert [link["download"] for link in links] == [f"comparison{suffix}", f"floor_distance{suffix}"]
    content = b64decode((links[0]["href"] or "").partition(",")[2])
    csv = content if large else gzip.decompress(content)
    assert csv == FIGURES["comparison"](study).data.to_csv(index=False).encode()


def test_the_page_tells_what_was_run(html: str) -> None:
    text = Page(html).text
    for said in ("batch_size", "0.001", "python", "3.11.7", "12.5", "formula"):
        assert said in text


def test_a_study_of_which_all_failed_has_a_page() -> None:
    page = Page(page_of(make_study(depths=(2,), alphas=(0.1,), failed=None)))
    assert "1 of 1 cells failed" in page.text
    assert "No network was measured" in page.text


def test_markdown_has_the_words_and_the_pictures() -> None:
    study = make_study(depths=(2, 4), alphas=(0.1, 0.2), failed={(4, 0.1, 0)}, reason=HOSTILE)
    drawing = FIGURES["floor_distance"](study)
    picture = Picture("floor_distance", drawing, b"", preview(to_png(drawing, 100)))
    without = Picture("comparison", drawing, b"")
    markdown = render_markdown(sweep_report(study, {"floor_distance": picture, "comparison": without}))
    title, answer, *_ = markdown.split("\n\n")
    assert title == "# Are autoencoders denoisers?"
    assert answer == "Yes, here: all 3 autoencoders that were trained removed noise."
    assert "- Of the networks trained here, that of depth 2 has the lowest test MSE" in markdown
    assert "1 of 4 cells failed" in markdown
    assert "<script" not in markdown.replace(r"\<", "")
    assert not re.search(r"(?m)^# \"quoted", markdown)
    assert "| 0.1 | 2 | 0.0146 | **0.00600** | – |" in markdown
    (picture,) = re.findall(r"!\[[^\]]+\]\(data:image/png;base64,([^)]+)\)", markdown)
    assert b64decode(picture).startswith(b"\x89PNG")


def test_a_table_that_is_not_long_is_shown_as_a_whole() -> None:
    study = make_study(depths=(2,), alphas=(0.1,), seeds=range(MOST_AT_ONCE), epochs=1, length=16)
    page = Page(render_page(sweep_report(study, {}), {}))
    assert len([row for row in page.all("tr") if "id" in row]) == MOST_AT_ONCE
    assert "pager" not in {attributes.get("class") for _, attributes in page.tags}


def test_of_a_long_table_the_page_has_the_first_rows_and_all_others_packed() -> None:
    n_cells = MOST_AT_ONCE + 1
    study = make_study(depths=(2,), alphas=(0.1,), seeds=range(n_cells), epochs=1, length=16)
    page = Page(render_page(sweep_report(study, {}), {}))
    (packed,) = [source for kind, source in page.scripts if kind == "application/gzip"]
    rest = Page(gzip.decompress(b64decode(packed)).decode())
    assert rest.open == []
    rows = [row["id"] for part in (page, rest) for row in part.all("tr") if "id" in row]
    assert rows == [f"cell-depth=2,alpha=0.1,seed={seed}" for seed in range(n_cells)]
    assert f"Rows 1–{ROWS_OF_PAGE} of {n_cells}. The file results.csv of the study has all." in page.text
    assert page.allowed_scripts() == ours("tables.js"), "what is packed is no script"


def test_a_page_is_bounded_however_many_cells_there_are() -> None:
    row = tuple(f"{value:.3g}" for value in np.random.default_rng(0).random(15))
    table = Table(tuple("abcdefghijklmno"), (row,) * (3 * MOST_ROWS), file="results.csv")
    report = sweep_report(make_study(depths=(2,), alphas=(0.1,), epochs=1, length=16), {})
    long = render_page(replace(report, blocks=(Section("cells", "All cells", table),)), {})
    short = render_page(replace(report, blocks=(Section("cells", "All", replace(table, rows=(row,))),)), {})
    assert len(long) - len(short) < 1_000_000
    told = Page(long).text
    assert f"of {3 * MOST_ROWS:,}. The first {MOST_ROWS:,} are in this page. The file results.csv" in told


def test_what_is_too_large_for_a_page_is_named_in_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(downloads, "LARGEST", 100)
    study = make_study(depths=(2, 4), alphas=(0.1, 0.4))
    page = Page(page_of(study))
    assert not [link for link in page.all("a") if "download" in link]
    size = len(FIGURES["comparison"](study).data.to_csv(index=False)) / 1000
    assert f"figures/comparison.csv ({size:.1f} kB, too large for this page)" in page.text


def test_of_many_failures_and_values_the_first_are_named_and_how_many_more_there_are() -> None:
    n_cells = MOST_AT_ONCE + 3
    study = make_study(depths=(2,), alphas=(0.1,), seeds=range(n_cells), failed=None, length=16)
    report = sweep_report(study, {})
    page, markdown = Page(render_page(report, {})), render_markdown(report)
    assert f"{n_cells} of {n_cells} cells failed" in page.text
    for text in (page.text, markdown):
        assert text.count(REASON) == MOST_AT_ONCE
        assert "and 3 more, which" in text
    assert f"0, 1, 2, …, {n_cells - 1} ({n_cells} values)" in page.text


EDITED = """
from pathlib import Path
from denoising.report import page
from denoising.report.sweep import sweep_report
from tests.denoising.figures.studies import REASON, make_study
folder = Path(page.__file__).parent
for name in ("page.html.j2", "blocks.html.j2", "report.css", "tables.js", "playground/playground.js"):
    (folder / name).write_text("edited")
report = sweep_report(make_study(depths=(2,), alphas=(0.1,)), {})
print(page.render_page(report, {}), page.render_markdown(report))
"""


def test_a_file_edited_after_its_process_began_changes_no_page(tmp_path: Path) -> None:
    root = Path(downloads.__file__).parents[2]
    for package in ("denoising", "tests/denoising"):
        shutil.copytree(root / package, tmp_path / package, ignore=shutil.ignore_patterns("__pycache__"))
    (tmp_path / "tests" / "__init__.py").touch()
    environment = {**os.environ, "PYTHONPATH": str(tmp_path)}
    told = subprocess.run(
        [sys.executable, "-c", EDITED], env=environment, cwd=tmp_path, capture_output=True, text=True
    )
    assert told.returncode == 0, told.stderr
    assert "Are autoencoders denoisers?" in told.stdout
    assert "edited" not in told.stdout
