"""What a report is made from: the finished tables of a study, in memory."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from denoising.architecture import Layer


@dataclass(frozen=True)
class Study:
    """The tables of one study.

    Attributes:
        name: the study's folder name, such as `post-1a2b3c4d`.
        settings: every setting of the study, by name (signals, n_signals, n_test, signal_length, alphas,
            depths, seeds, data_seed, channels, kernel_size, epochs, batch_size, learning_rate, device ...).
        x: the sample positions, shape (signal_length,).
        results: a row a cell: depth, alpha, seed, variant, n_parameters, epochs, train_mse,
            validation_mse, test_mse, noisy_mse, input_snr_db, output_snr_db, snr_improvement_db,
            test_mse_p10, test_mse_median, test_mse_p90 (over the test signals), best_epoch,
            best_validation_mse, best_test_mse, train_seconds, status ("done" or "failed"), failure
            (the reason, or null). A failed cell has its axes, its status and its reason; the rest is null.
        history: depth, alpha, seed, variant, epoch (from 0), train_mse, validation_mse.
        examples: chosen test signals of each cell: depth, alpha, seed, variant, rule, percentile,
            signal_id, clean, noisy, denoised (arrays of signal_length). Rule "denoised": the signals at
            the 10th, 50th, 90th percentile of this cell's own error. Rule "noisy": at the same percentiles
            of the noisy signals' error, so the same signals for every depth at an alpha.
        samples: the first few training signals of each alpha, the same at every alpha: alpha, signal_id,
            clean, noisy (arrays of signal_length).
        architectures: the layers of the network of each depth, input first.
    """

    name: str
    settings: Mapping[str, Any]
    x: NDArray[np.float64]
    results: pd.DataFrame
    history: pd.DataFrame
    examples: pd.DataFrame
    samples: pd.DataFrame
    architectures: Mapping[int, Sequence[Layer]]
