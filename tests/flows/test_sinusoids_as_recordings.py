"""Sinusoids that are written to files and read back as recordings give the results of sinusoids."""

from math import log10
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from denoising.denoisers.catalogue import OF_ANY_SIGNALS
from denoising.signals.dataset import generate
from denoising.signals.settings import DatasetSettings
from flows.settings.study_settings import report_of
from tests.flows.sweeps import ran, read

ALPHA = 0.2
N_FILES, EACH = 15, 100  # signals of a file; 9 files are to train on, and 3 each for validation and tests
FACTOR = 1.25  # between the medians of seeds, which differ among themselves by as much


@pytest.mark.slow
def test_sinusoids_read_from_files_are_denoised_as_well_as_those_of_the_formula(
    server: None, tmp_path: Path, undrawn: None
) -> None:
    clean = generate(DatasetSettings(n_signals=N_FILES * EACH, data_seed=7), ALPHA, "pool", 0).clean
    apart = np.concatenate([clean, np.full_like(clean, np.nan)], axis=1)  # a gap of a window between two
    (tmp_path / "files").mkdir()
    for number, signals in enumerate(np.array_split(apart, N_FILES)):
        np.savetxt(tmp_path / "files" / f"{number}.csv", signals.ravel(), fmt="%.6f")
    snr = 20 * log10((1 - ALPHA) / ALPHA)  # of signals of mean power 1, nearly
    same = [
        "--depths", "2", "--seeds", "0", "1", "2", "--epochs", "20", "--channels", "16", "--batch-size", "32",
        "--learning-rate", "0.003", "--data-dir", str(tmp_path / "data"),
        "--artifacts-dir", str(tmp_path / "artifacts"),
    ]  # fmt: skip
    commands = {
        "recordings": [
            "--signals", str(tmp_path / "files"), "--rate", "1", "--snr", f"{snr:g}", "--growth", "1",
            "--kernel-size", "3", "--schedule", "constant", "--fresh", "false", "--vary", "skips=false",
            *same,
        ],
        "formula": ["--preset", "quick", "--alphas", str(ALPHA), "--n-signals", "1286", *same],
    }  # fmt: skip
    tables = {}
    for name, arguments in commands.items():
        assert ran(arguments)
        folder = report_of(read(arguments)).parent
        tables[name] = [pd.read_parquet(folder / f"{table}.parquet") for table in ("results", "baselines")]
    (results, others), (expected, limits) = tables["recordings"], tables["formula"]
    ratio = results["test_mse"].median() / expected["test_mse"].median()
    assert 1 / FACTOR < ratio < FACTOR
    mse, known = (rows.set_index("denoiser")["test_mse"] for rows in (others, limits))
    for name in set(OF_ANY_SIGNALS) - {"identity"}:  # whose noisy signal is not shrunk here
        assert mse[name] == pytest.approx(known[name], rel=0.1), name
    assert mse["pca"] == pytest.approx(known["linear_mmse"], rel=0.1)
    assert mse["window_wiener"] == pytest.approx(known["linear_mmse"], rel=0.05)
