"""A finished study of recordings with a denoiser for each of two levels, made without training any."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch
from scipy.io import wavfile

from denoising.denoisers.denoiser import Known
from denoising.denoisers.savitzky_golay import SavitzkyGolay
from denoising.models.classical import classical_to_bytes
from denoising.models.describing import described
from denoising.models.model_file import from_bytes, to_bytes
from denoising.networks.autoencoder import Autoencoder
from denoising.networks.training import copy_weights
from denoising.signals.dataset import SignalSet
from flows.denoise import main
from flows.terminal.status import Status
from tasks.cache.latest import Latest
from tasks.cache.store import Store
from tasks.formats.network import network_to_bytes
from tests.flows.recorded import RATE, electrocardiogram, noisy

STUDY = "recordings-0a1b2c3d"
LENGTH = 64
N = 4000
FULL_SCALE = 32768
CLEAN = electrocardiogram()


def windows(snr: float) -> SignalSet:
    """Windows of the electrocardiogram with noise at a ratio in dB."""
    clean = CLEAN[: len(CLEAN) // LENGTH * LENGTH].reshape(-1, LENGTH)
    std = CLEAN.std() / 10 ** (snr / 20)
    mixed = noisy(clean.ravel(), std, 0).reshape(-1, LENGTH)
    low, middle, high = np.percentile(mixed, [15.865525, 50, 84.134475])
    n = len(clean)
    return SignalSet(
        np.arange(n),
        {"file": np.full(n, "ecg"), "channel": np.full(n, "ECG")},
        clean,
        mixed,
        np.full(n, middle),
        np.full(n, (high - low) / 2),
    )


def write_study(folder: Path) -> Path:
    """Write the note and the models of a study: a filter at 10 dB and a network at 0 dB."""
    store = Store(folder / "data", folder / "artifacts")
    store.write_json(f"artifacts/{STUDY}/study.json", {"study": STUDY})
    Latest(store).follow(STUDY)
    data = {"snr": 10.0, "has_clean": True, "rate": float(RATE), "unit": "mV"}
    mild = windows(10)
    known = Known(None, None, mild.standardised(), mild.standardised(), added_std=0.3)
    path = "denoising.denoisers.savitzky_golay:SavitzkyGolay"
    filtered = classical_to_bytes(path, SavitzkyGolay.fit(known), mild, data)
    design = {"depth": 2, "channels": 8, "kernel_size": 5, "signal_length": LENGTH, "skips": True}
    network = Autoencoder(**design, generator=torch.Generator().manual_seed(0))  # type: ignore[arg-type]
    own = {"kind": "network", "label": "network of depth 2", "design": design}
    card = described(windows(0), data | {"snr": 0.0}, **own)
    models = {"snr=10": filtered, "snr=0": network_to_bytes(card, copy_weights(network))}
    for level, content in models.items():
        found, tensors = from_bytes(content)
        named = to_bytes(replace(found, study=STUDY), tensors)
        store.write(f"artifacts/{STUDY}/models/{level}.safetensors", named)
    assert json.loads((folder / "artifacts" / "latest" / "study.json").read_text())["study"] == STUDY
    return folder


def write_wav(path: Path, std: float, rate: int = RATE, n: int = N) -> None:
    """Write a noisy electrocardiogram, of 16 bits."""
    path.parent.mkdir(parents=True, exist_ok=True)
    samples = noisy(CLEAN[:n], std, 1) / 6
    wavfile.write(path, rate, (samples * FULL_SCALE).clip(-FULL_SCALE, FULL_SCALE - 1).astype(np.int16))


def run(folder: Path, *arguments: str | Path) -> Status:
    folders = ["--data-dir", str(folder / "data"), "--artifacts-dir", str(folder / "artifacts")]
    return main([*map(str, arguments), *folders])


def files_in(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if not path.is_dir()}
