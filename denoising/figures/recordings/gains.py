"""By how many dB each denoiser raises the signal-to-noise ratio, at each level."""

from collections.abc import Iterator, Mapping, Sequence

import pandas as pd
from matplotlib.figure import Figure

from denoising.figures.dots import Dots, draw_dots, level_entries
from denoising.figures.drawing import Drawing
from denoising.figures.grid import representative
from denoising.figures.recordings.words import level_words, network_words
from denoising.figures.style import LINEAR, NETWORK, REFERENCE, WIDTHS, legend_above, look, new_figure
from denoising.figures.wording import count, decibels, omission
from denoising.study.recorded import RecordedStudy

MOST_LEVELS = 3
NETWORKS, CLASSICAL = "network", "classical denoiser"
NETWORK_AXES = ("level", "depth", "variant")
LOOKS: Mapping[str, tuple[str, str]] = {NETWORKS: (NETWORK, "o"), CLASSICAL: (LINEAR, "D")}


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
    """A row a denoiser, the best over all levels first, with a mark a level."""
    gains = gains_of(study)
    known = [decision.level for decision in study.decisions if decision.network_db is not None]
    marked = representative(known, MOST_LEVELS)
    rows = rows_of(gains[gains["level"].isin(marked)])
    figure, narrow = (paint(rows, marked, width) for width in WIDTHS)
    n = int(study.per_signal.groupby(["level", "depth", "seed", "variant"]).size().max())
    return Drawing(
        figure=figure,
        narrow=narrow,
        title="What each denoiser gains",
        caption=(
            "By how many dB each denoiser raises the ratio of signal to noise, over "
            f"{count(n, 'test window')} that nothing was learned or chosen from. Left of 0 a denoiser "
            f"does harm. Networks are in bold type.{omission(marked, known, 'level')}"
        ),
        alt="; ".join(
            f"{level_words(level)}: {best['name']} gains {decibels(best['db'])} dB"
            for level in marked
            for best in [gains[gains["level"] == level].sort_values("db").iloc[-1]]
        ),
        data=gains,
    )


def rows_of(gains: pd.DataFrame) -> list[Dots]:
    """A row a denoiser, the one of the highest mean gain first."""
    means = gains.groupby(["kind", "name"])["db"].mean().sort_values(ascending=False, kind="stable")
    own = {name: rows.set_index("level")["db"].to_dict() for name, rows in gains.groupby("name")}
    return [Dots(name, own[name], *LOOKS[kind]) for kind, name in means.index]


def paint(rows: Sequence[Dots], marked: Sequence[str], width: float) -> Figure:
    """All rows."""
    figure = new_figure(0.22 * len(rows) + 0.9, width)
    axes = figure.subplots()
    axes.axvline(0, color=REFERENCE, linewidth=0.8)
    draw_dots(axes, rows, marked)
    axes.set_xlabel("gain (dB)")
    legend_above(figure, level_entries({level: level_words(level) for level in marked}))
    return figure
