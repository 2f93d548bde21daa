"""The limits and the baselines as every figure draws them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from denoising.figures.grid import SOURCE, alphas, by_settings, drawable
from denoising.figures.style import BAYES, LINEAR, NOISY_LINE, REFERENCE, LineStyle
from denoising.study.results import Study
from denoising.study.schema import DATASET

EFFICIENT = 1.1  # an MMSE of up to so many times the Cramer-Rao bound still keeps to it

COLOURS = (
    "#b8a100", "#8d6e3f", "#c2568c", "#4a9a8e", "#7f66b5", "#55779e", "#a3522e", "#5f7a2c",
    "#2a9fc4", "#d9822b", "#3f51a5", "#6d4c41", "#ad1457", "#37474f",
)  # fmt: skip
MARKS = tuple("os^Dv<>pPXh*d")  # one less than colours, so that no pair comes twice
STROKES = ("-", (0, (5, 1.5)), (0, (1.2, 1.2)), (0, (6, 1.5, 1.2, 1.5)))


@dataclass(frozen=True)
class Floor:
    """A limit as a line over alpha.

    Attributes:
        name: what it is called.
        column: of the study's limits.
        line: Matplotlib's arguments.
    """

    name: str
    column: str
    line: dict[str, Any]


FLOORS = (
    Floor("prior variance", "prior_variance", {"color": REFERENCE, "linewidth": 0.8, "linestyle": "-"}),
    Floor("noisy signal (do nothing)", "noisy_mse", NOISY_LINE),
    Floor("best linear filter", "linear_mmse", {"color": LINEAR, "linewidth": 1.8, "linestyle": (0, (7, 2))}),
    Floor("Bayes floor", "mmse", {"color": BAYES, "linewidth": 2.2, "linestyle": "-"}),
    Floor(
        "bound: free sinusoids",
        "crb_free",
        {"color": "#111111", "linewidth": 0.9, "linestyle": (0, (4, 1.5, 1, 1.5))},
    ),
    Floor("Cramér–Rao bound", "crb", {"color": "#111111", "linewidth": 0.9, "linestyle": (0, (1.5, 1.5))}),
)
OWN_LINE = ("identity", "linear_mmse", "bayes")  # baselines that are drawn as limits


def limits_over_alpha(study: Study) -> pd.DataFrame:
    """The limits at the noise levels of a study of one dataset, a column a limit.

    The Cramer-Rao bounds are there only up to the noise level at which the MMSE leaves its own.
    """
    known = study.limits.drop(columns=list(DATASET), errors="ignore")
    limits = known.set_index("alpha").reindex(alphas(study))
    efficient = (limits["mmse"] <= EFFICIENT * limits["crb"]).cummin()
    return limits.assign(**{name: limits[name].where(efficient) for name in ("crb", "crb_free")})


def draw_floors(axes: Axes, study: Study) -> dict[str, Line2D]:
    """A line for each limit that has a value; their legend entries."""
    limits = limits_over_alpha(study)
    entries = {}
    for floor in FLOORS:
        values = drawable(limits[floor.column])
        if values.notna().any():
            axes.plot(limits.index, values, **floor.line, gid=floor.column, zorder=1.9)
            entries[floor.name] = Line2D([], [], **floor.line)
    return entries


def baseline_labels(study: Study) -> dict[str, str]:
    """What the baselines that were measured are called, in the order of the catalogue."""
    return dict(zip(study.baselines["denoiser"], study.baselines["label"], strict=True))


def baseline_styles(study: Study) -> dict[str, LineStyle]:
    """The look of each baseline; those that are drawn as limits are left out."""
    names = [name for name in baseline_labels(study) if name not in OWN_LINE]
    return {
        name: LineStyle(COLOURS[i % len(COLOURS)], MARKS[i % len(MARKS)], STROKES[i % len(STROKES)])
        for i, name in enumerate(names)
    }


def first_of_sources(study: Study, shown: Sequence[str]) -> dict[str, Study]:
    """The first variant of each source of signals, by what sets the sources apart.

    Its baselines stand for those of the others, which differ in how many signals there are and in their seed.
    """
    return {title: study.by_variant[names[0]] for title, names in by_settings(study, SOURCE, shown).items()}
