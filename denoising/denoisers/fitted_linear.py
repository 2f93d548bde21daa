"""The best linear filter (Wiener filter) as clean examples show it."""

from typing import ClassVar, Self

import numpy as np

from denoising.denoisers.denoiser import Known, Told
from denoising.denoisers.linear_mmse import LinearMMSE
from denoising.denoisers.pca import principal
from denoising.theory.prior import Prior


class FittedLinear(LinearMMSE):
    """The filter of `LinearMMSE`, its mean and covariance those of the clean training signals.

    Nothing of it is chosen, so the validation signals are not looked at.
    """

    label: ClassVar[str] = "fitted linear filter"
    told: ClassVar[tuple[Told, ...]] = ("noise level", "clean examples")

    @classmethod
    def fit(cls, known: Known) -> Self:
        return cls.of(Prior(*principal(known.clean_examples.astype(np.float64))), known)
