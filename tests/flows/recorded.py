"""Small studies of recordings for tests."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from denoising.signals.sinusoids import Array
from flows.settings.study_settings import PROJECT

RATE = 360
ECG = PROJECT / "examples" / "ecg.csv"


def electrocardiogram() -> Array:
    """The example that ships with the project, in mV."""
    return np.loadtxt(ECG, skiprows=4)


def write_csv(path: Path, samples: Array, heading: str = "ECG (mV)") -> Path:
    """Write a recording that does not tell its rate."""
    path.parent.mkdir(parents=True, exist_ok=True)
    np.savetxt(path, samples, fmt="%.4f", header=heading, comments="")
    return path


def noisy(samples: Array, std: float, seed: int) -> Array:
    """Return samples with white noise."""
    return samples + std * np.random.default_rng(seed).standard_normal(len(samples))


def small(folder: Path, *inputs: str | Path, rate: int = RATE, depths: Sequence[int] = (1, 2)) -> list[str]:
    """The command line of a small study: two depths, one epoch, windows of 64 samples."""
    return [
        "--rate", str(rate), "--depths", *map(str, depths), "--epochs", "2", "--channels", "4",
        "--signal-length", "64", "--vary", "skips=true", "--workers", "2", "--data-dir", str(folder / "data"),
        "--artifacts-dir", str(folder / "artifacts"), *map(str, inputs),
    ]  # fmt: skip
