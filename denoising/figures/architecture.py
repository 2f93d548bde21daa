"""How narrow the autoencoders are, layer by layer."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator, NullLocator

from denoising.figures.drawing import Drawing
from denoising.figures.grid import best_first, depths, representative
from denoising.figures.lines import End, label_ends
from denoising.figures.style import (
    REFERENCE,
    WIDTHS,
    LineStyle,
    characters,
    depth_styles,
    label_outer,
    look,
    mark_missing,
    panels_beside,
)
from denoising.figures.wording import in_lines, listing, omission, values_of
from denoising.networks.layers import Layer
from denoising.study.results import Study

MOST_DEPTHS = 5
MOST_DESIGNS = 4
HEIGHT = 2.9  # inches, of a panel
COLUMNS = ("depth", "layer", "part", "channels", "length", "numbers")


@look()
def draw(study: Study) -> Drawing:
    """A panel a design, a line a depth: how many numbers each layer gives, the bottleneck in the middle."""
    every, designs = depths(study), designs_of(study)
    shown = shown_designs(study, list(designs), MOST_DESIGNS)
    drawn = representative(every, MOST_DEPTHS)
    titles = {variant: title_of(designs[variant]) if len(designs) > 1 else "" for variant in shown}
    figure, narrow = (paint(study, titles, drawn, width) for width in WIDTHS)
    sizes = [
        f"{f'{variant}, ' if len(designs) > 1 else ''}depth {depth}: {layers[depth].numbers:,}"
        for variant in shown
        for depth in drawn
        if (layers := study.architectures.get((variant, depth)))
    ]
    kernels = listing(sorted(values_of(study, "kernel_size")), "or")
    return Drawing(
        figure=figure,
        narrow=narrow,
        title="How narrow the autoencoders are",
        caption=(
            "How many numbers each layer gives, its length times its channels, on a logarithmic scale: from "
            "the input on the left through the bottleneck, marked, to the output on the right. Dashed: as "
            "many numbers as the signal has samples; only below it does a network have to leave something "
            f"out. Kernels span {kernels} samples; {skips_note(study)}.{omission(drawn, every, 'depth')}"
            f"{designs_note(study, designs, shown)}"
        ),
        alt=f"Numbers that each layer of encoder and decoder gives. In the bottleneck: "
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
                for index, layer in enumerate(study.architectures.get((variant, depth), []))
            ],
            columns=[*(["variant"] if len(study.variants) > 1 else []), *COLUMNS],
        ),
    )


def paint(study: Study, titles: Mapping[str, str], drawn: Sequence[int], width: float) -> Figure:
    """A panel for each variant of these titles, on one scale."""
    figure, every, n_columns = panels_beside(len(titles), width, HEIGHT)
    styles = depth_styles(depths(study))
    every[0].set_yscale("log", base=2)
    label_outer(every, n_columns, len(titles), "layers from the bottleneck", "numbers in the layer")
    for axes, (variant, title) in zip(every, titles.items(), strict=False):
        axes.set_title(in_lines(title, characters(n_columns, width)))
        networks = {depth: study.architectures.get((variant, depth)) for depth in drawn}
        known = {depth: layers for depth, layers in networks.items() if layers}
        if not known:
            axes.set(xticks=[], yticks=[])
            mark_missing(axes, "no trained network")
            continue
        draw_panel(axes, known, styles)
    return figure


def draw_panel(axes: Axes, networks: Mapping[int, Sequence[Layer]], styles: Mapping[int, LineStyle]) -> None:
    """The networks of a design, the deepest first, by their depths."""
    length = next(iter(networks.values()))[0].length
    axes.axhline(length, color=REFERENCE, linewidth=0.9, linestyle=(0, (4, 2)), gid="length")
    ends = [End("samples of the signal", max(networks), length, REFERENCE)]
    for depth, layers in sorted(networks.items(), reverse=True):
        style, numbers = styles[depth], [layer.numbers for layer in layers]
        axes.plot(
            range(-depth, depth + 1), numbers, color=style.color, linestyle=style.linestyle,
            gid=f"depth {depth}",
        )  # fmt: skip
        bottleneck = layers[depth]
        axes.plot([0], [bottleneck.numbers], color=style.color, marker=style.marker, markersize=7)
        ends.append(End(f"depth {depth}: {bottleneck.numbers:,}", 0, bottleneck.numbers, style.color))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.0f}"))
    axes.yaxis.set_minor_locator(NullLocator())
    axes.xaxis.set_major_locator(MaxNLocator(9, integer=True))
    label_ends(axes, ends, 0.75 * HEIGHT)


def title_of(alike: Sequence[str]) -> str:
    """The first of the variants of a design, and how many more there are."""
    return f"{alike[0]}{f' and {len(alike) - 1} more' if len(alike) > 1 else ''}"


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
