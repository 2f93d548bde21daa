import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tasks.fingerprint import ROOT, fingerprint

STAGES = ("generate", "split", "train", "evaluate", "report")


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    for package in ("denoising", "tasks"):
        shutil.copytree(ROOT / package, tmp_path / package, ignore=shutil.ignore_patterns("__pycache__"))
    return tmp_path


@pytest.fixture
def changed_by(copy: Path) -> Callable[[str, str, str], set[str]]:
    """The stages whose fingerprint an edit changes."""

    def edit(file: str, old: str, new: str) -> set[str]:
        before = {stage: fingerprint.__wrapped__(f"tasks.{stage}", copy) for stage in STAGES}
        path = copy / file
        text = path.read_text()
        assert old in text
        path.write_text(text.replace(old, new, 1))
        return {stage for stage in STAGES if fingerprint.__wrapped__(f"tasks.{stage}", copy) != before[stage]}

    return edit


@pytest.mark.parametrize(
    ("file", "old", "new", "stages"),
    [
        ("denoising/training.py", "zero_grad()", "zero_grad(False)", {"train", "evaluate"}),
        ("denoising/metrics.py", "10 * log10", "20 * log10", {"evaluate"}),
        ("denoising/figures/comparison.py", "MOST_TICKS = 6", "MOST_TICKS = 7", {"report"}),
        ("denoising/signals.py", "low=0.5", "low=0.6", set(STAGES)),
        ("tasks/stage.py", "1.0, 4.0", "2.0, 4.0", set(STAGES)),
    ],
)
def test_an_edit_reaches_the_stages_that_can_reach_it(changed_by, file, old, new, stages) -> None:
    assert changed_by(file, old, new) == stages


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("denoising/training.py", "import torch\n", "import torch  # a comment\n\n\n"),
        ("denoising/training.py", '"""Training one autoencoder', '"""Teaching one autoencoder'),
        ("denoising/metrics.py", "    return ", "    return  "),
        ("denoising/dataset.py", "TRAIN_FRACTION = 0.7", "TRAIN_FRACTION = (\n    0.7\n)"),
    ],
    ids=["comment", "docstring", "spaces", "lines"],
)  # fmt: skip
def test_comments_docstrings_and_formatting_do_not_count(changed_by, file, old, new) -> None:
    assert changed_by(file, old, new) == set()


def test_a_template_counts_where_its_package_is_reached(copy: Path) -> None:
    template = next((copy / "denoising" / "report").glob("*.j2"))
    before = {stage: fingerprint.__wrapped__(f"tasks.{stage}", copy) for stage in STAGES}
    template.write_text(template.read_text() + "<!-- more -->")
    after = {stage: fingerprint.__wrapped__(f"tasks.{stage}", copy) for stage in STAGES}
    assert {stage for stage in STAGES if before[stage] != after[stage]} == {"report"}
