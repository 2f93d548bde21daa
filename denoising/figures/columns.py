"""The denoisers whose example signals are shown side by side: some of the depths, and the best possible."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from denoising.figures.grid import depths, representative
from denoising.figures.style import (
    BAYES_STYLE,
    CLEAN,
    NOISY,
    LineStyle,
    depth_styles,
    every_colour,
    label_columns,
    legend_above,
    mark_missing,
    new_figure,
    note_mse,
)
from denoising.study.results import Study

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


@dataclass(frozen=True)
class Painter:
    """How an example is drawn into a panel, and what the legend says of it.

    Attributes:
        paint: draws into a panel; given the sample positions, the example and its denoiser's style.
        entries: of the legend, for what looks the same in every column.
        own: the legend's words for what is drawn as its column.
    """

    paint: Callable[[Axes, Any, pd.Series, LineStyle], None]
    entries: Mapping[str, Line2D]
    own: str


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


def draw_examples(
    study: Study, rows: Mapping[str, tuple[float, str, int]], painter: Painter
) -> tuple[Figure, pd.DataFrame]:
    """A panel for each of some examples of every column.

    Args:
        study: the study.
        rows: by their names, the alpha, rule and percentile of the examples.
        painter: what is drawn of an example.

    Returns:
        The figure, and its data (see `sampled`).
    """
    columns = columns_of(study)
    figure = new_figure(1.25 * len(rows) + 0.85)
    panels = figure.subplots(len(rows), len(columns), sharex=True, sharey=True, squeeze=False)
    shown = []
    for row, (name, (alpha, rule, percentile)) in zip(panels, rows.items(), strict=True):
        row[0].set_ylabel(name)
        for axes, column in zip(row, columns, strict=True):
            example = column.example(alpha, rule, percentile)
            shown.append(({"denoiser": column.name, "alpha": alpha, "percentile": percentile}, example))
            if example is None:
                mark_missing(axes, "failed")
            else:
                painter.paint(axes, study.x, example, column.style)
    label_columns(panels, {column.name: column.style for column in columns})
    own = every_colour([column.style for column in columns])
    legend_above(figure, {**painter.entries, f"{painter.own} (drawn as its column)": own})
    return figure, sampled(study, shown)


def paint_denoised(axes: Axes, x: Any, example: pd.Series, style: LineStyle) -> None:
    """A noisy signal, the clean one and what was made of it, with its error."""
    axes.plot(x, example["noisy"], color=NOISY, linewidth=0.7, gid="noisy")
    axes.plot(x, example["clean"], color=CLEAN, linewidth=0.9, gid="clean")
    axes.plot(x, example["denoised"], **style.signal(len(x)), gid="denoised")
    note_mse(axes, example["denoised"] - example["clean"])


DENOISED = Painter(
    paint_denoised,
    {
        "noisy": Line2D([], [], color=NOISY, linewidth=0.9),
        "clean": Line2D([], [], color=CLEAN, linewidth=0.9),
    },
    "denoised",
)


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
