"""What is known of a denoiser beside the limits and beside doing next to nothing."""

import numpy as np
import pandas as pd

from denoising.signals.sinusoids import Array

NO_GAP = 1e-9  # of the linear MMSE: where the MMSE lies no further below it, they are one
PLACE = ["dataset", "alpha"]  # what limits and baselines belong to


def beside_limits(results: pd.DataFrame, limits: pd.DataFrame, baselines: pd.DataFrame) -> pd.DataFrame:
    """Results with their place between the limits; undefined values are null.

    - db_above_mmse: 10 log10(test_mse / mmse);
    - gap_closed: (linear_mmse - test_mse) / (linear_mmse - mmse), below 0 for what the best linear filter
      beats;
    - snr_improvement_over_rescaled_db, snr_improvement_over_best_gain_db: SNR improvement over these two, on
      the same test signals.

    Args:
        results: a row a denoiser and noise level, with dataset, alpha and test_mse; these four columns are
            filled.
        limits: a row a dataset and noise level: dataset, alpha, linear_mmse, mmse.
        baselines: a row a (denoiser, dataset, alpha) with test_mse.
    """
    known = limits.set_index(PLACE).reindex(places(results))
    mmse, linear = known["mmse"].to_numpy(np.float64), known["linear_mmse"].to_numpy(np.float64)
    mse = results["test_mse"].to_numpy(np.float64)
    return results.assign(
        db_above_mmse=decibels(mse, mmse),
        gap_closed=ratio(linear - mse, np.where(linear - mmse > NO_GAP * linear, linear - mmse, 0)),
        snr_improvement_over_rescaled_db=decibels(error_of("rescaled", results, baselines), mse),
        snr_improvement_over_best_gain_db=decibels(error_of("best_gain", results, baselines), mse),
    )


def error_of(name: str, results: pd.DataFrame, baselines: pd.DataFrame) -> Array:
    """A baseline's test MSE on the dataset and at the noise level of each result."""
    errors = baselines[baselines["denoiser"] == name].set_index(PLACE)["test_mse"]
    return errors.reindex(places(results)).to_numpy(dtype=np.float64)


def places(results: pd.DataFrame) -> pd.MultiIndex:
    """The dataset and noise level of each result."""
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
