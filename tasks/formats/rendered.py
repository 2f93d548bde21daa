"""What every report leaves: tables, figures and the report itself as files."""

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING

from tasks.cache.record import Output
from tasks.cache.store import Store
from tasks.run.facts import circumstances

if TYPE_CHECKING:
    import pandas as pd

    from denoising.figures.drawing import Drawing
    from denoising.report.blocks import Picture, Report


def write_tables(
    folder: str, frames: "Mapping[str, pd.DataFrame]", csvs: Collection[str], store: Store
) -> dict[str, Output]:
    """Write tables into a study's folder: all as Parquet, those named in `csvs` as CSV too."""
    from tasks.formats.frames import to_csv, to_parquet

    outputs = {
        f"{name}.parquet": store.write(f"{folder}/{name}.parquet", to_parquet(frame))
        for name, frame in frames.items()
    }
    return outputs | {f"{n}.csv": store.write(f"{folder}/{n}.csv", to_csv(frames[n])) for n in csvs}


def write_figures(
    folder: str, drawings: "Mapping[str, Drawing]", previewed: Collection[str], store: Store
) -> "tuple[dict[str, Output], dict[str, Picture]]":
    """Write each figure as SVG, PNG and the numbers behind it, into a study's folder.

    Returns:
        The files, and the figures as reports show them, those named in `previewed` in small too.
    """
    from denoising.figures.drawing import preview, to_png, to_svg
    from denoising.report.blocks import Picture

    outputs: dict[str, Output] = {}
    pictures = {}
    for name, drawing in drawings.items():
        path, svg, png = f"{folder}/figures/{name}", to_svg(drawing), to_png(drawing)
        outputs[f"figures/{name}.svg"] = store.write(f"{path}.svg", svg)
        outputs[f"figures/{name}.png"] = store.write(f"{path}.png", png)
        outputs[f"figures/{name}.csv"] = store.write(f"{path}.csv", drawing.csv)
        pictures[name] = Picture(name, drawing, svg, preview(png) if name in previewed else None)
    return outputs, pictures


def write_report(folder: str, report: "Report", store: Store) -> dict[str, Output]:
    """Write a report into a study's folder: as a page, and in brief as Markdown."""
    from denoising.report.page import render_markdown, render_page

    return {
        "report.html": store.write(f"{folder}/report.html", render_page(report, circumstances()).encode()),
        "report.md": store.write(f"{folder}/report.md", render_markdown(report).encode()),
    }
