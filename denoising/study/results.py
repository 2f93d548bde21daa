"""What a report is made from: the finished tables of a study, in memory."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from denoising.networks.layers import Layer


@dataclass(frozen=True, eq=False)
class Study:
    """The tables of one study.

    Attributes:
        name: the study's folder name, such as `post-1a2b3c4d`.
        settings: every setting of the study's base, by name (signals, n_signals, n_test, signal_length,
            alphas, depths, seeds, data_seed, channels, kernel_size, epochs, batch_size, learning_rate,
            device ...). What a variant changes of them is told by columns of `results` of the same names.
        x: the sample positions of the base, shape (signal_length,).
        results: a row a cell: depth, alpha, seed, variant, n_parameters, epochs, train_mse,
            validation_mse, the columns of `baselines` from test_mse on, best_epoch, best_validation_mse,
            best_test_mse, train_seconds, status ("done" or "failed"), failure (the reason, or null), dataset
            (the name of its folder, by which a variant finds its limits, baselines and samples). A failed
            cell has its axes, its dataset if known, its status and its reason; the rest is null.
        history: depth, alpha, seed, variant, epoch (from 0), train_mse, validation_mse.
        limits: a row a dataset and noise level: the fields of `denoising.theory.limits.Limits`, dataset.
        baselines: a row a (denoiser, alpha, dataset) that is defined: label (what it is called), parameters
            (in words), validation_mse, test_mse, noisy_mse, input_snr_db, output_snr_db, snr_improvement_db,
            snr_improvement_over_rescaled_db and snr_improvement_over_best_gain_db (over these two), prd,
            cosine_similarity, test_mse_p10, test_mse_median, test_mse_p90 (over the test signals),
            db_above_mmse, gap_closed.
        per_signal: a row a cell and test signal: depth, alpha, seed, variant, signal_id, f1, f2, noisy_mse,
            mse, output_snr_db, snr_improvement_db, prd, cosine_similarity.
        examples: chosen test signals of each cell: depth, alpha, seed, variant, rule, percentile,
            signal_id, clean, noisy, denoised (arrays of signal_length). Rule "denoised": the signals at
            the 10th, 50th, 90th percentile of this cell's own error. Rule "noisy": at the same percentiles
            of the noisy signals' error, so the same signals for every depth at an alpha.
        spectra: depth, alpha, seed, variant, frequency (cycles a sample) and the mean power spectral
            densities clean, noise, removed and error over the test signals.
        baseline_signals, baseline_examples, baseline_spectra: the last three with denoiser, alpha and dataset
            in place of the cell's axes.
        samples: the first few training signals of each dataset and alpha, the same at every alpha: alpha,
            signal_id, clean, noisy (arrays of signal_length), dataset.
        architectures: the layers of the network of each variant and depth, input first.
    """

    name: str
    settings: Mapping[str, Any]
    x: NDArray[np.float64]
    results: pd.DataFrame
    history: pd.DataFrame
    limits: pd.DataFrame
    baselines: pd.DataFrame
    per_signal: pd.DataFrame
    examples: pd.DataFrame
    spectra: pd.DataFrame
    baseline_signals: pd.DataFrame
    baseline_examples: pd.DataFrame
    baseline_spectra: pd.DataFrame
    samples: pd.DataFrame
    architectures: Mapping[tuple[str, int], Sequence[Layer]]
