import struct
import tracemalloc
from pathlib import Path

import numpy as np
import pytest
from scipy.io import wavfile

from denoising.recordings.finding import find
from denoising.recordings.settings import RecordingFile
from denoising.recordings.survey import survey
from tests.denoising.recordings.written import ECG, RATE, ecg, fault, text, to_wfdb


def test_facts_are_those_of_the_signal(tmp_path: Path) -> None:
    rng = np.random.default_rng(1)
    noise = 0.05 * rng.standard_normal(10_000)
    signals = np.stack([np.sin(np.arange(10_000) / 40) + noise, rng.integers(-9, 9, 10_000) / 10], axis=1)
    signals[1000:1010, 0] = np.nan
    to_wfdb(tmp_path / "some.hea", signals, ("I", "II"), 250)
    first, second = (signal.facts() for signal in survey(find([str(tmp_path)]), 100))
    noise_std = first.pop("noise_std")
    assert first == {
        "file": "some.hea", "channel": "I", "unit": "mV", "rate": 250, "seconds": 40.0, "n_missing": 10,
        "n_windows": 99, "noise_looks_white": True, "notes": "",
    }  # fmt: skip
    assert noise_std == pytest.approx(0.05, rel=0.05)
    assert (second["n_missing"], second["n_windows"]) == (0, 100)


def test_recordings_that_are_resampled_may_have_two_rates(tmp_path: Path) -> None:
    for name, rate in (("a.wav", 500), ("b.wav", 200)):
        wavfile.write(tmp_path / name, rate, np.sin(np.arange(4 * rate) * 20 / rate).astype(np.float32))
    files = find([str(tmp_path)])
    signals = survey(files, 64, resample=250)
    assert [(s.rate, s.told_rate, s.facts()["seconds"]) for s in signals] == [(250, 500, 4), (250, 200, 4)]
    first, second = (signal.channel.read(100, 900) for signal in signals)
    assert first == pytest.approx(second, abs=5e-3)
    assert fault(*(file.path for file in files)) == (
        "a.wav: channel has 500 samples a second and b.wav: channel 200; "
        "bring all to one rate with --resample 200"
    )


def test_a_rate_that_nobody_tells_or_both_tell_differently_is_refused(tmp_path: Path) -> None:
    assert fault(ECG) == "ecg.csv: it does not tell its rate; give it with --rate, in samples a second"
    to_wfdb(tmp_path / "some.hea", ecg()[:999, None], ("I",), RATE)
    assert fault(tmp_path / "some.hea", rate=250) == (
        "some.hea: rate 250 contradicts the 360 samples a second that it tells; leave --rate out"
    )


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        (["1", "2"] * 20, "has 40 samples, and a window 64; use a lower --signal-length"),
        (
            ["1e39", "2e39"] * 50,
            "has values up to 2e+39; use a unit in which they lie between 1e-30 and 1e+30",
        ),
        (["1e-39", "2e-39"] * 50, "has values up to 2e-39; use a unit"),
        (["2.5"] * 100, "is flat: every sample is 2.5; leave it or its file out"),
        (["nan"] * 100, "holds no number, only missing ones; leave it or its file out"),
        (["inf"] * 100, "holds no number, only missing ones; leave it or its file out"),
        ((["1", "2"] * 20 + ["nan"]) * 5, "has gaps in each of its windows of 64 samples; use a lower"),
    ],
)
def test_a_channel_without_a_usable_window_is_refused(rows: list[str], told: str, tmp_path: Path) -> None:
    path = text(tmp_path, "\n".join(["a", *rows]))
    assert fault(path, length=64, rate=1).startswith(f"some.csv: channel a {told}")


@pytest.mark.parametrize("name", ["some.xyz", "some", "some.csv.gz", ".csv"])
def test_an_unknown_format_is_refused_by_those_that_are_known(name: str, tmp_path: Path) -> None:
    message = fault(text(tmp_path, "1\n2\n", name))
    assert message.startswith(f"{name}: the format ")
    assert message.endswith("is not known; formats are .csv, .tsv, .txt, .npy, .npz, .parquet, .mat, .wav, "
                            ".flac, .ogg, .edf, .bdf, .hea")  # fmt: skip


def test_a_folder_in_the_place_of_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "x.csv").mkdir()
    with pytest.raises(ValueError, match=r"^x\.csv: it cannot be read \(Is a directory\)"):
        survey([RecordingFile(name="x.csv", sha256="", path=str(tmp_path / "x.csv"))], 64, 1)


def test_a_large_recording_takes_little_memory(tmp_path: Path) -> None:
    path, n = tmp_path / "some.wav", 25_000_000
    with path.open("wb") as file:  # float32, but for a start and an end all zeros that take no space
        file.write(b"RIFF" + struct.pack("<I", 4 * n + 36) + b"WAVEfmt ")
        file.write(struct.pack("<IHHIIHH", 16, 3, 1, 1000, 4000, 4, 32) + b"data" + struct.pack("<I", 4 * n))
        file.write(np.ones(1000, np.float32))
        file.truncate(44 + 4 * n)
    files = find([str(path)])
    tracemalloc.start()
    try:
        (signal,) = survey(files, 256)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert (signal.channel.n_samples, signal.grid.highest) == (n, 1)
    assert peak < 50e6
