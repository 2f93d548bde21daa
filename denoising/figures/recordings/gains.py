"""By how many dB each denoiser raises the signal-to-noise ratio, at each level."""

from collections.abc import Iterator, Mapping
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from denoising.figures.drawing import Drawing
from denoising.figures.recordings.words import level_words, network_words
from denoising.figures.style import LINEAR, REFERENCE, SMALL, legend_above, look, new_figure
from denoising.figures.wording import count, decibels
from denoising.study.recorded import RecordedStudy

NETWORK = "#a3157f"
MOST_PANELS = 4
NETWORKS, CLASSICAL = "network", "classical denoiser"
NETWORK_AXES = ("level", "depth", "variant")
MARKS: Mapping[str, Any] = {
    NETWORKS: {"color": NETWORK, "marker": "o"},
    CLASSICAL: {"color": LINEAR, "marker": "D"},
}


def gains_of(study: RecordedStudy) -> pd.DataFrame:
    """Return a row a denoiser and level: level, kind, name, db; of several seeds the median."""
    groups = study.results.groupby([*NETWORK_AXES], sort=False, as_index=False)
    own: pd.DataFrame = groups[["snr_improvement_db"]].median()
    networks = own.assign(kind=NETWORKS, name=[network_words(study, *design) for design in designs(own)])
    others = study.baselines[study.baselines["denoiser"] != "identity"]
    others = others.assign(kind=CLASSICAL, name=others["label"])
    columns = ["level", "kind", "name", "snr_improvement_db"]
    both = pd.concat([networks[columns], others[columns]], ignore_index=True)
    renamed: pd.DataFrame = both.rename(columns={"snr_improvement_db": "db"}).dropna()
    return renamed


def designs(rows: pd.DataFrame) -> Iterator[tuple[int, str]]:
    """Yield the depth and the variant of each row."""
    yield from zip(rows["depth"].tolist(), rows["variant"].tolist(), strict=True)


@look()
def draw(study: RecordedStudy) -> Drawing:
    """A panel a level, a row a denoiser, the best over all levels first."""
    gains = gains_of(study)
    shown = [decision.level for decision in study.decisions if decision.network_db is not None][:MOST_PANELS]
    order = gains[gains["level"].isin(shown)].groupby("name")["db"].mean().sort_values()
    figure = new_figure(0.2 * len(order) + 1.0)
    panels = figure.subplots(1, len(shown), sharey=True, squeeze=False)[0]
    for axes, level in zip(panels, shown, strict=True):
        draw_level(axes, gains[gains["level"] == level], list(order.index))
        axes.set_title(level_words(level), fontweight="bold")
        axes.set_xlabel("gain (dB)")
    entries = {name: Line2D([], [], linestyle="none", **mark) for name, mark in MARKS.items()}
    legend_above(figure, entries)
    n = int(study.per_signal.groupby(["level", "depth", "seed", "variant"]).size().max())
    return Drawing(
        figure=figure,
        title="What each denoiser gains",
        caption=(
            "By how many dB each denoiser raises the ratio of signal to noise, over "
            f"{count(n, 'test window')} that nothing was learned or chosen from. Left of the line a denoiser "
            "does harm. The best one of each panel is in bold type."
        ),
        alt="; ".join(
            f"{level_words(level)}: {best['name']} gains {decibels(best['db'])} dB"
            for level in shown
            for best in [gains[gains["level"] == level].sort_values("db").iloc[-1]]
        ),
        data=gains,
    )


def draw_level(axes: Axes, gains: pd.DataFrame, order: list[str]) -> None:
    """Draw the gains at a level."""
    best = gains["db"].max()
    axes.axvline(0, color=REFERENCE, linewidth=0.8)
    for kind, name, db in gains[["kind", "name", "db"]].itertuples(index=False):
        place, right = order.index(name), db >= 0
        axes.plot([0, db], [place, place], color=MARKS[kind]["color"], linewidth=0.8, alpha=0.4)
        axes.plot(db, place, linestyle="none", gid=kind, **MARKS[kind])
        axes.annotate(
            decibels(db), (db, place), xytext=(5 if right else -5, 0), textcoords="offset points",
            va="center", ha="left" if right else "right", fontsize=SMALL,
            fontweight="bold" if db == best else "normal",
        )  # fmt: skip
    axes.set_yticks(range(len(order)), order)
    axes.set_ylim(-0.6, len(order) - 0.4)
    low, high = min(0.0, gains["db"].min()), max(0.0, gains["db"].max())
    room = 0.24 * (high - low)  # for the numbers
    axes.set_xlim(low - (room if low < 0 else 0), high + room)
    axes.grid(visible=False, axis="y")
