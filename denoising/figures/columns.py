"""The denoisers whose example signals are shown side by side: some of the depths, and the best possible."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import pandas as pd
from matplotlib.axes import Axes

from denoising.figures.grid import depths, representative
from denoising.figures.style import (
    BAYES_STYLE,
    CLEAN,
    NOISY,
    LineStyle,
    depth_styles,
    mark_missing,
    note_mse,
)
from denoising.study import Study

MOST_DEPTHS = 5


@dataclass(frozen=True)
class Column:
    """A denoiser with its examples.

    Attributes:
        name: such as `depth 2`.
        style: how it is drawn.
        examples: its rows of the study's table of examples, the lowest seed first.
    """

    name: str
    style: LineStyle
    examples: pd.DataFrame

    def example(self, alpha: float, rule: str, percentile: int) -> pd.Series | None:
        """Its example signal by its lowest seed that has one; None where there is none."""
        rows = self.examples
        rows = rows[(rows["alpha"] == alpha) & (rows["rule"] == rule) & (rows["percentile"] == percentile)]
        return None if rows.empty else rows.iloc[0]


def shown_depths(study: Study) -> list[int]:
    """The depths for which there is room."""
    return representative(depths(study), MOST_DEPTHS)


def columns_of(study: Study) -> list[Column]:
    """The depths for which there is room, and the posterior mean if the study has it."""
    styles = depth_styles(depths(study))
    by_seed = study.examples.sort_values("seed", kind="stable")
    bayes = study.baseline_examples[study.baseline_examples["denoiser"] == "bayes"]
    return [
        *(Column(f"depth {d}", styles[d], by_seed[by_seed["depth"] == d]) for d in shown_depths(study)),
        *([] if bayes.empty else [Column("Bayes", BAYES_STYLE, bayes)]),
    ]


def draw_denoised(axes: Axes, study: Study, example: pd.Series | None, style: LineStyle) -> None:
    """A noisy signal, the clean one and what was made of it, with its error."""
    if example is None:
        mark_missing(axes, "failed")
        return
    axes.plot(study.x, example["noisy"], color=NOISY, linewidth=0.7, gid="noisy")
    axes.plot(study.x, example["clean"], color=CLEAN, linewidth=0.9, gid="clean")
    axes.plot(study.x, example["denoised"], **style.signal(len(study.x)), gid="denoised")
    note_mse(axes, example["denoised"] - example["clean"])


def sampled(study: Study, examples: Iterable[tuple[dict[str, Any], pd.Series | None]]) -> pd.DataFrame:
    """Examples as a table with a row a sample: their labels, signal_id, x, clean, noisy, denoised."""
    return pd.concat(
        [
            pd.DataFrame(
                {
                    **labels,
                    "signal_id": example["signal_id"],
                    "x": study.x,
                    **{kind: example[kind] for kind in ("clean", "noisy", "denoised") if kind in example},
                }
            )
            for labels, example in examples
            if example is not None
        ]
        or [pd.DataFrame(columns=["signal_id", "x", "clean", "noisy", "denoised"])],
        ignore_index=True,
    )
