"""Measuring denoisers, learned or not, on signals that they were not made from."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.signal import periodogram

from denoising.denoisers.denoiser import Denoiser
from denoising.measure.metrics import (
    Signals,
    cosine_similarity,
    mse,
    per_signal,
    prd,
    snr_db,
    snr_improvement_db,
)
from denoising.signals.dataset import SignalSet

PERCENTILES = (10, 50, 90)

Rule = Literal["denoised", "noisy"]


@dataclass(frozen=True)
class Evaluation:
    """What was measured.

    Attributes:
        metrics: the denoiser's numbers, by name; undefined ones are None.
        per_signal: a row a test signal: signal_id, f1, f2 and what `metrics.per_signal` tells of it.
        examples: chosen test signals: rule, percentile, signal_id, clean, noisy, denoised (arrays).
        spectra: see `power_spectra`.
    """

    metrics: dict[str, float | None]
    per_signal: pd.DataFrame
    examples: pd.DataFrame
    spectra: pd.DataFrame


def evaluate(denoiser: Denoiser, validation: SignalSet, test: SignalSet) -> Evaluation:
    """Measure a denoiser; all but `validation_mse` on the test signals."""
    denoised = denoiser(test.noisy)
    each = per_signal(denoised, test.noisy, test.clean)
    p10, median, p90 = np.percentile(each["mse"], PERCENTILES)
    metrics = {
        "validation_mse": mse(denoiser(validation.noisy), validation.clean),
        "test_mse": mse(denoised, test.clean),
        "noisy_mse": mse(test.noisy, test.clean),
        "input_snr_db": snr_db(test.noisy, test.clean),
        "output_snr_db": snr_db(denoised, test.clean),
        "snr_improvement_db": snr_improvement_db(denoised, test.noisy, test.clean),
        "prd": prd(denoised, test.clean),
        "cosine_similarity": cosine_similarity(denoised, test.clean),
        "test_mse_p10": float(p10),
        "test_mse_median": float(median),
        "test_mse_p90": float(p90),
    }
    signals = pd.DataFrame(
        {"signal_id": test.signal_id, "f1": test.frequencies[:, 0], "f2": test.frequencies[:, 1]}
    )
    return Evaluation(
        metrics=metrics,
        per_signal=pd.concat([signals, each], axis="columns"),
        examples=choose_examples(test, denoised, each),
        spectra=power_spectra(denoised, test),
    )


def power_spectra(denoised: Signals, test: SignalSet) -> pd.DataFrame:
    """Mean power spectral densities over the test signals, one-sided (periodograms without window, by SciPy).

    Returns:
        A row a frequency (cycles a sample, 0 to 0.5) with the densities of clean, noise (noisy - clean),
        removed (noisy - denoised) and error (denoised - clean). Each adds up, times the step of the
        frequency, to the mean square of its signals.
    """
    noisy, clean = test.noisy.astype(np.float64), test.clean.astype(np.float64)
    kinds = {"clean": clean, "noise": noisy - clean, "removed": noisy - denoised, "error": denoised - clean}
    frequency, power = periodogram(np.stack(list(kinds.values())), detrend=False)
    return pd.DataFrame({"frequency": frequency, **dict(zip(kinds, power.mean(axis=1), strict=True))})


def choose_examples(test: SignalSet, denoised: Signals, each: pd.DataFrame) -> pd.DataFrame:
    """The signals at the 10th, 50th and 90th percentile of two errors.

    By rule "denoised" the error is the denoiser's own, so each denoiser has its own examples; by rule
    "noisy" it is that of the noisy signal, so every denoiser at a noise level has the same ones.
    """
    rules: dict[Rule, str] = {"denoised": "mse", "noisy": "noisy_mse"}
    chosen = [
        (rule, percentile, row)
        for rule, column in rules.items()
        for percentile, row in zip(PERCENTILES, rows_at_percentiles(each[column].to_numpy()), strict=True)
    ]
    return pd.DataFrame(
        [
            (
                rule,
                percentile,
                int(test.signal_id[row]),
                test.clean[row],
                test.noisy[row],
                denoised[row].astype(np.float32),
            )
            for rule, percentile, row in chosen
        ],
        columns=["rule", "percentile", "signal_id", "clean", "noisy", "denoised"],
    )


def rows_at_percentiles(errors: NDArray[np.float64]) -> list[int]:
    """The rows whose error has the nearest rank to each percentile; of equal errors, by position."""
    order = np.argsort(errors, kind="stable")
    return [int(order[round(percentile / 100 * (len(errors) - 1))]) for percentile in PERCENTILES]
