"""What is known of a denoiser beside the limits and beside doing next to nothing."""

import numpy as np
import pandas as pd

from denoising.signals.sinusoids import Array

SMALLEST_GAP = 1e-9  # relative to the linear MMSE; below this, the MMSE counts as equal to it
PLACE = ["dataset", "alpha"]  # which limits and baselines belong to a result


def beside_limits(results: pd.DataFrame, limits: pd.DataFrame, baselines: pd.DataFrame) -> pd.DataFrame:
    """Add columns that compare each result with the limits; undefined values are null.

    - db_above_mmse: 10 log10(test_mse / mmse);
    - gap_closed: (linear_mmse - test_mse) / (linear_mmse - mmse), negative for a denoiser that is worse than
      the best linear filter;
    - snr_improvement_over_rescaled_db, snr_improvement_over_best_gain_db: SNR improvement over the baselines
      `rescaled` and `best_gain` on the same test signals, in dB.

    Args:
        results: one row per denoiser, dataset and noise level, with dataset, alpha and test_mse.
        limits: one row per dataset and noise level, with dataset, alpha, linear_mmse and mmse.
        baselines: one row per denoiser, dataset and noise level, with test_mse.
    """
    known = limits.set_index(PLACE).reindex(places(results))
    mmse, linear = known["mmse"].to_numpy(np.float64), known["linear_mmse"].to_numpy(np.float64)
    mse = results["test_mse"].to_numpy(np.float64)
    return results.assign(
        db_above_mmse=decibels(mse, mmse),
        gap_closed=ratio(linear - mse, np.where(linear - mmse > SMALLEST_GAP * linear, linear - mmse, 0)),
        snr_improvement_over_rescaled_db=decibels(error_of("rescaled", results, baselines), mse),
        snr_improvement_over_best_gain_db=decibels(error_of("best_gain", results, baselines), mse),
    )


def error_of(name: str, results: pd.DataFrame, baselines: pd.DataFrame) -> Array:
    """Return a baseline's test MSE on the dataset and at the noise level of each result."""
    errors = baselines[baselines["denoiser"] == name].set_index(PLACE)["test_mse"]
    return errors.reindex(places(results)).to_numpy(dtype=np.float64)


def places(results: pd.DataFrame) -> pd.MultiIndex:
    """Return the dataset and noise level of each result."""
    return pd.MultiIndex.from_frame(results[PLACE])


def decibels(numerator: Array, denominator: Array) -> Array:
    """10 log10(numerator / denominator); nan unless both are positive."""
    positive = np.where((numerator > 0) & (denominator > 0), ratio(numerator, denominator), np.nan)
    return np.asarray(10 * np.log10(positive))


def ratio(numerator: Array, denominator: Array) -> Array:
    """numerator / denominator; nan where the latter is zero."""
    quotient: Array = np.divide(
        numerator, denominator, out=np.full(len(numerator), np.nan), where=denominator != 0
    )
    return quotient
