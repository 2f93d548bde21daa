"""The autoencoders, layer by layer."""

from collections.abc import Sequence
from dataclasses import asdict
from math import log2

import pandas as pd
from matplotlib.axes import Axes

from denoising.figures.drawing import Drawing
from denoising.figures.grid import depths
from denoising.figures.style import SMALL, LineStyle, depth_styles, look, mark_missing, new_figure
from denoising.figures.wording import number
from denoising.networks.layers import Layer
from denoising.study.results import Study

MOST_UPRIGHT = 21  # layers whose labels fit side by side
OUTER = "#c9ced6"


@look()
def draw(study: Study) -> Drawing:
    """A row a depth; a bar for the input and for what each layer gives."""
    every = depths(study)
    styles = depth_styles(every)
    deepest = max(every)
    longest = max((layers[0].length for layers in study.architectures.values()), default=1)
    widest = max((layer.channels for layers in study.architectures.values() for layer in layers), default=1)
    figure = new_figure(1.2 * len(every) + 0.2)
    panels = figure.subplots(len(every), 1, squeeze=False)[:, 0]
    sizes = []
    for depth, axes in zip(every, panels, strict=True):
        axes.set_axis_off()
        axes.set(xlim=(-deepest - 0.6, deepest + 0.6), ylim=(-1.0, 0.62))
        layers = study.architectures.get(depth)
        if layers is None:
            axes.set_title(f"depth {depth}", color=styles[depth].color, fontweight="bold")
            mark_missing(axes, "no trained network")
            continue
        draw_bars(axes, layers, styles[depth], longest, widest, upright=2 * deepest + 1 <= MOST_UPRIGHT)
        bottleneck = layers[depth]
        n_latent = bottleneck.channels * bottleneck.length
        ratio = number(n_latent / layers[0].length).rstrip("0").rstrip(".")
        axes.set_title(f"depth {depth}", color=styles[depth].color, fontweight="bold")
        axes.set_title(
            f"bottleneck {bottleneck.length} × {bottleneck.channels} = {n_latent:,} numbers, "
            f"{ratio} for each sample",
            loc="right",
        )  # fmt: skip
        sizes.append(f"depth {depth}: {n_latent:,}")
    return Drawing(
        figure=figure,
        title="The autoencoders",
        caption=(
            "What each layer gives, from the input on the left through the bottleneck (coloured) to the "
            "output on the right: its length (upper number, bar height on a logarithmic scale) times its "
            f"channels (lower number, bar width). Kernels span {study.settings['kernel_size']} samples; "
            "nothing skips the bottleneck."
        ),
        alt="Hourglasses of encoder and decoder layers. Numbers in the bottleneck: "
        f"{'; '.join(sizes) or 'none'}.",
        data=pd.DataFrame(
            [
                {"depth": depth, "layer": index, **asdict(layer)}
                for depth in every
                for index, layer in enumerate(study.architectures.get(depth, []))
            ],
            columns=["depth", "layer", "part", "channels", "length"],
        ),
    )


def draw_bars(
    axes: Axes, layers: Sequence[Layer], style: LineStyle, longest: int, widest: int, *, upright: bool
) -> None:
    """An hourglass, its bottleneck at 0, one unit a layer."""
    middle = len(layers) // 2
    for index, layer in enumerate(layers):
        height = (1 + log2(layer.length)) / (1 + log2(longest))
        width = 0.25 + 0.4 * (log2(layer.channels) / log2(widest) if widest > 1 else 0)
        color = style.color if index == middle else OUTER
        axes.bar(index - middle, height, width, bottom=-height / 2, color=color, zorder=2)
        axes.text(
            index - middle, -0.56, f"{layer.length}\n×{layer.channels}", ha="center", va="top",
            fontsize=SMALL, linespacing=1.15, rotation=0 if upright else 90,
            fontweight="bold" if index == middle else "normal",
        )  # fmt: skip
    ends = {-middle: ("input", -0.5), middle: ("output", 0.5)}
    for position, (name, away) in ends.items():
        axes.text(position + away, 0, name, rotation=90, ha="center", va="center", fontsize=SMALL + 0.5)
