"""The README's table of the electrocardiogram is what its command gave, which `docs/recordings` holds."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from denoising.signals import recording
from flows.settings.study_settings import PROJECT
from tests.flows.recorded import electrocardiogram

README = (PROJECT / "README.md").read_text()
PAGE = (PROJECT / "docs" / "own-signals.md").read_text()
SHIPPED = PROJECT / "docs" / "recordings"
DECISIONS = pd.read_csv(SHIPPED / "decisions.csv")
GAINS = pd.read_csv(SHIPPED / "gains.csv")
NAMES = {"wavelet": "wavelet shrinkage", "total_variation": "total variation"}


def in_words(db: float) -> str:
    return f"{db:.1f}".replace("-", "−")


def row(level: str) -> str:
    """A row of the table: a noise level, what to use there, and by how much."""
    [found] = DECISIONS[DECISIONS["level"] == level].to_dict("records")
    assert found["winner"] == "network"
    assert found["variant"] == "skips=true"
    snr = level.removeprefix("snr=")
    return (
        f"| {snr} | depth {found['depth']} with skips | {in_words(found['network_db'])} "
        f"| {NAMES[found['denoiser']]} | {in_words(found['classical_db'])} "
        f"| {in_words(found['low_db'])} to {in_words(found['high_db'])} |"
    )


@pytest.mark.parametrize("level", DECISIONS["level"])
def test_each_row_of_the_table_is_that_of_the_study(level: str) -> None:
    assert row(level) in README
    assert int(DECISIONS["n"].iloc[0]) == 10


def test_with_skips_every_depth_gains_more_than_any_classical_denoiser_and_without_depth_8_hardly_gains() -> (
    None
):
    for level, own in GAINS.groupby("level"):
        classical = own.loc[own["kind"] != "network", "db"].max()
        assert (own.loc[own["name"].str.endswith("with skips"), "db"] > classical).all(), level
        assert own.loc[own["name"] == "depth 8 without skips", "db"].item() < 0.35 * classical
    assert len(GAINS[GAINS["kind"] != "network"]) == 3 * 7, "seven classical denoisers"


def test_the_example_is_the_recording_of_the_verdict() -> None:
    with np.load(Path(recording.__file__).parent / "recordings" / "ecg_360hz.npz") as known:
        assert electrocardiogram() == pytest.approx(known["samples"] / known["units_per_mv"], abs=5e-4)
        assert known["rate"] == 360


UNSEEN = pd.read_csv(SHIPPED / "unseen.csv")


@pytest.mark.parametrize("told", UNSEEN.to_dict("records"), ids=UNSEEN["recording"])
def test_each_row_of_unseen_recordings_is_that_of_the_benchmark(told: dict[str, Any]) -> None:
    minutes = f"{told['seconds'] / 60:g} min" if told["seconds"] > 60 else f"{told['seconds']} s"
    gains = " | ".join(f"{in_words(told[name])} dB" for name in ("told_db", "gained_db"))
    assert f"| {told['recording']}, {minutes} | {gains} |" in PAGE


def test_three_unseen_recordings_gained_what_was_told_and_the_speech_did_not() -> None:
    assert (
        "Three gained what their studies had told, to within 0.4 dB; eleven seconds of speech gained 1 dB"
        in (" ".join(README.split()))
    )
    less = (UNSEEN["told_db"] - UNSEEN["gained_db"]).set_axis(UNSEEN["recording"])
    assert round(less.pop("speech")) == 1
    assert (less.abs() < 0.4).all()
