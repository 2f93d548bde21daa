"""The axes of a study, and its tables put together over the seeds."""

from collections.abc import Sequence
from typing import TypeVar

import numpy as np
import pandas as pd

from denoising.study.results import Study

T = TypeVar("T")


def depths(study: Study) -> list[int]:
    """The study's depths, shallowest first."""
    return sorted(int(depth) for depth in study.settings["depths"])


def alphas(study: Study) -> list[float]:
    """The study's noise levels, lowest first."""
    return sorted(float(alpha) for alpha in study.settings["alphas"])


def seeds(study: Study) -> list[int]:
    """The study's seeds, lowest first."""
    return sorted(int(seed) for seed in study.settings["seeds"])


def representative(values: Sequence[T], most: int) -> list[T]:
    """At most `most` of the values, evenly spread over their order, the first and the last among them."""
    if len(values) <= most:
        return list(values)
    chosen = np.linspace(0, len(values) - 1, most).round().astype(int)
    return [values[index] for index in chosen]


def over_seeds(frame: pd.DataFrame, column: str, by: Sequence[str]) -> pd.DataFrame:
    """Median, lowest and highest value of a column over the rows that agree in `by`, nulls left out.

    Returns:
        A frame indexed by `by` with the columns median, lowest, highest and count.
    """
    groups = frame.groupby(list(by))[column]
    return pd.DataFrame(
        {
            "median": groups.median(),
            "lowest": groups.min(),
            "highest": groups.max(),
            "count": groups.count(),
        }
    )


def by_alpha(study: Study, column: str, statistic: str = "median") -> pd.DataFrame:
    """A statistic over the seeds of a column of the results: a row an alpha, a column a depth."""
    cells = over_seeds(study.results, column, ["alpha", "depth"])[statistic]
    index, columns = alphas(study), depths(study)
    filled = cells.reindex(pd.MultiIndex.from_product([index, columns]))
    return pd.DataFrame(filled.to_numpy().reshape(len(index), len(columns)), index, columns)


def noisy_mse(study: Study) -> pd.Series:
    """The noisy signals' own MSE at each alpha; null where no cell of that alpha was measured."""
    return study.results.groupby("alpha")["noisy_mse"].median().reindex(alphas(study))


def drawable(values: pd.Series) -> pd.Series:
    """The values that a logarithmic axis can show; nulls in place of the others."""
    return values.where(values > 0)


def middle_alpha(study: Study) -> float:
    """The middle one of the noise levels for which most depths have examples."""
    n_depths = study.examples.groupby("alpha")["depth"].nunique()
    fullest = sorted(n_depths.index[n_depths == n_depths.max()]) or alphas(study)
    return float(fullest[len(fullest) // 2])
