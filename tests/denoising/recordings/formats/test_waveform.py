from math import nan
from pathlib import Path

import numpy as np
import pytest

from denoising.recordings.opening import open_recording
from tests.denoising.recordings.written import fault, text, to_wfdb

SIGNAL = np.array([[0.5, 1.0], [nan, 1.5], [-0.25, nan], [0.125, 2.0]])


@pytest.mark.parametrize("fmt", ["16", "24", "212"])
def test_samples_that_a_record_marks_as_missing_are_nan(fmt: str, tmp_path: Path) -> None:
    to_wfdb(tmp_path / "some.hea", SIGNAL, ("I", "II"), 250, fmt)
    found = np.stack([channel.read(0, 4) for channel in open_recording(tmp_path / "some.hea").channels], 1)
    assert np.array_equal(found, SIGNAL, equal_nan=True)


def test_a_header_may_leave_names_and_rate_to_their_defaults(tmp_path: Path) -> None:
    to_wfdb(tmp_path / "some.hea", SIGNAL, ("I", "II"), 250)
    path = text(tmp_path, "short 2 250 4\nsome.dat 16 1000\nsome.dat 16 1000\n", "short.hea")
    assert [(c.name, c.rate, c.unit) for c in open_recording(path).channels] == [
        ("channel1", 250, "mV"), ("channel2", 250, "mV"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("header", "told"),
    [
        ("some 2 250\nsome.dat 16\nsome.dat 16\n", "it does not tell how many samples there are"),
        ("some 0 250 100\n", "it names no channel"),
        ("some/2 2 250 8\npart1 4\npart2 4\n", "it is of several segments; give the header of each instead"),
        ("some 1 0 4\nsome.dat 16\n", "tells a rate of 0 samples a second; mend it"),
        ("some 1 250 4\nsome.dat 99\n", "it is no whole .hea file"),
        ("some 1 250 4\ngone.dat 16\n", "its file gone.dat is not there"),
    ],
)
def test_a_header_that_cannot_be_used_is_refused(header: str, told: str, tmp_path: Path) -> None:
    to_wfdb(tmp_path / "some.hea", SIGNAL, ("I", "II"), 250)
    assert told in fault(text(tmp_path, header, "some.hea"), length=2)
