"""The evaluation of a denoiser, learned or classical, on validation and test signals."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.signal import periodogram

from denoising.measure.metrics import (
    Denoiser,
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
    """The measurements of one denoiser.

    Attributes:
        metrics: numbers by name; undefined ones are None.
        per_signal: one row per test signal: signal_id, f1, f2 and the columns of `metrics.per_signal`.
        examples: the signals that `choose_examples` picks.
        spectra: the result of `power_spectra`.
    """

    metrics: dict[str, float | None]
    per_signal: pd.DataFrame
    examples: pd.DataFrame
    spectra: pd.DataFrame


def evaluate(denoiser: Denoiser, validation: SignalSet, test: SignalSet) -> Evaluation:
    """Measure a denoiser on the test signals, and its `validation_mse` on the validation signals."""
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
    """Return one-sided power spectral densities, averaged over the test signals.

    They are SciPy's periodograms without a window. The sum of a density times the frequency step is the mean
    square of its signals.

    Returns:
        One row per frequency (cycles per sample, 0 to 0.5) with the densities of clean, noise (noisy -
        clean), removed (noisy - denoised) and error (denoised - clean).
    """
    noisy, clean = test.noisy.astype(np.float64), test.clean.astype(np.float64)
    kinds = {"clean": clean, "noise": noisy - clean, "removed": noisy - denoised, "error": denoised - clean}
    frequency, power = periodogram(np.stack(list(kinds.values())), detrend=False)
    return pd.DataFrame({"frequency": frequency, **dict(zip(kinds, power.mean(axis=1), strict=True))})


def choose_examples(test: SignalSet, denoised: Signals, each: pd.DataFrame) -> pd.DataFrame:
    """Choose the test signals at the 10th, 50th and 90th percentile of two errors.

    Rule "denoised" sorts by the denoiser's own error, so each denoiser has its own examples. Rule "noisy"
    sorts by the error of the noisy signal, so all denoisers at a noise level have the same ones.

    Returns:
        One row per rule and percentile, with rule, percentile, signal_id and the arrays clean, noisy and
        denoised.
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
    """Return the row whose rank is nearest to each percentile; equal errors are ranked by position."""
    order = np.argsort(errors, kind="stable")
    return [int(order[round(percentile / 100 * (len(errors) - 1))]) for percentile in PERCENTILES]
