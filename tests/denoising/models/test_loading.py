"""Where models are found: files, studies, and what is said where there are none."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import denoising
from denoising.denoisers.catalogue import BASELINES
from denoising.models.loading import load, models_at
from denoising.models.model import Model, Models
from denoising.models.model_file import ModelError, to_bytes
from tests.denoising.models.made_up import card, noise, portrait

SNRS = {"snr=-5": -5.0, "snr=0": 0.0, "snr=10": 10.0, "as-recorded": None}


def write(file: Path, **changes: Any) -> Path:
    """A model that changes nothing."""
    file.parent.mkdir(parents=True, exist_ok=True)
    told = card(denoiser=BASELINES["identity"], **changes)
    file.write_bytes(to_bytes(told, {}))
    return file


@pytest.fixture
def study(tmp_path: Path) -> Path:
    folder = tmp_path / "artifacts" / "recordings-1"
    for number, (level, snr) in enumerate(SNRS.items()):
        write(folder / f"models/{level}.safetensors", level=level, snr=snr, portrait=portrait(2.0**-number))
    (folder / "models" / "notes.txt").write_text("not a model")
    return folder


def test_a_study_is_found_by_its_folder_by_that_of_its_models_and_by_the_link_to_the_latest(
    study: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    latest = study.parent / "latest"
    latest.symlink_to(study.name)
    monkeypatch.chdir(study.parent)
    for path in (study, study / "models", latest, str(latest), "latest", Path("recordings-1/models")):
        found = denoising.load(path)
        assert isinstance(found, Models)
        assert [model.card.level for model in found.models] == list(SNRS), "the strongest noise first"
    monkeypatch.setenv("HOME", str(study.parent))
    assert isinstance(load("~/latest"), Models)


def test_a_file_of_a_study_or_a_cell_is_one_model(study: Path, tmp_path: Path) -> None:
    cell = write(tmp_path / "artifacts/cells/1/last.safetensors")
    for file in (study / "models/snr=0.safetensors", cell, str(cell)):
        found = load(file)
        assert isinstance(found, Model)
        signal = noise(99)
        assert np.allclose(found.denoise(signal), signal)


def test_a_study_of_one_level_is_one_model(tmp_path: Path) -> None:
    write(tmp_path / "study/models/snr=3.safetensors", level="snr=3", snr=3.0)
    assert isinstance(load(tmp_path / "study"), Model)


@pytest.mark.parametrize(
    ("asked", "level"), [(-99, "snr=-5"), (1, "snr=0"), (6.0, "snr=10"), ("7", "snr=10")]
)
def test_the_level_nearest_to_a_ratio_is_loaded(study: Path, asked: Any, level: str) -> None:
    found = load(study, snr=asked)
    assert isinstance(found, Model)
    assert found.card.level == level


@pytest.mark.parametrize("asked", ["loud", None, float("nan"), "", []])
def test_a_ratio_that_is_none_is_told_in_a_line(study: Path, asked: Any) -> None:
    with pytest.raises(ModelError) as caught:
        load(study, snr=asked)
    [line] = str(caught.value).splitlines()
    assert line.startswith("snr ")


def test_where_there_is_no_model_one_line_says_what_to_run(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "study" / "models").mkdir(parents=True)
    (tmp_path / "dangling").symlink_to("nowhere")
    for name in ("none", "empty", "study", "study/models", "dangling", "latest"):
        with pytest.raises(ModelError) as caught:
            load(tmp_path / name)
        [line] = str(caught.value).splitlines()
        assert line.startswith(f"{tmp_path / name}: ")
        assert line.endswith("; run a sweep first")


@pytest.mark.parametrize(
    "changes",
    [{"window": 64, "portrait": portrait(0.1, octaves=6)}, {"rate": 360.0, "signals": "recordings"}],
)
def test_models_between_which_no_signal_can_choose_are_loaded_one_by_one(
    study: Path, changes: dict[str, Any]
) -> None:
    """A study may vary the length of windows, and its best ones may differ in it."""
    file = write(study / "models/snr=20.safetensors", level="snr=20", snr=20.0, **changes)
    with pytest.raises(ModelError) as caught:
        load(study)
    [line] = str(caught.value).splitlines()
    assert line.startswith(f"{study}: ")
    assert line.endswith("; give one file of its folder 'models'")
    assert isinstance(load(file), Model)


def test_one_damaged_model_of_a_study_is_named(study: Path) -> None:
    file = study / "models/snr=0.safetensors"
    file.write_bytes(file.read_bytes()[:-1])
    with pytest.raises(ModelError, match="snr=0"):
        load(study)
    assert isinstance(load(study / "models/snr=10.safetensors"), Model)


def test_models_are_the_same_however_the_folder_is_called(study: Path) -> None:
    odd = study.parent / "[a*] study?"
    study.rename(odd)
    assert len(models_at(odd)) == len(SNRS)
