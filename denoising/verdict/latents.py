"""Errors over the size of the latent, and what linear projection reaches with as many numbers."""

from collections.abc import Sequence
from itertools import product

import numpy as np
import pandas as pd

from denoising.signals.scaling import rescaled_noise_std
from denoising.signals.sinusoids import FAMILIES
from denoising.theory.prior import prior_of
from denoising.verdict.cells import Candidate, measured
from denoising.verdict.design import AXIS_DEPTHS, LATENT, OWN_SIGNALS, latent_name
from denoising.verdict.evidence import Evidence


def latent_frame(evidence: Evidence) -> pd.DataFrame:
    """Test errors by alpha, depth, objective and latent size, beside what PCA is expected to reach.

    Returns:
        alpha, depth, objective ("denoising" or "plain"), latent_size; median, lowest and highest test MSE, n
        (seeds), pca_expected.
    """
    length, sizes = signal_length(evidence), sizes_of(evidence)
    kinds = product(evidence.design.alphas, AXIS_DEPTHS, ("denoising", "plain"), sizes)
    rows = [
        (*kind, mse.median(), mse.min(), mse.max(), len(mse), *pca_errors([kind[-1]], kind[0], length))
        for kind in kinds
        if len(mse := latent_errors(evidence, *kind))
    ]
    columns = [
        "alpha", "depth", "objective", "latent_size", "median", "lowest", "highest",
        "n", "pca_expected",
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=columns)


def latent_errors(evidence: Evidence, alpha: float, depth: int, objective: str, size: int) -> pd.Series:
    """The test MSE by seed of a network of the latent axis."""
    variant = latent_name(size, plain=objective == "plain")
    return measured(evidence, Candidate(variant, depth), alpha)


def sizes_of(evidence: Evidence) -> list[int]:
    """The sizes on the latent axis."""
    return sorted({LATENT, *evidence.design.latents})


def signal_length(evidence: Evidence) -> int:
    """Samples in a signal."""
    return int(evidence.settings["base"]["signal_length"])


def components_for(share: float, length: int) -> int:
    """How many principal components hold a share of the clean signals' variance."""
    variances = prior_of(FAMILIES[OWN_SIGNALS], length).variances
    return int(np.searchsorted(np.cumsum(variances) / variances.sum(), share) + 1)


def pca_errors(sizes: Sequence[int], alpha: float, length: int) -> list[float]:
    """The expected MSE of the rescaled noisy signal, projected on the first principal components.

    With k of them, of the clean signals' covariance with eigenvalues lambda, the error is what lies in the
    other directions and the noise that is kept: (sum over i > k of lambda_i + k s^2) / length, where
    s = alpha / (1 - alpha) and k is at most the length.
    """
    variances = prior_of(FAMILIES[OWN_SIGNALS], length).variances
    s = rescaled_noise_std(alpha)
    kept = np.minimum(sizes, length)
    return [float((variances[k:].sum() + k * s**2) / length) for k in kept]
