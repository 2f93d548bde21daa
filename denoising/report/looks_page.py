"""The page that shows channels before and after they were denoised."""

import json
from collections.abc import Mapping, Sequence
from itertools import accumulate
from typing import Any

from denoising.figures.wording import DASH, count, number
from denoising.report.blocks import Anchor, Table
from denoising.report.looks import EXCERPT, N_BINS
from denoising.report.templates import COMPACT, environment_of, with_digests

MOST_BYTES = 7_900_000  # of the channels that have plots
STYLES = ("uplot/uPlot.min.css", "report.css", "controls.css", "looks.css")
SCRIPTS = ("uplot/uPlot.iife.min.js", "looks.js", "tables.js")
COLUMNS = ("file", "channel", "denoiser", "signal to noise", "power removed", "warnings")
PLOTTED = ("file", "channel", "unit", "rate", "n_samples", "views", "spectra")

# Pixels of width and of dashes, as well as the colour, tell the lines apart.
LINES: Mapping[str, Mapping[str, Any]] = {
    "before": {"stroke": "#6b7280", "width": 1, "dash": []},
    "after": {"stroke": "#a3157f", "width": 2, "dash": []},
    "removed": {"stroke": "#1f6fb2", "width": 1.5, "dash": [6, 3]},
}


def looks_page(title: str, lead: str, channels: Sequence[Mapping[str, Any]]) -> str:
    """Return a page, as HTML, of what `looks.taken` returned of each channel.

    All channels are in its table; the first ones have plots, as many as fit into 8 MB.

    Args:
        title: its heading.
        lead: what is said below that.
        channels: what `looks.taken` returned, in the order of the table.
    """
    shown = fitting(channels)
    data = {
        "lines": LINES,
        "channels": [
            {name: channel[name] for name in PLOTTED} | {"told": told(channel)}
            for channel in channels[:shown]
        ],
    }
    return (
        environment_of(escaped=True)
        .get_template("looks.html.j2")
        .render(
            title=title,
            lead=lead,
            table=table_of(channels, shown),
            data=data,
            n_shown=shown,
            n_channels=len(channels),
            n_bins=N_BINS,
            excerpt=EXCERPT,
            styles=STYLES,
            scripts=with_digests(*SCRIPTS),
        )
    )


def fitting(channels: Sequence[Mapping[str, Any]]) -> int:
    """Return of how many channels, from the first on, the plots fit into the page."""
    sizes = accumulate(len(json.dumps(channel, **COMPACT)) for channel in channels)
    return sum(size <= MOST_BYTES for size in sizes)


def table_of(channels: Sequence[Mapping[str, Any]], shown: int) -> Table:
    """Return a row a channel; those that are shown lead to their plots."""
    anchors = tuple(
        Anchor(f"look-{place}", f"Plots of {channel['file']}, {channel['channel']}" if place <= shown else "")
        for place, channel in enumerate(channels, 1)
    )
    rows = tuple(
        (
            channel["file"], channel["channel"], channel["model"], channel["noise"],
            percent(channel["removed_share"]), " ".join(channel["warnings"]) or DASH,
        )
        for channel in channels
    )  # fmt: skip
    return Table(COLUMNS, rows, anchors=anchors)


def told(channel: Mapping[str, Any]) -> str:
    """Return how long a channel is, what was removed and what is missing, in a line."""
    length, rate, unit = channel["n_samples"], channel["rate"], channel["unit"]
    said = [f"{count(length, 'sample')}{f' at {rate:g} Hz' if rate else ', rate not known'}"]
    if channel["removed_rms"] is not None:
        share = channel["removed_share"]
        of = "" if share is None else f", {percent(share)} of the power before"
        said.append(f"removed {number(channel['removed_rms'])}{f' {unit}' if unit else ''} rms{of}")
    if channel["n_missing"]:
        said.append(f"{count(channel['n_missing'], 'sample')} missing")
    return f"{'; '.join(said)}."


def percent(share: float | None) -> str:
    """Return a share in percent; a dash where there is none."""
    return DASH if share is None else f"{number(100 * share)}%"
