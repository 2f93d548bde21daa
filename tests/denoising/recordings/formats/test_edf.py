import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pyedflib
import pytest
from pyedflib.highlevel import make_signal_header

from denoising.recordings.opening import open_recording
from tests.denoising.recordings.written import fault


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A record of ten seconds of two channels of different rates, units and bounds."""
    path = tmp_path / "some.edf"
    with pyedflib.EdfWriter(str(path), 2) as file:
        bounds = ({"physical_min": -500, "physical_max": 500}, {"physical_min": 20, "physical_max": 45})
        told = (("EEG Fz", "uV", 256), ("Temp", "degC", 64))
        file.setSignalHeaders(
            [
                make_signal_header(name, dimension=unit, sample_frequency=rate, **each)
                for (name, unit, rate), each in zip(told, bounds, strict=True)
            ]
        )
        file.writeSamples([np.linspace(-400, 400, 2560), np.linspace(30, 40, 640)])
    return path


def test_channels_have_their_own_rates_and_physical_units(path: Path) -> None:
    eeg, heat = open_recording(path).channels
    assert (eeg.name, eeg.unit, eeg.rate, eeg.n_samples) == ("EEG Fz", "uV", 256, 2560)
    assert (heat.name, heat.unit, heat.rate, heat.n_samples) == ("Temp", "degC", 64, 640)
    assert eeg.read(0, 2560) == pytest.approx(np.linspace(-400, 400, 2560), abs=1000 / 2**16)
    assert heat.read(100, 640) == pytest.approx(np.linspace(30, 40, 640)[100:], abs=25 / 2**16)


def test_channels_of_two_rates_are_refused_together_and_used_alone(path: Path) -> None:
    assert fault(path) == (
        "some.edf: EEG Fz has 256 samples a second and some.edf: Temp 64; "
        "bring all to one rate with --resample 64"
    )
    assert fault(path, picks=["Temp"], length=641).startswith("some.edf: channel Temp has 640 samples")


def test_a_file_can_be_read_by_several_threads(path: Path) -> None:
    channel, interval = open_recording(path).channels[0], sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        with ThreadPoolExecutor(8) as threads:
            found = list(threads.map(lambda start: channel.read(start, start + 9), range(500)))
    finally:
        sys.setswitchinterval(interval)
    whole = channel.read(0, 2560)
    assert all(np.array_equal(part, whole[i : i + 9]) for i, part in enumerate(found))


def test_a_size_that_the_header_does_not_tell_is_refused(path: Path) -> None:
    whole = path.stat().st_size
    path.write_bytes(path.read_bytes() + b"\0" * 10)
    assert fault(path) == (
        f"some.edf: it has {whole + 10:,} bytes, and its header tells of {whole:,}; copy it again"
    )
