from pathlib import Path

import numpy as np
import pyedflib
import pytest
from pyedflib.highlevel import make_signal_header

from tests.denoising.recordings.writing.rewritten import channels_in, rewritten

NOTES = [(0.5, "began"), (7.25, "arousal µ")]
BITS = {".edf": (16, pyedflib.FILETYPE_EDFPLUS), ".bdf": (24, pyedflib.FILETYPE_BDFPLUS)}


@pytest.fixture(params=BITS)
def source(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """Ten seconds of two channels of different rates and bounds, with annotations."""
    path = tmp_path / f"some{request.param}"
    bits, kind = BITS[request.param]
    lows = {"digital_min": -(2 ** (bits - 1)), "digital_max": 2 ** (bits - 1) - 1}
    with pyedflib.EdfWriter(str(path), 2, kind) as file:
        file.setPatientName("someone")
        file.setSignalHeaders(
            [
                make_signal_header("EEG", sample_frequency=256, physical_min=-500, physical_max=500, **lows),
                make_signal_header(
                    "Temp", "degC", 64, physical_min=20, physical_max=45, digital_min=-100, digital_max=900
                ),
            ]
        )
        for onset, note in NOTES:
            file.writeAnnotation(onset, -1, note)
        file.writeSamples([400 * np.sin(np.arange(2560)), np.linspace(30, 40, 640)])
    return path


def test_header_annotations_and_other_channels_stay_byte_for_byte(source: Path) -> None:
    before = channels_in(source)
    copy = rewritten(source, {"Temp": before["Temp"][::-1]})
    width = 2 if source.suffix == ".edf" else 3
    one, two = (np.frombuffer(path.read_bytes(), np.uint8) for path in (source, copy))
    with pyedflib.EdfReader(str(copy)) as file:
        assert [*zip(*(each.tolist() for each in file.readAnnotations()[::2]), strict=True)] == NOTES
        header = 256 * (2 + file.signals_in_file)
    differs = np.flatnonzero(one != two) - header
    assert len(one) == len(two)
    assert differs.min() >= 0
    in_record = differs % ((len(one) - header) // 10)
    assert in_record.min() >= 256 * width
    assert in_record.max() < (256 + 64) * width
    after = channels_in(copy)
    assert np.array_equal(after["EEG"], before["EEG"])
    assert after["Temp"] == pytest.approx(before["Temp"][::-1])
    assert rewritten(copy, before).read_bytes() == source.read_bytes()


def test_samples_are_clipped_to_the_range_that_the_header_tells(source: Path) -> None:
    before = channels_in(source)
    wide = np.where(np.arange(640) % 2, 1e6, -1e6)
    wide[5:9] = np.nan
    after = channels_in(rewritten(source, {"Temp": wide}))
    assert after["Temp"][5:9].tolist() == before["Temp"][5:9].tolist()
    assert sorted({*np.delete(after["Temp"], range(5, 9)).tolist()}) == pytest.approx([20, 45])
    with pyedflib.EdfReader(str(rewritten(source, {"Temp": wide}))) as file:
        assert file.readSignal(1, digital=True)[:2].tolist() == [-100, 900]


def test_samples_are_rounded_to_the_nearest_number(source: Path) -> None:
    new = np.random.default_rng(0).uniform(20, 45, 640)
    after = channels_in(rewritten(source, {"Temp": new}))["Temp"]
    assert np.abs(after - new).max() <= 25 / 1000 / 2 * 1.001


def test_a_scale_may_fall(tmp_path: Path) -> None:
    path = tmp_path / "some.edf"
    with pyedflib.EdfWriter(str(path), 1, pyedflib.FILETYPE_EDF) as file:
        file.setSignalHeaders([make_signal_header("EEG", physical_min=-5, physical_max=5)])
        file.writeSamples([np.linspace(-4, 4, 512)])
    data = bytearray(path.read_bytes())
    low = data.index(b"-5 ")
    data[low : low + 16] = b"5       -5      "
    path.write_bytes(data)
    before = channels_in(path)["EEG"]
    assert before[0] > 3.9
    copy = rewritten(path, {"EEG": before[::-1]})
    assert channels_in(copy)["EEG"] == pytest.approx(before[::-1], abs=1e-3)
    assert rewritten(copy, {"EEG": before}).read_bytes() == bytes(data)
