"""Recordings that are written by the libraries that others write them with."""

import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import pyedflib
import pytest
import scipy.io
import soundfile
from pyedflib.highlevel import make_signal_header

from denoising.recordings.finding import find
from denoising.recordings.opening import open_recording
from denoising.recordings.settings import RecordingError
from denoising.recordings.survey import survey
from denoising.signals.sinusoids import Array

ECG = Path(__file__).parents[3] / "examples" / "ecg.csv"
RATE = 360
LARGEST = 4.0  # mV, of the signals that are written
PHYSIONET = """'Elapsed time','MLII','V5'
'hh:mm:ss.mmm','mV','mV'
'0:59.996',-0.145,-0.065
'1:00.000',-0.145,-
'1:00.004',-0.120,-0.080
'1:00.012',-0.100,-0.090
"""


@dataclass(frozen=True)
class Format:
    """How recordings of a format are written, and what they keep.

    Attributes:
        write: writes signals of shape (n, channels), in mV, with their names and their rate.
        precision: how far a sample may be off, in mV.
        scale: what a sample is divided by when it is written.
        rate, names, unit: whether files tell them.
    """

    write: Callable[[Path, Array, Sequence[str], int], None]
    precision: float
    scale: float = 1.0
    rate: bool = True
    names: bool = True
    unit: bool = True


def to_text(separator: str) -> Callable[[Path, Array, Sequence[str], int], None]:
    def write(path: Path, signals: Array, names: Sequence[str], rate: int) -> None:
        table = pd.DataFrame(signals, columns=[f"{name}(mV)" for name in names])
        table.insert(0, "time", np.arange(len(table)) / rate)
        table.to_csv(path, sep=separator, index=False)

    return write


def to_parquet(path: Path, signals: Array, names: Sequence[str], rate: int) -> None:
    table = pd.DataFrame(signals, columns=[f"{name} [mV]" for name in names])
    table["time"] = pd.to_timedelta(np.arange(len(table)) / rate, unit="s")
    table.to_parquet(path)


def to_npy(path: Path, signals: Array, names: Sequence[str], rate: int) -> None:
    np.save(path, signals)


def to_npz(path: Path, signals: Array, names: Sequence[str], rate: int) -> None:
    np.savez_compressed(path, fs=rate, **dict(zip(names, signals.T, strict=True)))  # type: ignore[arg-type]


def to_mat(path: Path, signals: Array, names: Sequence[str], rate: int) -> None:
    arrays = dict(zip(names, signals.T, strict=True))
    scipy.io.savemat(path, {**arrays, "Fs": rate, "subject": "one"}, do_compression=True)


def to_wav(path: Path, signals: Array, names: Sequence[str], rate: int) -> None:
    scipy.io.wavfile.write(path, rate, signals.astype(np.float32))


def to_sound(path: Path, signals: Array, names: Sequence[str], rate: int) -> None:
    soundfile.write(path, signals / LARGEST, rate)


def to_edf(path: Path, signals: Array, names: Sequence[str], rate: int) -> None:
    kind, bits = (pyedflib.FILETYPE_EDFPLUS, 16) if path.suffix == ".edf" else (pyedflib.FILETYPE_BDFPLUS, 24)
    most = 2 ** (bits - 1)
    bounds = {
        "physical_min": -LARGEST,
        "physical_max": LARGEST,
        "digital_min": -most,
        "digital_max": most - 1,
    }
    with pyedflib.EdfWriter(str(path), len(names), kind) as file:
        file.setSignalHeaders(
            [make_signal_header(name, dimension="mV", sample_frequency=rate, **bounds) for name in names]
        )
        file.writeSamples([np.ascontiguousarray(signal) for signal in signals.T])


def to_wfdb(path: Path, signals: Array, names: Sequence[str], rate: float, fmt: str = "16") -> None:
    several = len(names)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # of how wfdb calls pandas
        import wfdb

        wfdb.wrsamp(
            path.stem, rate, ["mV"] * several, list(names), p_signal=signals, fmt=[fmt] * several,
            adc_gain=[1000.0] * several, baseline=[0] * several, write_dir=str(path.parent),
        )  # fmt: skip


WRITTEN: Mapping[str, Format] = {
    ".csv": Format(to_text(","), 0),
    ".tsv": Format(to_text("\t"), 0),
    ".txt": Format(to_text(" "), 0),
    ".npy": Format(to_npy, 0, rate=False, names=False, unit=False),
    ".npz": Format(to_npz, 0, unit=False),
    ".parquet": Format(to_parquet, 0),
    ".mat": Format(to_mat, 0, unit=False),
    ".wav": Format(to_wav, 1e-6, names=False, unit=False),
    ".flac": Format(to_sound, LARGEST / 2**15, LARGEST, names=False, unit=False),
    ".ogg": Format(to_sound, 0.25, LARGEST, names=False, unit=False),
    ".edf": Format(to_edf, LARGEST / 2**15),
    ".bdf": Format(to_edf, LARGEST / 2**23),
    ".hea": Format(to_wfdb, 0.0005),
}


def ecg() -> Array:
    """Return the example's samples in mV, without the project's reader."""
    return np.loadtxt(ECG, skiprows=4)


def text(folder: Path, content: str | bytes, name: str = "some.csv", encoding: str = "utf-8") -> Path:
    """Write a file and return its path."""
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode(encoding))
    return path


def samples_of(path: Path) -> dict[str, list[float]]:
    """Return the samples of a recording's channels by their names."""
    return {c.name: c.read(0, c.n_samples).tolist() for c in open_recording(path).channels}


def fault(*paths: Path | str, length: int = 256, rate: float | None = None, picks: Sequence[str] = ()) -> str:
    """Return what the survey of recordings that cannot be used says, which is one line."""
    with pytest.raises(RecordingError) as caught:
        survey(find([str(path) for path in paths]), length, rate, picks)
    assert "\n" not in str(caught.value)
    return str(caught.value)
