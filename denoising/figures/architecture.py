"""The autoencoders, layer by layer."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from math import log2

import pandas as pd
from matplotlib.axes import Axes

from denoising.figures.drawing import Drawing
from denoising.figures.grid import best_first, depths, representative
from denoising.figures.style import SMALL, LineStyle, depth_styles, look, mark_missing, new_figure
from denoising.figures.wording import listing, number, omission, values_of
from denoising.networks.layers import Layer
from denoising.study.results import Study

MOST_UPRIGHT = 21  # layers whose labels fit side by side
MOST_DESIGNS = 4
MOST_ROWS = 8  # of several designs
COLUMNS = ("depth", "layer", "part", "channels", "length", "numbers")
OUTER = "#c9ced6"


@look()
def draw(study: Study) -> Drawing:
    """A row a depth of each design; a bar for the input and for what each layer gives."""
    every, designs = depths(study), designs_of(study)
    styles = depth_styles(every)
    shown = shown_designs(study, list(designs), MOST_DESIGNS)
    drawn = representative(every, max(MOST_ROWS // len(shown), 1)) if len(shown) > 1 else every
    rows = [(variant, depth) for variant in shown for depth in drawn]
    deepest = max(every)
    networks = study.architectures
    longest = max((layers[0].length for layers in networks.values()), default=1)
    widest = max((layer.channels for layers in networks.values() for layer in layers), default=1)
    several = len(designs) > 1
    figure = new_figure((1.25 if several else 1.2) * len(rows) + 0.2)
    panels = figure.subplots(len(rows), 1, squeeze=False)[:, 0]
    sizes = []
    for (variant, depth), axes in zip(rows, panels, strict=True):
        axes.set_axis_off()
        axes.set(xlim=(-deepest - 0.6, deepest + 0.6), ylim=(-1.0, 0.62))
        others = len(designs[variant]) - 1
        named = f"{variant}{f' and {others} more' if others else ''}\n" if several else ""
        axes.set_title(f"{named}depth {depth}", color=styles[depth].color, fontweight="bold")
        layers = networks.get((variant, depth))
        if layers is None:
            mark_missing(axes, "no trained network")
            continue
        draw_bars(axes, layers, styles[depth], longest, widest, upright=2 * deepest + 1 <= MOST_UPRIGHT)
        bottleneck = layers[depth]
        n_latent, narrowest = bottleneck.numbers, min(layer.numbers for layer in layers[1:-1])
        ratio = number(n_latent / layers[0].length).rstrip("0").rstrip(".")
        axes.set_title(
            f"bottleneck {bottleneck.length} × {bottleneck.channels} = {n_latent:,} numbers, "
            f"{ratio} for each sample" + (f"; narrowest layer {narrowest:,}" if narrowest < n_latent else ""),
            loc="right",
        )  # fmt: skip
        sizes.append(f"{f'{variant}, ' if several else ''}depth {depth}: {n_latent:,}")
    kernels = listing(sorted(values_of(study, "kernel_size")), "or")
    return Drawing(
        figure=figure,
        title="The autoencoders",
        caption=(
            "What each layer gives, from the input on the left through the bottleneck (coloured) to the "
            "output on the right: its length (upper number, bar height on a logarithmic scale) times its "
            f"channels (lower number, bar width). Kernels span {kernels} samples; "
            f"{skips_note(study)}.{omission(drawn, every, 'depth')}"
            f"{designs_note(study, designs, shown)}"
        ),
        alt="Hourglasses of encoder and decoder layers. Numbers in the bottleneck: "
        f"{'; '.join(sizes) or 'none'}.",
        data=pd.DataFrame(
            [
                {
                    "variant": variant,
                    "depth": depth,
                    "layer": index,
                    **asdict(layer),
                    "numbers": layer.numbers,
                }
                for variant in study.variants
                for depth in every
                for index, layer in enumerate(networks.get((variant, depth), []))
            ],
            columns=[*(["variant"] if len(study.variants) > 1 else []), *COLUMNS],
        ),
    )


def designs_of(study: Study) -> dict[str, list[str]]:
    """The variants whose networks have the same layers at every depth, by the first of them."""
    designs: dict[tuple[tuple[Layer, ...], ...], list[str]] = {}
    for variant in study.variants:
        of_depths = [tuple(study.architectures.get((variant, depth), ())) for depth in depths(study)]
        designs.setdefault(tuple(of_depths), []).append(variant)
    return {alike[0]: alike for alike in designs.values()}


def shown_designs(study: Study, designs: Sequence[str], most: int) -> Sequence[str]:
    """The designs for which there is room: those whose first variants have the lowest validation MSE."""
    if len(designs) <= most:
        return designs
    best = [variant for variant in best_first(study) if variant in designs][:most]
    return [variant for variant in designs if variant in best]


def designs_note(study: Study, designs: Mapping[str, Sequence[str]], shown: Sequence[str]) -> str:
    """Which variants share a design, and how many designs are left out."""
    if len(study.variants) == 1:
        return ""
    alike = [f"{first}: {listing(several[1:])}" for first, several in designs.items() if len(several) > 1]
    same = f" Variants of the same layers are shown once ({'; '.join(alike)})." if alike else ""
    rest = f"{omission(shown, list(designs), 'design')[:-1]}, those with the lowest validation MSE."
    return same + (rest if len(shown) < len(designs) else "")


def skips_note(study: Study) -> str:
    """What skips the bottleneck."""
    skips = {bool(part.settings.get("skips")) for part in study.by_variant.values()}
    if not any(skips):
        return "nothing skips the bottleneck"
    where = "" if all(skips) else "where skips is true, "
    return f"{where}each encoder layer but the innermost is added to the decoder’s of its length"


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
