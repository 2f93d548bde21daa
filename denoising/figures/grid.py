"""The axes of a study, its parts by variant, and its tables put together over the seeds."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any, TypeVar

import numpy as np
import pandas as pd

from denoising.signals.dataset import evenly_spaced
from denoising.signals.settings import DatasetSettings
from denoising.study.results import Study

DATASET = tuple(DatasetSettings.model_fields)
DRAWING = ("n_signals", "n_test", "data_seed")  # settings of which the limits do not depend, but for chance
SOURCE = tuple(name for name in DATASET if name not in DRAWING)

TINY = np.finfo(float).tiny

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


def by_settings(study: Study, names: Sequence[str], chosen: Sequence[str]) -> dict[str, list[str]]:
    """Variants that agree in some settings, by what sets them apart: `signals=pictures`; empty if nothing."""
    parts = study.by_variant
    values = {variant: [parts[variant].settings[name] for name in names] for variant in chosen}
    differing = [i for i in range(len(names)) if len({str(told[i]) for told in values.values()}) > 1]
    groups: dict[str, list[str]] = {}
    for variant, told in values.items():
        groups.setdefault(",".join(f"{names[i]}={told[i]}" for i in differing), []).append(variant)
    return groups


def shown_variants(study: Study, most: int) -> list[str]:
    """All variants; of more than `most`, those with the lowest validation MSE, in their own order."""
    every = list(study.variants)
    best = every if len(every) <= most else best_first(study)[:most]
    return [variant for variant in every if variant in best]


def best_first(study: Study) -> list[str]:
    """The variants by their validation MSE, the lowest first.

    That is the MSE of the best depth at each noise level, as a geometric mean over the noise levels; variants
    that lack more noise levels come last.
    """
    medians = over_seeds(study.results, "validation_mse", ["variant", "alpha", "depth"])["median"]
    lowest = medians.reset_index().pivot_table("median", "variant", "alpha", "min")
    errors: Any = np.log(lowest.reindex(index=study.variants, columns=alphas(study)).clip(lower=TINY))
    n_missing, mean = errors.isna().sum(axis=1), errors.mean(axis=1)
    return sorted(study.variants, key=lambda variant: (n_missing[variant], mean[variant]))


def representative(values: Sequence[T], most: int) -> list[T]:
    """At most `most` of the values, evenly spread over their order, the first and the last among them."""
    return [values[index] for index in evenly_spaced(len(values), most)]


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
    """A statistic over the seeds of a column of one variant's results: a row an alpha, a column a depth."""
    cells = cells_over_seeds(study, column)[statistic]
    index, columns = alphas(study), depths(study)
    filled = cells.reindex(pd.MultiIndex.from_product([index, columns]))
    return pd.DataFrame(filled.to_numpy().reshape(len(index), len(columns)), index, columns)


@lru_cache(maxsize=1)
def cells_over_seeds(study: Study, column: str) -> pd.DataFrame:
    """The statistics over the seeds of a column of one variant's results, indexed by alpha and depth."""
    return over_seeds(study.results, column, ["alpha", "depth"])


def noisy_mse(study: Study) -> pd.Series:
    """The noisy signals' own MSE at each alpha; null where no cell of that alpha was measured."""
    return study.results.groupby("alpha")["noisy_mse"].median().reindex(alphas(study))


def doing_nothing(study: Study) -> pd.Series:
    """The error of doing nothing at each alpha, on one variant's test signals.

    It is that of the noisy signal as given or divided by 1 - alpha, whichever is lower.
    """
    rescaled = study.baselines[(study.baselines["denoiser"] == "rescaled") & (study.baselines["alpha"] < 1)]
    given = noisy_mse(study)
    return given.combine(rescaled.set_index("alpha")["test_mse"].reindex(given.index), np.fmin)


def drawable(values: pd.Series) -> pd.Series:
    """The values that a logarithmic axis can show; nulls in place of the others."""
    return values.where(values > 0)


def middle_alpha(study: Study) -> float:
    """The middle one of the noise levels for which most networks have examples."""
    networks = study.examples[["alpha", "depth", "variant"]].drop_duplicates()
    count = networks.groupby("alpha").size()
    fullest = sorted(count.index[count == count.max()]) or alphas(study)
    return float(fullest[len(fullest) // 2])
