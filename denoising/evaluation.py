"""Measuring a trained autoencoder on signals that it was not trained on."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from denoising.dataset import SignalSet
from denoising.metrics import mse, mse_per_signal, snr_db, snr_improvement_db
from denoising.model import Autoencoder
from denoising.training import Weights, as_tensors, denoise

PERCENTILES = (10, 50, 90)

Rule = Literal["denoised", "noisy"]


@dataclass(frozen=True)
class Evaluation:
    """What was measured.

    Attributes:
        metrics: the cell's numbers, by name; undefined ones are None.
        per_signal: a row a test signal: signal_id, f1, f2, noisy_mse, mse.
        examples: chosen test signals: rule, percentile, signal_id, clean, noisy, denoised (arrays).
    """

    metrics: dict[str, float | None]
    per_signal: pd.DataFrame
    examples: pd.DataFrame


def evaluate(
    network: Autoencoder, last: Weights, best: Weights, validation: SignalSet, test: SignalSet
) -> Evaluation:
    """Measure the last weights on validation and test signals, and the best-validation ones on test.

    All but `validation_mse` is measured on the test signals.
    """
    best_test_mse = mse(denoised_by(network, best, test), test.clean)
    validation_mse = mse(denoised_by(network, last, validation), validation.clean)
    denoised = denoised_by(network, last, test)
    per_signal = pd.DataFrame(
        {
            "signal_id": test.signal_id,
            "f1": test.frequencies[:, 0],
            "f2": test.frequencies[:, 1],
            "noisy_mse": mse_per_signal(test.noisy, test.clean),
            "mse": mse_per_signal(denoised, test.clean),
        }
    )
    percentiles = {f"test_mse_p{p}": float(np.percentile(per_signal["mse"], p)) for p in PERCENTILES}
    metrics = {
        "validation_mse": validation_mse,
        "test_mse": mse(denoised, test.clean),
        "noisy_mse": mse(test.noisy, test.clean),
        "input_snr_db": snr_db(test.noisy, test.clean),
        "output_snr_db": snr_db(denoised, test.clean),
        "snr_improvement_db": snr_improvement_db(denoised, test.noisy, test.clean),
        "test_mse_p10": percentiles["test_mse_p10"],
        "test_mse_median": percentiles["test_mse_p50"],
        "test_mse_p90": percentiles["test_mse_p90"],
        "best_test_mse": best_test_mse,
    }
    return Evaluation(metrics, per_signal, choose_examples(test, denoised, per_signal))


def denoised_by(network: Autoencoder, weights: Weights, signals: SignalSet) -> NDArray[np.float32]:
    """What the network with these weights makes of the noisy signals, shape (n, signal_length)."""
    network.load_state_dict(weights)
    noisy, _ = as_tensors(signals, next(network.parameters()).device)
    array: NDArray[np.float32] = denoise(network, noisy).cpu().numpy()
    return array


def choose_examples(test: SignalSet, denoised: NDArray[np.float32], per_signal: pd.DataFrame) -> pd.DataFrame:
    """The signals at the 10th, 50th and 90th percentile of two errors.

    By rule "denoised" the error is the network's own, so each network has its own examples; by rule
    "noisy" it is that of the noisy signal, so every network at a noise level has the same ones.
    """
    rules: dict[Rule, str] = {"denoised": "mse", "noisy": "noisy_mse"}
    chosen = [
        (rule, percentile, row)
        for rule, column in rules.items()
        for percentile, row in zip(
            PERCENTILES, rows_at_percentiles(per_signal[column].to_numpy()), strict=True
        )
    ]
    return pd.DataFrame(
        [
            (rule, percentile, int(test.signal_id[row]), test.clean[row], test.noisy[row], denoised[row])
            for rule, percentile, row in chosen
        ],
        columns=["rule", "percentile", "signal_id", "clean", "noisy", "denoised"],
    )


def rows_at_percentiles(errors: NDArray[np.float64]) -> list[int]:
    """The rows whose error has the nearest rank to each percentile; of equal errors, by position."""
    order = np.argsort(errors, kind="stable")
    return [int(order[round(percentile / 100 * (len(errors) - 1))]) for percentile in PERCENTILES]
