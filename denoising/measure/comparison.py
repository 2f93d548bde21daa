"""What is known of a denoiser beside others on the same test signals."""

import numpy as np
import pandas as pd

from denoising.signals.sinusoids import Array

SMALLEST_GAP = 1e-9  # relative to the error of the best linear filter; a smaller gap counts as none
PLACE = ["dataset", "alpha"]  # which baselines belong to a result


def beside_baselines(results: pd.DataFrame, baselines: pd.DataFrame) -> pd.DataFrame:
    """Add columns that compare each result with baselines on the same test signals; undefined ones are null.

    With bayes, linear, rescaled and best_gain the test MSE of the posterior mean, the best linear filter, the
    noisy signal divided by 1 - alpha and the best gain:

    - db_above_mmse: 10 log10(test_mse / bayes), so that the posterior mean has 0;
    - gap_closed: (linear - test_mse) / (linear - bayes): 1 for the posterior mean, 0 for the best linear
      filter, negative for what is worse than that;
    - snr_improvement_over_rescaled_db, snr_improvement_over_best_gain_db: SNR improvement over these two, in
      dB.

    Args:
        results: one row per denoiser, dataset and noise level, with dataset, alpha and test_mse.
        baselines: one row per denoiser, dataset and noise level, with test_mse.
    """
    mse = results["test_mse"].to_numpy(np.float64)
    bayes, linear = (error_of(name, results, baselines) for name in ("bayes", "linear_mmse"))
    gap = np.where((bayes > 0) & (linear - bayes > SMALLEST_GAP * linear), linear - bayes, 0)
    return results.assign(
        db_above_mmse=decibels(mse, bayes),
        gap_closed=ratio(linear - mse, gap),
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
