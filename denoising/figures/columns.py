"""The denoisers whose example signals are shown side by side: depths or variants, and the best possible."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from numpy.typing import NDArray

from denoising.figures.grid import (
    SIGNALS,
    by_settings,
    depths,
    representative,
    shown_variants,
)
from denoising.figures.ranking import rankings_of
from denoising.figures.style import (
    BAYES_STYLE,
    CLEAN,
    NOISY,
    SMALL,
    LineStyle,
    depth_styles,
    every_colour,
    label_columns,
    legend_above,
    mark_missing,
    new_figure,
    note_mse,
    styles_in_order,
)
from denoising.figures.wording import in_lines, variants_note
from denoising.study.results import Study

MOST_DEPTHS = 5
MOST_VARIANTS = 4
NAME = 20  # characters in a line of a variant's name
NO_LINE = LineStyle("none", "", "")  # of a column whose panels are of several depths


@dataclass(frozen=True)
class Column:
    """A denoiser with its examples.

    Attributes:
        name: such as `depth 2`.
        style: how it is drawn.
        examples: its rows of the study's table of examples, the lowest seed first.
        x: the positions of their samples.
        best: of a variant of several depths, its best depth at each noise level, which is the one shown.
    """

    name: str
    style: LineStyle
    examples: pd.DataFrame
    x: NDArray[np.float64]
    best: Mapping[float, int] | None = None

    def example(self, alpha: float, rule: str, percentile: int) -> pd.Series | None:
        """Its example signal by its lowest seed that has one; None where there is none."""
        rows = self.examples
        rows = rows[(rows["alpha"] == alpha) & (rows["rule"] == rule) & (rows["percentile"] == percentile)]
        if self.best is not None:
            rows = rows[rows["depth"] == self.best.get(alpha)]
        return None if rows.empty else rows.iloc[0]


@dataclass(frozen=True)
class Painter:
    """How an example is drawn into a panel, and what the legend says of it.

    Attributes:
        paint: draws into a panel; given the sample positions, the example and its denoiser's style.
        colours: of what looks the same in every column, by what the legend calls it.
        own: what the legend calls the line that is drawn in the style of its column.
    """

    paint: Callable[[Axes, Any, pd.Series, LineStyle], None]
    colours: Mapping[str, str]
    own: str


def shown_depths(study: Study) -> list[int]:
    """The depths for which there is room; of several variants all, since each is shown at its best."""
    every = depths(study)
    return representative(every, MOST_DEPTHS) if len(study.variants) == 1 else every


def columns_of(study: Study) -> list[Column]:
    """The depths or the variants for which there is room, and the posterior mean if the study has it."""
    by_seed = study.examples.sort_values("seed", kind="stable")
    if len(study.variants) == 1:
        styles = depth_styles(depths(study))
        networks = [
            Column(f"depth {d}", styles[d], by_seed[by_seed["depth"] == d], study.x)
            for d in shown_depths(study)
        ]
        return [*networks, *bayes_of(study, "")]
    shown = shown_variants(study, MOST_VARIANTS)
    first, *further = by_settings(study, SIGNALS, shown).items()
    return [
        *variants_of(study, by_seed, shown),
        *bayes_of(study.by_variant[first[1][0]], first[0] if further else ""),
    ]


def variants_of(study: Study, by_seed: pd.DataFrame, shown: Sequence[str]) -> Iterator[Column]:
    """A column a variant, at its best depth."""
    only = len(depths(study)) == 1
    styles = styles_in_order(shown)
    for variant in shown:
        best = {
            ranking.alpha: next(iter(ranking.mse)) for ranking in rankings_of(study)[variant] if ranking.mse
        }
        rows = by_seed[by_seed["variant"] == variant]
        x = study.by_variant[variant].x
        yield Column(variant, styles[variant] if only else NO_LINE, rows, x, None if only else best)


def bayes_of(study: Study, dataset: str) -> list[Column]:
    """The posterior mean on a dataset, if the study has it."""
    bayes = study.baseline_examples[study.baseline_examples["denoiser"] == "bayes"]
    name = ",".join(filter(None, ["Bayes", dataset]))
    return [] if bayes.empty else [Column(name, BAYES_STYLE, bayes, study.x)]


def columns_note(study: Study) -> str:
    """What the columns are where there are several variants, and which of these are left out."""
    if len(study.variants) == 1:
        return ""
    several = len(depths(study)) > 1
    best = " A column a variant, at its depth of the lowest test MSE at the noise level." if several else ""
    shown = shown_variants(study, MOST_VARIANTS)
    differ = len(by_settings(study, SIGNALS, shown)) > 1
    own = " Variants of another dataset show other signals." if differ else ""
    return f"{best}{own}{variants_note(study, shown)}"


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
    shown: list[tuple[dict[str, Any], NDArray[np.float64], pd.Series]] = []
    styles, used = depth_styles(depths(study)), dict[int, LineStyle]()
    for row, (name, (alpha, rule, percentile)) in zip(panels, rows.items(), strict=True):
        row[0].set_ylabel(name)
        for axes, column in zip(row, columns, strict=True):
            example = column.example(alpha, rule, percentile)
            labels = {"denoiser": column.name, "alpha": alpha, "percentile": percentile}
            if example is None:
                mark_missing(axes, "failed")
                continue
            style = column.style
            if column.best is not None:
                depth = column.best[alpha]
                labels, style = {**labels, "depth": depth}, used.setdefault(depth, styles[depth])
                axes.set_title(f"depth {depth}", fontsize=SMALL, color=style.color, pad=2)
            shown.append((labels, column.x, example))
            painter.paint(axes, column.x, example, style)
    label_columns(panels, {in_lines(column.name, NAME): column.style for column in columns})
    by_column = {column.name: column.style for column in columns if column.best is None}
    own = every_colour([*by_column.values(), *used.values()])
    as_what = "column" if len(by_column) == len(columns) else "depth"
    same = {name: Line2D([], [], color=color, linewidth=0.9) for name, color in painter.colours.items()}
    legend_above(figure, {**same, f"{painter.own} (drawn as its {as_what})": own})
    return figure, sampled(shown)


def paint_denoised(axes: Axes, x: Any, example: pd.Series, style: LineStyle) -> None:
    """A noisy signal, the clean one and what was made of it, with its error."""
    axes.plot(x, example["noisy"], color=NOISY, linewidth=0.7, gid="noisy")
    axes.plot(x, example["clean"], color=CLEAN, linewidth=0.9, gid="clean")
    axes.plot(x, example["denoised"], **style.signal(len(x)), gid="denoised")
    note_mse(axes, example["denoised"] - example["clean"])


DENOISED = Painter(
    paint_denoised,
    {"noisy": NOISY, "clean": CLEAN},
    "denoised",
)


def sampled(
    examples: Iterable[tuple[Mapping[str, Any], NDArray[np.float64], pd.Series]],
) -> pd.DataFrame:
    """Signals as a table with a row a sample: their labels, signal_id, x, clean, noisy, denoised.

    Args:
        examples: labels, the positions of the samples, and the signals by these names.
    """
    return pd.concat(
        [
            pd.DataFrame(
                {
                    **labels,
                    "signal_id": example["signal_id"],
                    "x": x,
                    **{kind: example[kind] for kind in ("clean", "noisy", "denoised") if kind in example},
                }
            )
            for labels, x, example in examples
        ]
        or [pd.DataFrame(columns=["signal_id", "x", "clean", "noisy", "denoised"])],
        ignore_index=True,
    )
