"""One noisy signal, what the best and the worst network make of it, and what could be made of it."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from numpy.typing import NDArray

from denoising.figures.drawing import Drawing
from denoising.figures.grid import alphas, depths, middle_alpha
from denoising.figures.style import (
    BAYES_STYLE,
    CLEAN,
    NOISY,
    WIDTH,
    WIDTHS,
    LineStyle,
    depth_styles,
    every_colour,
    legend_above,
    look,
    mark_missing,
    new_figure,
)
from denoising.figures.wording import basis, count, example_note, failure_note, in_lines, number, omission
from denoising.study.differences import SIGNALS
from denoising.study.results import Study

RULE, PERCENTILE = "noisy", 50  # the example that is shown: that whose noise is of median strength
NAME = 40  # characters in a line of a denoiser's name


@dataclass(frozen=True)
class Recovered:
    """A denoiser with an example.

    Attributes:
        name: such as `Depth 2, the best`.
        style: how it is drawn.
        labels: what tells its rows of the data from others.
        example: signal_id, clean, noisy and denoised.
        x: the positions of their samples.
    """

    name: str
    style: LineStyle
    labels: Mapping[str, Any]
    example: pd.Series
    x: NDArray[np.float64]


@look()
def draw(study: Study) -> Drawing:
    """A row a denoiser: the signals, and what is left wrong beside the noise that there was."""
    alpha = middle_alpha(study)
    shown = list(shown_at(study, alpha))
    figure, narrow = (paint(shown, width) for width in WIDTHS)
    n_networks = len(study.variants) * len(depths(study))
    few = f" Of {count(n_networks, 'network')}, the best and the worst are shown." if n_networks > 2 else ""
    return Drawing(
        figure=figure,
        narrow=narrow,
        title=f"What is recovered at alpha {alpha:g}",
        caption=(
            "The test signal whose noise is of median strength, as the network with the lowest test MSE "
            "denoises it, the one with the highest, and the posterior mean, which no denoiser can beat on "
            "average. With each, the error (denoised − clean) on the noise (noisy − clean), with the mean "
            f"squares of both. {basis(study)}{example_note(study)}."
            f"{omission([alpha], alphas(study), 'noise level')}{few}{failure_note(study)}"
        ),
        alt=f"A noisy, a clean and a denoised signal at alpha {alpha:g}, and the error beside the noise: "
        + ("; ".join(f"{one.name}, {squares(one)}" for one in shown) or "nothing measured")
        + ".",
        data=sampled((one.labels, one.x, one.example) for one in shown),
    )


def shown_at(study: Study, alpha: float) -> Iterator[Recovered]:
    """The networks of the lowest and of the highest test MSE at a noise level, and the posterior mean.

    Networks with other test signals than the best one's are left out.
    """
    rows = study.examples.sort_values("seed", kind="stable")
    rows = rows[(rows["alpha"] == alpha) & (rows["rule"] == RULE) & (rows["percentile"] == PERCENTILE)]
    examples = {name: some.iloc[0] for name, some in rows.groupby(["variant", "depth"])}
    results = study.results[study.results["alpha"] == alpha]
    errors = results.groupby(["variant", "depth"])["test_mse"].median().sort_values(kind="stable")
    ranked = [name for name in errors.index if name in examples]
    parts, best = study.by_variant, ranked[0][0] if ranked else study.variants[0]
    same = [name for name in ranked if all(of(parts[name[0]], s) == of(parts[best], s) for s in SIGNALS)]
    styles, several = depth_styles(depths(study)), len(study.variants) > 1
    places = dict(zip(dict.fromkeys([*same[:1], *same[-1:]]), ("the best", "the worst"), strict=False))
    for (variant, depth), place in places.items():
        named = f"{variant}, depth {depth}" if several else f"Depth {depth}"
        name = f"{named}, {place}" if len(errors) > 1 else named
        labels = {"denoiser": named.lower(), "alpha": alpha, "percentile": PERCENTILE}
        yield Recovered(name, styles[depth], labels, examples[variant, depth], parts[best].x)
    yield from bayes_at(parts[best], alpha)


def of(study: Study, setting: str) -> Any:
    """A setting of a study."""
    return study.settings[setting]


def bayes_at(study: Study, alpha: float) -> Iterator[Recovered]:
    """The posterior mean at a noise level, if a study of one dataset has it."""
    rows = study.baseline_examples
    rows = rows[(rows["denoiser"] == "bayes") & (rows["alpha"] == alpha)]
    rows = rows[(rows["rule"] == RULE) & (rows["percentile"] == PERCENTILE)]
    if len(rows):
        labels = {"denoiser": "Bayes", "alpha": alpha, "percentile": PERCENTILE}
        yield Recovered("Posterior mean, the least possible", BAYES_STYLE, labels, rows.iloc[0], study.x)


def paint(shown: Sequence[Recovered], width: float) -> Figure:
    """Signals left and errors right, or in a narrow figure below."""
    side_by_side = width == WIDTH
    figure = new_figure((1.4 if side_by_side else 2.3) * max(len(shown), 1) + 0.6, width)
    if not shown:
        mark_missing(figure.subplots(), "nothing measured")
        return figure
    shape = (len(shown), 2) if side_by_side else (2 * len(shown), 1)
    heights = None if side_by_side else [1.0, 0.6] * len(shown)
    panels = figure.subplots(*shape, sharex=True, squeeze=False, height_ratios=heights).reshape(-1, 2)
    for (signals, errors), one in zip(panels, shown, strict=True):
        signals.sharey(panels[0, 0])
        errors.sharey(panels[0, 1])
        draw_signals(signals, one)
        draw_errors(errors, one)
    panels[0, 0].margins(x=0)
    for axes in panels[-1] if side_by_side else panels[-1, 1:]:
        axes.set_xlabel("x")
    same = {"noisy, noise": NOISY, "clean": CLEAN}
    entries = {name: Line2D([], [], color=color, linewidth=1.2) for name, color in same.items()}
    legend_above(figure, {**entries, "denoised, error": every_colour([one.style for one in shown])})
    return figure


def draw_signals(axes: Axes, one: Recovered) -> None:
    """The noisy, the clean and the denoised signal."""
    example = one.example
    axes.plot(one.x, example["noisy"], color=NOISY, linewidth=0.8, gid="noisy")
    axes.plot(one.x, example["clean"], color=CLEAN, linewidth=1.0, gid="clean")
    axes.plot(one.x, example["denoised"], color=one.style.color, linewidth=1.6, gid="denoised")
    axes.set_title(in_lines(one.name, NAME), fontweight="bold")


def draw_errors(axes: Axes, one: Recovered) -> None:
    """The noise that there was and the error that is left."""
    noise, error = parts_of(one)
    axes.plot(one.x, noise, color=NOISY, linewidth=0.8, gid="noise")
    axes.plot(one.x, error, color=one.style.color, linewidth=1.6, gid="error")
    axes.set_title(squares(one))


def parts_of(one: Recovered) -> tuple[Any, Any]:
    """The noise of an example and the error."""
    return one.example["noisy"] - one.example["clean"], one.example["denoised"] - one.example["clean"]


def squares(one: Recovered) -> str:
    """The mean squares of an example's error and noise, in words."""
    noise, error = (number(float(np.square(part).mean())) for part in parts_of(one))
    return f"MSE {error}, of the noise {noise}"


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
