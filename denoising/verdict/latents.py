"""Errors over the size of the latent, and what linear projection reaches with as many numbers."""

from collections.abc import Iterator, Sequence
from math import ceil

import numpy as np
import pandas as pd

from denoising.denoisers.denoiser import rescaled_noise_std
from denoising.signals.sinusoids import FAMILIES
from denoising.theory.prior import prior_of
from denoising.verdict.cells import OWN_FAMILY, Candidate, measured
from denoising.verdict.design import AXIS_DEPTHS, latent_name
from denoising.verdict.evidence import Evidence


def latent_errors(evidence: Evidence) -> Iterator[tuple[float, int, str, int, float, float, float, int]]:
    """Alpha, depth, objective, latent size; mean, lowest and highest test MSE over the seeds; how many."""
    for alpha in evidence.design.alphas:
        for depth in AXIS_DEPTHS:
            for objective in ("denoising", "plain"):
                for size in sorted(evidence.design.latents):
                    name = latent_name(size, plain=objective == "plain")
                    mse = measured(evidence, Candidate(name, depth), alpha)
                    if len(mse):
                        yield alpha, depth, objective, size, mse.mean(), mse.min(), mse.max(), len(mse)


def latent_frame(evidence: Evidence) -> pd.DataFrame:
    """The same as a table, with the expected error of the PCA."""
    columns = ["alpha", "depth", "objective", "latent_size", "mean", "lowest", "highest", "n"]
    table = pd.DataFrame(latent_errors(evidence), columns=columns)
    pca = [
        float(pca_errors([int(size)], alpha, signal_length(evidence))[0])
        for size, alpha in zip(table["latent_size"], table["alpha"], strict=True)
    ]
    return table.assign(pca_expected=pca)


def signal_length(evidence: Evidence) -> int:
    """Samples in a signal."""
    return int(evidence.settings["base"]["signal_length"])


def beside_the_bottleneck(evidence: Evidence) -> int:
    """How many numbers the layers beside the bottleneck of the deeper networks of the latent axis hold."""
    base = evidence.settings["base"]
    return int(base["channels"] * ceil(base["signal_length"] / base["stride"] ** (max(AXIS_DEPTHS) - 1)))


def pca_errors(sizes: Sequence[int], alpha: float, length: int) -> list[float]:
    """The expected MSE of the rescaled noisy signal, projected on the first principal components.

    With k of them, of the clean signals' covariance with eigenvalues lambda, the error is what lies in the
    other directions and the noise that is kept: (sum over i > k of lambda_i + k s^2) / length, where
    s = alpha / (1 - alpha) and k is at most the length.
    """
    variances = prior_of(FAMILIES[OWN_FAMILY], length).variances
    s = rescaled_noise_std(alpha)
    kept = np.minimum(sizes, length)
    return [float((variances[k:].sum() + k * s**2) / length) for k in kept]
