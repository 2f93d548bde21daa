"""The lowest errors that denoisers of several kinds, and any denoiser at all, can reach at a noise level.

All errors are mean squared errors against the clean signal at its own scale. Let s = alpha / (1 - alpha) be
the noise's standard deviation after the noisy signal is divided by 1 - alpha, P the mean square of the clean
signals and lambda the eigenvalues of their covariance. Then the errors are

- of the noisy signal as given: alpha^2 (1 + P); rescaled, that is divided by 1 - alpha: s^2; times the best
  gain: P s^2 / (P + s^2);
- of the best linear filter (Wiener): the sum of s^2 lambda / (lambda + s^2), divided by the length;
- of the best denoiser of any kind: the mean posterior variance, over noisy signals from the prior;
- of unbiased estimators of the two frequencies, at least the Cramer-Rao bound 2 s^2 / length (Rife &
  Boorstyn 1974);
- of unbiased estimators that know only that there are two sinusoids, and have to find the frequency, the
  amplitude and the phase of both, at least 6 s^2 / length (Rife & Boorstyn 1976; Stoica & Moses 2005).

Both bounds are s^2 / length for each unknown, whatever their values. The covariance of an unbiased estimate
is at least s^2 (J^T J)^-1, where J holds the signal's derivatives by the unknowns. So that of the signal it
stands for is at least s^2 J (J^T J)^-1 J^T, which is s^2 times a projection on as many dimensions as there
are unknowns, if the signal tells them apart. The bound of the signal's mean squared error is its trace over
the length.
"""

from dataclasses import dataclass

import numpy as np

from denoising.signals.dataset import generate
from denoising.signals.scaling import rescale, rescaled_noise_std, rescaling_gain
from denoising.signals.settings import DatasetSettings
from denoising.signals.sinusoids import FAMILIES, Array, Sinusoids
from denoising.theory.posterior import posterior
from denoising.theory.prior import prior_of, shrinkage

MAX_TEST_SIGNALS = 1000
MAX_NOISE_COPIES = 16
RELATIVE_STANDARD_ERROR = 0.01


@dataclass(frozen=True)
class Limits:
    """The lowest mean squared errors at a noise level; None where one is undefined.

    Attributes:
        alpha: the noise level.
        noisy_mse: error of the noisy signal as given.
        rescaled_mse: error of the noisy signal divided by 1 - alpha.
        best_gain_mse: error of the noisy signal times the best number.
        linear_mmse: error of the best linear filter.
        mmse: error of the posterior mean, the best denoiser (the Bayes floor).
        mmse_standard_error: standard error of `mmse`.
        crb: the Cramer-Rao bound if only the two frequencies are unknown.
        crb_free: the same if the frequencies, amplitudes and phases of both sinusoids are unknown.
        n_inputs: number of noisy signals over which `mmse` is the mean.
        prior_variance: variance of the clean signals, the lowest error when the input is only noise.
    """

    alpha: float
    noisy_mse: float
    rescaled_mse: float | None
    best_gain_mse: float
    linear_mmse: float
    mmse: float | None
    mmse_standard_error: float | None
    crb: float | None
    crb_free: float | None
    n_inputs: int
    prior_variance: float


def limits(dataset: DatasetSettings, alpha: float) -> Limits:
    """Compute the limits for the signals of a dataset at a noise level.

    The MMSE is measured on up to 1,000 test signals. Further copies of their noise, up to 16 in all, are
    added until its standard error is at most 1% of it.
    """
    family, length = FAMILIES[dataset.signals], dataset.signal_length
    prior, s = prior_of(family, length), rescaled_noise_std(alpha)
    power = prior.power
    kept = shrinkage(prior.variances, s)
    mmse, error, n = bayes_floor(dataset, alpha) if family.is_sampled(length) else (None, None, 0)
    return Limits(
        alpha=alpha,
        noisy_mse=alpha**2 * (1 + power),
        rescaled_mse=s**2 if alpha < 1 else None,
        best_gain_mse=power * s**2 / (power + s**2) if alpha < 1 else power,
        linear_mmse=float((prior.variances * (1 - kept)).sum() / length),
        mmse=mmse,
        mmse_standard_error=error,
        crb=cramer_rao(2, s, length),
        crb_free=cramer_rao(6, s, length),
        n_inputs=n,
        prior_variance=prior.variance,
    )


def cramer_rao(unknowns: int, s: float, length: int) -> float | None:
    """Return the Cramer-Rao bound of the mean squared error of a signal with so many unknowns.

    It is None if the noise's standard deviation s is infinite, or the samples are fewer than the unknowns.
    """
    return unknowns * s**2 / length if s < np.inf and length >= unknowns else None


def bayes_floor(dataset: DatasetSettings, alpha: float) -> tuple[float, float, int]:
    """Return the MMSE, its standard error and the number of noisy signals that were used."""
    dataset = dataset.model_copy(update={"n_test": min(dataset.n_test, MAX_TEST_SIGNALS)})
    family = FAMILIES[dataset.signals]
    copies: list[Array] = []
    mean = error = 0.0
    for copy in range(MAX_NOISE_COPIES):
        copies.append(posterior_variances(dataset, family, alpha, copy))
        by_signal = np.mean(copies, axis=0)  # copies of one signal are not independent
        mean = float(by_signal.mean())
        error = float(by_signal.std(ddof=1) / np.sqrt(len(by_signal))) if len(by_signal) > 1 else 0.0
        if error <= RELATIVE_STANDARD_ERROR * mean:
            break
    return mean, error, len(copies) * dataset.n_test


def posterior_variances(dataset: DatasetSettings, family: Sinusoids, alpha: float, copy: int) -> Array:
    """Return the posterior variance of each test signal with one copy of its noise, shape (n,)."""
    noisy = generate(dataset, alpha, "test", copy).noisy
    rescaled = rescale(noisy, rescaling_gain(alpha))
    return posterior(family, rescaled, rescaled_noise_std(alpha)).variance
