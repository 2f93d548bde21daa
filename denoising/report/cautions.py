"""What is to be known of a sweep's networks before their depths are ranked."""

from collections.abc import Callable
from functools import lru_cache
from typing import Any

import numpy as np
import pandas as pd

from denoising.figures.grid import alphas, depths, doing_nothing
from denoising.figures.wording import count, extent, levels, values_of
from denoising.measure.convergence import fall_at_end
from denoising.report.blocks import Caution
from denoising.study.results import Study
from denoising.study.schema import AXES

MOST_TOLD = 6  # depths of variants
CONSTANT = "constant"  # the schedule of the learning rate under which a history tells of convergence


def cautions(study: Study) -> tuple[Caution, ...]:
    """Which networks are worse than doing nothing, and which trainings had not converged."""
    return tuple(filter(None, (harm(study), unfinished(study))))


def harm(study: Study) -> Caution | None:
    """Which networks are worse than doing nothing, and by how many dB; None where none is."""
    rows, done = harmful(study), int(study.results["test_mse"].notna().sum())
    if rows.empty:
        return None
    return Caution(
        f"{some_of(len(rows), done, 'network')} did worse than doing nothing.",
        f"They are {told(study, rows, in_decibels)}. Doing nothing is the noisy signal as given or divided "
        "by 1 − alpha, whichever has the lower error on the same test signals.",
    )


def unfinished(study: Study) -> Caution | None:
    """Which trainings had not converged, and what to do; None where none is known."""
    rows, done = unconverged(study), int(study.results["test_mse"].notna().sum())
    if rows.empty:
        return None
    epochs = max(int(n) for n in values_of(study, "epochs"))
    order = ", and may change the order of depths" if len(depths(study)) > 1 else ""
    return Caution(
        f"None of the {done:,} trainings had converged."
        if len(rows) == done > 1
        else f"{some_of(len(rows), done, 'training')} had not converged.",
        f"Over the last fifth of the epochs the validation error still fell: {told(study, rows, in_percent)}."
        f" More epochs are likely to make these networks better{order}: try {count(2 * epochs, 'epoch')}.",
    )


@lru_cache(maxsize=1)
def harmful(study: Study) -> pd.DataFrame:
    """The networks that are worse than doing nothing: their axes, and by how many dB as `value`.

    Where there is no noise, there is nothing to be worse than.
    """
    parts = []
    for part in study.by_variant.values():
        nothing = part.results["alpha"].map(doing_nothing(part))
        worse = (nothing > 0) & (part.results["test_mse"] > nothing)
        rows = part.results[worse]
        parts.append(rows[list(AXES)].assign(value=10 * np.log10(rows["test_mse"] / nothing[worse])))
    return pd.concat(parts, ignore_index=True)


@lru_cache(maxsize=1)
def unconverged(study: Study) -> pd.DataFrame:
    """The networks whose training had not converged: their axes, and the share by which it fell as `value`.

    Only those of a constant learning rate are judged.
    """
    judged = [part.history for part in study.by_variant.values() if part.settings["schedule"] == CONSTANT]
    found = [
        (*axes, fall_at_end(rows["validation_mse"].to_numpy(np.float64)))
        for history in judged
        for axes, rows in history.groupby(list(AXES), sort=False)
    ]
    every = pd.DataFrame(found, columns=[*AXES, "value"])
    return every[every["value"] > 0]


def some_of(n: int, of: int, thing: str) -> str:
    """The subject of a sentence: `2 of 16 networks`, `All 16 networks`."""
    return f"All {count(of, thing)}" if n == of > 1 else f"{n:,} of {count(of, thing)}"


def told(study: Study, rows: pd.DataFrame, in_words: Callable[[float, float], str]) -> str:
    """Networks by their depths, the highest value first, with the range of their values."""
    groups: dict[Any, pd.DataFrame] = dict(tuple(rows.groupby(["variant", "depth"])))
    highest = sorted(groups, key=lambda at: -groups[at]["value"].max())
    said = [of_depth(study, groups[at], in_words) for at in highest[:MOST_TOLD]]
    more = [f"and {len(highest) - MOST_TOLD} more"] if len(highest) > MOST_TOLD else []
    return "; ".join([*said, *more])


def of_depth(study: Study, rows: pd.DataFrame, in_words: Callable[[float, float], str]) -> str:
    """The networks of a depth of a variant: at which noise levels they are, and the range of their values."""
    variant, depth = rows["variant"].iloc[0], rows["depth"].iloc[0]
    part = study.by_variant[variant].results
    at = sorted(rows["alpha"].unique())
    done = int((part["alpha"].isin(at) & (part["depth"] == depth) & part["test_mse"].notna()).sum())
    where = "every noise level" if 1 < len(at) == len(alphas(study)) else levels(at)
    few = len(rows) < done
    some = f" ({len(rows)} of {count(done, 'seed' if len(at) == 1 else 'network')})" if few else ""
    name = f"depth {depth} of {variant}" if len(study.variants) > 1 else f"depth {depth}"
    return f"{name} at {where}{some}, by {in_words(rows['value'].min(), rows['value'].max())}"


def in_decibels(low: float, high: float) -> str:
    """A range of distances in dB."""
    return f"{extent(f'{low:.1f}', f'{high:.1f}')} dB"


def in_percent(low: float, high: float) -> str:
    """A range of shares."""
    return f"{extent(f'{low:.0%}'.removesuffix('%'), f'{high:.0%}'.removesuffix('%'))}%"
