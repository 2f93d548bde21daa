from pathlib import Path
from typing import Any

import numpy as np
import pytest
import scipy.io
from numpy.typing import NDArray

from denoising.recordings.opening import open_recording
from tests.denoising.recordings.written import fault, samples_of

FOUR = np.array([[1.0, 5.0], [2.0, 6.0], [3.0, 7.0], [2.5, 8.0]])


@pytest.mark.parametrize(
    ("array", "expected"),
    [
        (FOUR[:, 0], {"channel": [1, 2, 3, 2.5]}),
        (FOUR[:, :1], {"channel": [1, 2, 3, 2.5]}),
        (FOUR[:, 0][None], {"channel": [1, 2, 3, 2.5]}),
        (FOUR, {"channel1": [1, 2, 3, 2.5], "channel2": [5, 6, 7, 8]}),
        (np.asfortranarray(FOUR), {"channel1": [1, 2, 3, 2.5], "channel2": [5, 6, 7, 8]}),
        (FOUR.T.astype(">f4"), {"channel1": [1, 2, 3, 2.5], "channel2": [5, 6, 7, 8]}),
        (FOUR.astype(np.uint8), {"channel1": [1, 2, 3, 2], "channel2": [5, 6, 7, 8]}),
        (np.array([True, False, True]), {"channel": [1, 0, 1]}),
    ],
)
def test_time_is_the_longer_axis_of_an_array(
    array: NDArray[Any], expected: dict[str, list[float]], tmp_path: Path
) -> None:
    np.save(tmp_path / "some.npy", array)
    assert samples_of(tmp_path / "some.npy") == expected


@pytest.mark.parametrize(
    ("array", "told"),
    [
        (FOUR * 1j, "channel channel1: it holds complex numbers, not real numbers; mend it"),
        (np.array(["a", "b"]), "channel channel: it holds text, not real numbers; mend it"),
        (np.array([{}, None]), "it is no whole .npy file"),
        (FOUR.view([("x", "f8"), ("y", "f8")]), "not real numbers"),
        (np.zeros((2, 2, 2)), "channel has 3 axes; give one of time, and one of channels at most"),
        (np.float64(3), "channel has 0 axes"),
        (np.zeros((0, 3)), "it has no sample"),
        (np.zeros(0), "channel channel has 0 samples, and a window 2; use a lower --signal-length"),
    ],
)
def test_an_array_that_holds_no_signal_is_refused(array: NDArray[Any], told: str, tmp_path: Path) -> None:
    np.save(tmp_path / "some.npy", array)
    message = fault(tmp_path / "some.npy", length=2, rate=1)
    assert message.startswith("some.npy: ")
    assert told in message


@pytest.mark.parametrize("name", ["fs", "Fs", "rate", "sampling_rate", "SampleRate", "sfreq", "frequency"])
@pytest.mark.parametrize("kind", [".npz", ".mat", ".mat4"])
def test_named_arrays_are_channels_and_a_number_their_rate(kind: str, name: str, tmp_path: Path) -> None:
    path, arrays = tmp_path / f"some{kind[:4]}", {"ecg": FOUR, "resp": FOUR[:, 0], name: 12.5, "gain": 3}
    if kind == ".npz":
        np.savez(path, **arrays)
    else:
        scipy.io.savemat(path, arrays, format="4" if kind == ".mat4" else "5")
    recording = open_recording(path)
    assert {channel.rate for channel in recording.channels} == {12.5}
    assert recording.notes == (f"its number {name} gives the rate, 12.5 samples a second",)
    expected = {"ecg1": FOUR[:, 0].tolist(), "ecg2": FOUR[:, 1].tolist(), "resp": FOUR[:, 0].tolist()}
    assert samples_of(path) == expected


@pytest.mark.parametrize("rate", [0, -360.0, np.nan, np.inf])
def test_a_number_that_is_no_rate_is_refused(rate: float, tmp_path: Path) -> None:
    np.savez(tmp_path / "some.npz", ecg=FOUR, fs=rate)
    assert fault(tmp_path / "some.npz") == (
        f"some.npz: it tells a rate of {rate:g} samples a second; mend it there"
    )


def test_named_arrays_without_a_signal_are_refused(tmp_path: Path) -> None:
    scipy.io.savemat(tmp_path / "some.mat", {"fs": 360, "note": "text", "more": {"ecg": [1, 2]}})
    assert fault(tmp_path / "some.mat") == "some.mat: there is no array of numbers in it"
    np.savez(tmp_path / "some.npz", label=np.array(["a", "b"]))
    assert fault(tmp_path / "some.npz") == "some.npz: there is no array of numbers in it"


def test_mat_files_of_version_7_3_are_refused_with_the_remedy(tmp_path: Path) -> None:
    header = b"MATLAB 7.3 MAT-file".ljust(124) + b"\x00\x02IM"
    (tmp_path / "some.mat").write_bytes(header.ljust(512, b"\0"))
    assert fault(tmp_path / "some.mat") == "some.mat: it is of version 7.3; save it again with '-v7'"
