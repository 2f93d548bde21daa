"""What the verdict is made from: the finished tables of the controlled study, in memory."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from denoising.verdict.design import Design


@dataclass(frozen=True, eq=False)
class Evidence:
    """The tables of the controlled study.

    Attributes:
        name: the study's folder name.
        settings: what its run was told, by name.
        design: its design.
        results: a row a cell: depth, alpha, seed, variant, signals ("pictures" or "formula"), n_parameters,
            latent_size (numbers in the bottleneck), receptive_field (samples of the input that one sample of
            the output depends on, measured), epochs, train_loss and validation_loss (of the last epoch,
            against what the network was trained for), gradient_norm (mean over the last epoch's steps),
            validation_mse and test_mse (of the denoised signals against the clean ones), as_given_test_mse
            (of the network's output as it is, fed with the noisy signal as it is), noisy_mse (of the noisy
            test signals as given), train_seconds, status ("done" or "failed"), failure (the reason, or null).
            A failed cell has its axes, its status and its reason; the rest is null.
        history: depth, alpha, seed, variant, epoch (from 0), train_mse, validation_mse (against what the
            network was trained for), gradient_norm (mean over the epoch's steps).
        limits: a row a family and noise level: signals and the fields of `denoising.theory.limits.Limits`.
        baselines: a row a (signals, denoiser, alpha): label, validation_mse, test_mse.
        transfer: a row a cell and noise level it was tested at: depth, alpha (trained at), seed, variant,
            tested_alpha, test_mse (as given), rescaled_test_mse (the input rescaled to the gain that it was
            trained at).
        filters: the effective filters of the best network of each family and claimed noise level, of the
            original's at two depths and of the best linear filter: signals, alpha, denoiser (a name of
            `denoising.verdict.conduct`), variant, depth, seed (the latter three null for what is no network),
            frequency (cycles a sample), gain (see `denoising.verdict.probe`).
        local_filters: the same at one test signal, of the median error of the noisy ones, with its
            signal_id, f1 and f2.
        error_map: the errors of the best networks over the frequencies of the test signals, means over the
            seeds: signals, alpha, denoiser, variant, depth, f1 and f2 (the middle of a bin), n (signals),
            mse.
        elsewhere: errors outside the training conditions, of these and of the rescaled noisy signal: signals,
            alpha, denoiser, variant, depth, seed, condition, n (signals), test_mse.
    """

    name: str
    settings: Mapping[str, Any]
    design: Design
    results: pd.DataFrame
    history: pd.DataFrame
    limits: pd.DataFrame
    baselines: pd.DataFrame
    transfer: pd.DataFrame
    filters: pd.DataFrame
    local_filters: pd.DataFrame
    error_map: pd.DataFrame
    elsewhere: pd.DataFrame
