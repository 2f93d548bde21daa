"""What is known of a denoiser beside the limits and beside doing next to nothing."""

import numpy as np
import pandas as pd

from denoising.signals.settings import DatasetSettings
from denoising.signals.sinusoids import Array

NO_GAP = 1e-9  # of the linear MMSE: where the MMSE lies no further below it, they are one


def beside_limits(results: pd.DataFrame, limits: pd.DataFrame, baselines: pd.DataFrame) -> pd.DataFrame:
    """Results with their place between the limits; undefined values are null.

    - db_above_mmse: 10 log10(test_mse / mmse);
    - gap_closed: (linear_mmse - test_mse) / (linear_mmse - mmse), below 0 for what the best linear filter
      beats;
    - snr_improvement_over_rescaled_db, snr_improvement_over_best_gain_db: SNR improvement over these two, on
      the same test signals.

    Args:
        results: a row a denoiser and noise level, with alpha and test_mse; these four columns are filled.
        limits: a row a noise level: alpha, linear_mmse, mmse.
        baselines: a row a (denoiser, alpha) with test_mse.

    Settings of the dataset that both have as columns must agree too.
    """
    of = conditions(limits, results)
    at_alpha = results[of].merge(limits, on=of, how="left")
    mmse, linear = at_alpha["mmse"].to_numpy(np.float64), at_alpha["linear_mmse"].to_numpy(np.float64)
    mse = results["test_mse"].to_numpy(np.float64)
    return results.assign(
        db_above_mmse=decibels(mse, mmse),
        gap_closed=ratio(linear - mse, np.where(linear - mmse > NO_GAP * linear, linear - mmse, 0)),
        snr_improvement_over_rescaled_db=decibels(error_of("rescaled", results, baselines), mse),
        snr_improvement_over_best_gain_db=decibels(error_of("best_gain", results, baselines), mse),
    )


def conditions(table: pd.DataFrame, results: pd.DataFrame) -> list[str]:
    """The columns that tell which row of a table belongs to a result: noise level and dataset."""
    return ["alpha", *(name for name in DatasetSettings.model_fields if name in table and name in results)]


def error_of(name: str, results: pd.DataFrame, baselines: pd.DataFrame) -> Array:
    """A baseline's test MSE at the noise level and on the dataset of each result."""
    of = conditions(baselines, results)
    errors = baselines.loc[baselines["denoiser"] == name, [*of, "test_mse"]]
    found = results[of].merge(errors, on=of, how="left")["test_mse"]
    return found.to_numpy(dtype=np.float64)


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
