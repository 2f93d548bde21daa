"""Whether the loss that needs no clean signal ranks denoisers as their errors do."""

from typing import Any

from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from denoising.figures.drawing import Drawing
from denoising.figures.recordings.gains import CLASSICAL, LOOKS, NETWORKS
from denoising.figures.recordings.words import denoiser_words, network_words
from denoising.figures.style import SMALL, WIDTHS, label_log, legend_above, look, new_figure, scale_log
from denoising.study.recorded import RecordedStudy
from denoising.study.trust import CHOSEN_BY, NETWORK, RANKED_BY, TRUE

KINDS = {NETWORK: NETWORKS, "classical": CLASSICAL}


@look()
def draw(study: RecordedStudy) -> Drawing:
    """A dot a denoiser: its J-invariant loss and its error where noise was added; all errors are above 0."""
    figure, narrow = (paint(study, width) for width in WIDTHS)
    return Drawing(
        figure=figure,
        narrow=narrow,
        title="Whether the ranking can be trusted",
        caption=(
            "A dot a denoiser, where noise as strong as the recordings’ own was added. There the error "
            "against the unknown clean signal can be told from the added noise, up to chance. If the dots "
            "rise from left to right, a lower loss means a lower error. Both scales are logarithmic."
        ),
        alt="The error of each denoiser against its J-invariant loss, where noise was added.",
        data=study.ranking,
    )


def paint(study: RecordedStudy, width: float) -> Figure:
    """The dots, of which the chosen and the best one are named."""
    rows = study.ranking
    figure = new_figure(3.2, width)
    axes = figure.subplots()
    marks: dict[str, Any] = {
        kind: {"color": color, "marker": marker, "linestyle": "none"}
        for kind, (color, marker) in LOOKS.items()
    }
    for own, kind in KINDS.items():
        some = rows.loc[rows["kind"] == own]
        axes.plot(some[RANKED_BY], some[TRUE], markersize=5, **marks[kind])
    chosen, best = (int(rows[loss].to_numpy().argmin()) for loss in (CHOSEN_BY, TRUE))
    for row in dict.fromkeys((chosen, best)):
        both = [word for word, other in (("chosen", chosen), ("best", best)) if row == other]
        told = rows.iloc[row]
        name = (
            network_words(study, int(told["depth"]), told["variant"])
            if told["kind"] == NETWORK
            else denoiser_words(study, told["denoiser"])
        )
        axes.annotate(
            f"{' and '.join(both)}: {name}", (told[RANKED_BY], told[TRUE]), textcoords="offset points",
            xytext=(7, 6 if row == best else 14), fontsize=SMALL,
        )  # fmt: skip
    scale_log(axes)
    unit = f" ({study.unit}²)" if study.unit else ""
    axes.set_xscale("log")
    label_log(axes.xaxis, "{:g}".format)
    axes.set(xlabel=f"hidden-sample loss{unit}", ylabel=f"error{unit}")
    axes.margins(0.08)
    legend_above(figure, {name: Line2D([], [], **mark) for name, mark in marks.items()})
    return figure
