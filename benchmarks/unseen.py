"""What denoised files gain on a recording that no study has seen, beside what the study told.

python -m benchmarks unseen FILE RATE [CHANNEL] [SNR] [OPTIONS OF THE SWEEP]

Cuts a clean recording in two: a study of the first four fifths, at a signal-to-noise ratio of 5 dB unless
another is given, finds the best denoiser. White noise at that ratio is added to the last fifth, which
`flows/denoise.py` then denoises. Prints the gain that the study told of its test windows, and that of the
file. All files go into a temporary folder.
"""

import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from denoising.measure.metrics import snr_improvement_db
from denoising.models.loading import load
from denoising.recordings.channels import picked
from denoising.recordings.opening import open_recording
from denoising.signals.sinusoids import Array
from flows.denoise import main as denoise
from flows.sweep import SWEEP
from tasks.formats.frames import from_parquet

SHARE = 0.8  # of the recording, for the study
SEED = 7


def main(file: str, rate: str, channel: str = "1", snr: str = "5", *options: str) -> None:
    """Print what was told and what was gained."""
    [found] = picked(open_recording(Path(file)), [channel])
    samples = found.read(0, found.n_samples)
    samples = np.where(np.isfinite(samples), samples, np.nanmedian(samples))
    seen, unseen = np.split(samples, [round(SHARE * len(samples))])
    std = unseen.std() / 10 ** (float(snr) / 20)
    noisy = unseen + std * np.random.default_rng(SEED).standard_normal(len(unseen))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for part, values in {"seen": seen, "noisy": noisy}.items():
            np.save(folder / f"{part}.npy", values)
        folders = ["--data-dir", f"{name}/data", "--artifacts-dir", f"{name}/artifacts"]
        told = ["--signals", f"{name}/seen.npy", "--rate", rate, "--snr", snr, *options, *folders]
        assert not SWEEP.main(told), "the study failed"
        out = ["--output-dir", f"{name}/out", "--no-report", "--rate", rate, *folders]
        assert not denoise([f"{name}/noisy.npy", *out]), "the file was not denoised"
        own = gain_told(folder / "artifacts" / "latest")
        show(own, unseen, noisy, np.load(folder / "out" / "noisy.npy"))


def gain_told(study: Path) -> float:
    """Return the gain in dB that a study tells of the denoiser that it chose."""
    label = load(study).models[0].card.label
    results, baselines = (
        from_parquet((study / f"{name}.parquet").read_bytes()) for name in ("results", "baselines")
    )
    rows = baselines[baselines["label"] == label] if label in set(baselines["label"]) else results
    best = int(rows["validation_mse"].to_numpy().argmin())
    print(f"chosen: {label}")
    return float(rows["snr_improvement_db"].to_numpy()[best])


def show(told: float, clean: Array, noisy: Array, denoised: Array) -> None:
    """Print a gain that was told and the one that was had, about the signal's mean."""
    gained = snr_improvement_db(*(each[None] - clean.mean() for each in (denoised, noisy, clean)))
    print(f"told {told:.1f} dB, gained {gained:.1f} dB on {len(clean):,} samples")


def given() -> Sequence[str]:
    """Return the arguments of the command line."""
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    return sys.argv[1:]


if __name__ == "__main__":
    main(*given())
