"""The best linear filter (Wiener filter) as noisy examples show it, to which no clean signal belongs."""

from typing import ClassVar, Self

import numpy as np

from denoising.denoisers.denoiser import Known, Told
from denoising.denoisers.linear_mmse import LinearMMSE
from denoising.denoisers.noisy_pca import noise_edge
from denoising.denoisers.pca import principal
from denoising.signals.scaling import rescale
from denoising.theory.prior import Prior


class NoisyLinear(LinearMMSE):
    """The filter of `LinearMMSE`, its mean and covariance estimated from the noisy training signals.

    The variance of the clean signals along a principal component is that of the noisy ones less the noise's,
    and 0 for the components that `NoisyPCA` leaves out.
    """

    label: ClassVar[str] = "linear filter of noisy signals"
    told: ClassVar[tuple[Told, ...]] = ("noise level", "noisy examples")

    @classmethod
    def fit(cls, known: Known) -> Self:
        mean, directions, variances = principal(rescale(known.train.noisy, known.gain))
        kept = variances > noise_edge(known)
        return cls.of(Prior(mean, directions, np.where(kept, variances - known.noise_std**2, 0.0)), known)
