"""The limits and the baselines as every figure shows them."""

import pandas as pd

from denoising.figures.grid import alphas
from denoising.study.results import Study
from denoising.study.schema import DATASET

EFFICIENT = 1.1  # an MMSE of up to so many times the Cramer-Rao bound still keeps to it


def limits_over_alpha(study: Study) -> pd.DataFrame:
    """The limits at the noise levels of a study of one dataset, a column a limit.

    The Cramer-Rao bounds are there only up to the noise level at which the MMSE leaves its own.
    """
    known = study.limits.drop(columns=list(DATASET), errors="ignore")
    limits = known.set_index("alpha").reindex(alphas(study))
    efficient = (limits["mmse"] <= EFFICIENT * limits["crb"]).cummin()
    return limits.assign(**{name: limits[name].where(efficient) for name in ("crb", "crb_free")})


def baseline_labels(study: Study) -> dict[str, str]:
    """What the baselines that were measured are called, in the order of the catalogue."""
    return dict(zip(study.baselines["denoiser"], study.baselines["label"], strict=True))
